//! What a column of a roster can hold, and which column a heading probably means.

use serde::Deserialize;
use strum::VariantArray;

/// What a column of a roster can hold. Its word, such as `ensims_password`, is the standard heading of the column and a
/// key of `columns` in the job file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(field_identifier, rename_all = "snake_case")]
#[derive(strum::Display, strum::EnumString, strum::IntoStaticStr, strum::VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum Column {
    /// The name of the account.
    Name,
    /// The e-mail address of the ENSIMS account.
    Email,
    /// The ENSIMS password itself.
    EnsimsPassword,
    /// The environment variable that holds the ENSIMS password.
    EnsimsPasswordEnv,
    /// The file that holds the ENSIMS password.
    EnsimsPasswordFile,
    /// The user name of the JESS account.
    JessUsername,
    /// The JESS password itself.
    JessPassword,
    /// The environment variable that holds the JESS password.
    JessPasswordEnv,
    /// The file that holds the JESS password.
    JessPasswordFile,
}

impl Column {
    /// The columns that can give the ENSIMS password.
    pub(super) const ENSIMS_PASSWORDS: [Self; 3] =
        [Self::EnsimsPassword, Self::EnsimsPasswordEnv, Self::EnsimsPasswordFile];
    /// The columns that can give the JESS password.
    pub(super) const JESS_PASSWORDS: [Self; 3] =
        [Self::JessPassword, Self::JessPasswordEnv, Self::JessPasswordFile];

    /// The standard heading of the column, such as `ensims_password`.
    pub fn heading(self) -> &'static str {
        self.into()
    }

    /// What a cell of the column is, in words.
    pub(super) fn meaning(self) -> &'static str {
        match self {
            Self::Name => "the name of the account",
            Self::Email => "the e-mail address",
            Self::EnsimsPassword => "the ENSIMS password",
            Self::EnsimsPasswordEnv => "the environment variable of the ENSIMS password",
            Self::EnsimsPasswordFile => "the file of the ENSIMS password",
            Self::JessUsername => "the JESS user name",
            Self::JessPassword => "the JESS password",
            Self::JessPasswordEnv => "the environment variable of the JESS password",
            Self::JessPasswordFile => "the file of the JESS password",
        }
    }

    /// Whether its cells are passwords.
    pub(super) fn is_password(self) -> bool {
        matches!(self, Self::EnsimsPassword | Self::JessPassword)
    }
}

/// What people and other programs call these columns.
const USUAL_SPELLINGS: [(Column, &str); 4] = [
    (
        Column::Name,
        "full name, student, student name, account, nom, nom complet, étudiant, nombre, nome, naam",
    ),
    (
        Column::Email,
        "mail, mail address, email address, email adresse, courriel, adresse électronique, adresse email, correo, \
         correo electrónico, posta elettronica, indirizzo email, emailadres",
    ),
    (
        Column::EnsimsPassword,
        "password, initial password, start password, temporary password, passwort, initialpasswort, startpasswort, \
         kennwort, mot de passe, contraseña, parola d'accesso, wachtwoord",
    ),
    (
        Column::JessUsername,
        "jess user, jess name, login, user name, benutzername, identifiant, nom d'utilisateur, usuario, nome utente, \
         gebruikersnaam",
    ),
];

/// The column that a heading probably means.
pub(super) fn similar_column(heading: &str) -> Option<Column> {
    nearest(heading).map(|(_, column)| column)
}

/// How surely a heading means this column: 0 is its standard heading, then usual spellings, then similar ones. Of each, a
/// heading that names JESS is surer: a roster can have user names of other systems.
pub(super) fn likeness(heading: &str, column: Column) -> Option<u8> {
    if heading == column.heading() {
        return Some(0);
    }
    let (distance, _) = nearest(heading).filter(|(_, nearest)| *nearest == column)?;
    let names_jess = letters(heading).contains("jess");
    Some(1 + 2 * u8::from(distance > 0) + u8::from(!names_jess))
}

/// The nearest column and its distance. "Mot de passe JESS" is the JESS password, in any language that "Mot de passe" is
/// known in.
fn nearest(heading: &str) -> Option<(usize, Column)> {
    let heading = letters(heading);
    if let Some(nearest) = nearest_spelling(&heading) {
        return Some(nearest);
    }
    if heading.contains("jess") {
        match nearest_spelling(&heading.replacen("jess", "", 1)) {
            Some((distance, Column::EnsimsPassword)) => return Some((distance, Column::JessPassword)),
            Some((distance, Column::JessUsername)) => return Some((distance, Column::JessUsername)),
            _ => {}
        }
    }
    if heading.contains("ensims") {
        let nearest = nearest_spelling(&heading.replacen("ensims", "", 1));
        return nearest.filter(|(_, column)| matches!(column, Column::Email | Column::EnsimsPassword));
    }
    None
}

fn nearest_spelling(heading: &str) -> Option<(usize, Column)> {
    let standard = Column::VARIANTS.iter().map(|column| (*column, column.heading()));
    let usual = USUAL_SPELLINGS
        .iter()
        .flat_map(|(column, spellings)| spellings.split(", ").map(|spelling| (*column, spelling)));
    let mut nearest = (usize::MAX, Column::Name, 0);
    for (column, spelling) in standard.chain(usual) {
        let spelling = letters(spelling);
        let distance = strsim::osa_distance(heading, &spelling);
        if distance < nearest.0 {
            let shorter = heading.chars().count().min(spelling.chars().count());
            nearest = (distance, column, shorter);
        }
    }
    let (distance, column, shorter) = nearest;
    // Not so tolerant that a first name passes: Emil is not an e-mail.
    (distance <= 2 && distance * 5 <= shorter).then_some((distance, column))
}

/// Letters and digits only, in lower case: `E-mail` is `email`.
fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn column_heading_is_its_key_in_the_job_file() {
        for column in Column::VARIANTS {
            assert_eq!(serde_yaml::from_str::<Column>(column.heading()).expect("a key"), *column);
            assert_eq!(column.heading().parse(), Ok(*column));
        }
    }

    #[test]
    fn similar_column_knows_usual_headings() {
        for (heading, column) in [
            ("E-Mail", Column::Email),
            ("emial", Column::Email),
            ("Courriel", Column::Email),
            ("Correo electronico", Column::Email),
            ("E-mailadres", Column::Email),
            ("Mot de passe", Column::EnsimsPassword),
            ("ensims_pasword", Column::EnsimsPassword),
            ("Wachtwoord", Column::EnsimsPassword),
            ("User name", Column::JessUsername),
            ("Nom", Column::Name),
            ("Mot de passe JESS", Column::JessPassword),
            ("Identifiant JESS", Column::JessUsername),
            ("JESS-Kennwort", Column::JessPassword),
            ("ENSIMS Passwort", Column::EnsimsPassword),
        ] {
            assert_eq!(similar_column(heading), Some(column), "{heading}");
        }
    }

    #[test]
    fn similar_column_rejects_names_and_passwords() {
        for text in
            ", Emil, Maik, Nora, Surname, group, Matrikel, ENSIMS login, JESS course, hunter2".split(", ")
        {
            assert_eq!(similar_column(text), None, "{text}");
        }
    }
}
