//! What a column of a roster can hold, and which column a heading probably means.

use std::collections::BTreeMap;
use std::sync::LazyLock;

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
    pub const ENSIMS_PASSWORDS: [Self; 3] =
        [Self::EnsimsPassword, Self::EnsimsPasswordEnv, Self::EnsimsPasswordFile];
    /// The columns that can give the JESS password.
    pub const JESS_PASSWORDS: [Self; 3] = [Self::JessPassword, Self::JessPasswordEnv, Self::JessPasswordFile];

    /// The standard heading of the column, such as `ensims_password`.
    pub fn heading(self) -> &'static str {
        self.into()
    }

    /// What a cell of the column is, in words.
    pub(super) fn meaning(self) -> &'static str {
        &TEXTS[&self].meaning
    }

    /// Whether its cells are passwords.
    pub(super) fn is_password(self) -> bool {
        matches!(self, Self::EnsimsPassword | Self::JessPassword)
    }
}

/// What `columns.yaml` says about a column.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ColumnTexts {
    /// What a cell of the column is, in words.
    meaning: String,
    /// Headings that usually mean it, besides the standard one.
    #[serde(default)]
    names: Vec<String>,
}

static TEXTS: LazyLock<BTreeMap<Column, ColumnTexts>> =
    LazyLock::new(|| serde_yaml::from_str(include_str!("columns.yaml")).expect("a test reads the same file"));

/// The column that a heading means, as far as it is known.
pub(super) fn known_column(heading: &str) -> Option<Column> {
    let heading = letters(heading);
    let is_standard = |column: &&Column| letters(column.heading()) == heading;
    if let Some(column) = Column::VARIANTS.iter().find(is_standard).copied().or_else(|| by_name(&heading)) {
        return Some(column);
    }
    if heading.contains("jess") {
        return match by_name(&heading.replacen("jess", "", 1))? {
            Column::EnsimsPassword => Some(Column::JessPassword),
            Column::JessUsername => Some(Column::JessUsername),
            _ => None,
        };
    }
    let column = by_name(&heading.replacen("ensims", "", 1));
    column.filter(|column| matches!(column, Column::Email | Column::EnsimsPassword))
}

fn by_name(heading: &str) -> Option<Column> {
    let is_named = |texts: &ColumnTexts| texts.names.iter().any(|name| letters(name) == heading);
    TEXTS.iter().find(|(_, texts)| is_named(texts)).map(|(column, _)| *column)
}

/// Whether a heading says which service it is about.
pub(super) fn names_service(heading: &str) -> bool {
    let heading = letters(heading);
    heading.contains("jess") || heading.contains("ensims")
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
    fn every_column_has_its_texts() {
        assert!(TEXTS.keys().eq(Column::VARIANTS));
    }

    #[test]
    fn known_column_recognizes_usual_headings() {
        for (heading, column) in [
            ("E-Mail", Column::Email),
            ("Courriel", Column::Email),
            ("Correo electronico", Column::Email),
            ("E-mailadres", Column::Email),
            ("ENSIMS e-mail", Column::Email),
            ("Mot de passe", Column::EnsimsPassword),
            ("ENSIMS Passwort", Column::EnsimsPassword),
            ("PW", Column::EnsimsPassword),
            ("User name", Column::JessUsername),
            ("Benutzer", Column::JessUsername),
            ("Identifiant JESS", Column::JessUsername),
            ("Studierende/r", Column::Name),
            ("Nom", Column::Name),
            ("Mot de passe JESS", Column::JessPassword),
            ("JESS-Kennwort", Column::JessPassword),
            ("jess-password-file", Column::JessPasswordFile),
        ] {
            assert_eq!(known_column(heading), Some(column), "{heading}");
        }
    }

    #[test]
    fn known_column_rejects_all_else() {
        for text in ", Emil, emial, Nora, Surname, group, Matrikel, ENSIMS login, JESS course, JESS e-mail"
            .split(", ")
        {
            assert_eq!(known_column(text), None, "{text}");
        }
    }
}
