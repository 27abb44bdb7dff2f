//! What the columns of a roster can hold, and what they are called.

use serde::Deserialize;

/// What a column can hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(field_identifier, rename_all = "snake_case")]
pub(crate) enum Heading {
    Name,
    Email,
    EnsimsPassword,
    EnsimsPasswordEnv,
    EnsimsPasswordFile,
    JessUsername,
    JessPassword,
    JessPasswordEnv,
    JessPasswordFile,
}

impl Heading {
    /// Where a password stands in one of three columns.
    pub(super) const ENSIMS_PASSWORDS: [Self; 3] =
        [Self::EnsimsPassword, Self::EnsimsPasswordEnv, Self::EnsimsPasswordFile];
    pub(super) const JESS_PASSWORDS: [Self; 3] =
        [Self::JessPassword, Self::JessPasswordEnv, Self::JessPasswordFile];

    pub(super) const ALL: [Self; 9] = [
        Self::Name,
        Self::Email,
        Self::EnsimsPassword,
        Self::EnsimsPasswordEnv,
        Self::EnsimsPasswordFile,
        Self::JessUsername,
        Self::JessPassword,
        Self::JessPasswordEnv,
        Self::JessPasswordFile,
    ];

    fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Name => ("name", "the name of the account"),
            Self::Email => ("email", "the e-mail address"),
            Self::EnsimsPassword => ("ensims_password", "the ENSIMS password"),
            Self::EnsimsPasswordEnv => {
                ("ensims_password_env", "the environment variable of the ENSIMS password")
            }
            Self::EnsimsPasswordFile => ("ensims_password_file", "the file of the ENSIMS password"),
            Self::JessUsername => ("jess_username", "the JESS user name"),
            Self::JessPassword => ("jess_password", "the JESS password"),
            Self::JessPasswordEnv => ("jess_password_env", "the environment variable of the JESS password"),
            Self::JessPasswordFile => ("jess_password_file", "the file of the JESS password"),
        }
    }

    /// The usual heading, which is a key of `columns` too.
    pub(crate) fn word(self) -> &'static str {
        self.words().0
    }

    /// What a cell below it is, in words.
    pub(super) fn meaning(self) -> &'static str {
        self.words().1
    }

    /// Whether its cells are passwords.
    pub(super) fn is_secret(self) -> bool {
        matches!(self, Self::EnsimsPassword | Self::JessPassword)
    }

    /// The heading that something else was probably meant to be.
    pub(super) fn near(text: &str) -> Option<Self> {
        Self::nearest(text).map(|(_, heading)| heading)
    }

    /// How surely a text means this heading: 0 is its own word, then usual spellings, then what is near one. Of each, one
    /// that names JESS is surer: a list can have user names of other systems.
    pub(super) fn likeness(self, text: &str) -> Option<u8> {
        let vague = u8::from(!bare(text).contains("jess"));
        match Self::nearest(text) {
            _ if text == self.word() => Some(0),
            Some((distance, nearest)) if nearest == self => {
                Some(1 + vague + if distance == 0 { 0 } else { 2 })
            }
            _ => None,
        }
    }

    /// The heading that is nearest, and how far away it is, if that is not too far. "Mot de passe JESS" is the password
    /// of JESS, in whatever language a password is known.
    fn nearest(text: &str) -> Option<(usize, Self)> {
        let text = bare(text);
        let without = |api: &str| text.contains(api).then(|| text.replacen(api, "", 1));
        let of_jess = || match Self::nearest_whole(&without("jess")?)? {
            (distance, Self::EnsimsPassword) => Some((distance, Self::JessPassword)),
            (distance, Self::JessUsername) => Some((distance, Self::JessUsername)),
            _ => None,
        };
        let of_ensims = || {
            let nearest = Self::nearest_whole(&without("ensims")?);
            nearest.filter(|(_, heading)| matches!(heading, Self::Email | Self::EnsimsPassword))
        };
        Self::nearest_whole(&text).or_else(of_jess).or_else(of_ensims)
    }

    fn nearest_whole(text: &str) -> Option<(usize, Self)> {
        let usual = USUAL_SPELLINGS
            .into_iter()
            .flat_map(|(heading, spellings)| spellings.iter().map(move |spelling| (heading, *spelling)));
        let own = Self::ALL.map(|heading| (heading, heading.word()));
        own.into_iter()
            .chain(usual)
            .map(|(heading, word)| {
                let word = bare(word);
                let shorter = text.chars().count().min(word.chars().count());
                (strsim::osa_distance(text, &word), shorter, heading)
            })
            .min_by_key(|(distance, _, _)| *distance)
            // Not so near that a first name is: Emil is no e-mail.
            .filter(|(distance, shorter, _)| *distance <= 2 && distance * 5 <= *shorter)
            .map(|(distance, _, heading)| (distance, heading))
    }
}

/// What people and other programs call these columns.
const USUAL_SPELLINGS: [(Heading, &[&str]); 4] = [
    (
        Heading::Name,
        &[
            "full name",
            "student",
            "student name",
            "account",
            "nom",
            "nom complet",
            "étudiant",
            "nombre",
            "nome",
            "naam",
        ],
    ),
    (
        Heading::Email,
        &[
            "mail",
            "mail address",
            "email address",
            "email adresse",
            "courriel",
            "adresse électronique",
            "adresse email",
            "correo",
            "correo electrónico",
            "posta elettronica",
            "indirizzo email",
            "emailadres",
        ],
    ),
    (
        Heading::EnsimsPassword,
        &[
            "password",
            "initial password",
            "start password",
            "temporary password",
            "passwort",
            "initialpasswort",
            "startpasswort",
            "kennwort",
            "mot de passe",
            "contraseña",
            "parola d'accesso",
            "wachtwoord",
        ],
    ),
    (
        Heading::JessUsername,
        &[
            "jess user",
            "jess name",
            "login",
            "user name",
            "benutzername",
            "identifiant",
            "nom d'utilisateur",
            "usuario",
            "nome utente",
            "gebruikersnaam",
        ],
    ),
];

/// Letters and digits only, in lower case: `E-mail` is `email`.
fn bare(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// One column of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Column {
    Known(Heading),
    /// It has no heading, so it must hold nothing.
    Nameless,
    /// It does not count: as `columns` in the job file says, or because of its heading.
    Ignored,
}

/// The columns of a file, each with its heading as it stands there.
#[derive(Debug, Default)]
pub(super) struct Columns(Vec<(Column, String)>);

impl Columns {
    pub(super) fn new(columns: Vec<(Column, String)>) -> Self {
        Self(columns)
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = Column> {
        self.0.iter().map(|(column, _)| *column)
    }

    /// The headings as they stand in the file.
    pub(super) fn texts(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(_, text)| &**text)
    }

    pub(super) fn known(&self) -> impl Iterator<Item = Heading> {
        self.iter().filter_map(|column| match column {
            Column::Known(heading) => Some(heading),
            Column::Nameless | Column::Ignored => None,
        })
    }

    /// Where a column stands.
    pub(super) fn position(&self, heading: Heading) -> Option<usize> {
        self.iter().position(|column| column == Column::Known(heading))
    }

    /// What the file calls a column.
    pub(super) fn name_of(&self, heading: Heading) -> &str {
        self.position(heading).map_or(heading.word(), |at| &self.0[at].1)
    }
}

#[cfg(test)]
mod tests {
    use super::Heading;

    #[test]
    fn each_heading_is_a_key_by_its_word() {
        for heading in Heading::ALL {
            assert_eq!(serde_yaml::from_str::<Heading>(heading.word()).expect("a key"), heading);
        }
    }

    #[test]
    fn what_a_list_calls_a_column_is_near_and_a_name_or_a_password_is_not() {
        for (text, heading) in [
            ("E-Mail", Heading::Email),
            ("emial", Heading::Email),
            ("Courriel", Heading::Email),
            ("Correo electronico", Heading::Email),
            ("E-mailadres", Heading::Email),
            ("Mot de passe", Heading::EnsimsPassword),
            ("ensims_pasword", Heading::EnsimsPassword),
            ("Wachtwoord", Heading::EnsimsPassword),
            ("User name", Heading::JessUsername),
            ("Nom", Heading::Name),
            ("Mot de passe JESS", Heading::JessPassword),
            ("Identifiant JESS", Heading::JessUsername),
            ("JESS-Kennwort", Heading::JessPassword),
            ("ENSIMS Passwort", Heading::EnsimsPassword),
        ] {
            assert_eq!(Heading::near(text), Some(heading), "{text}");
        }
        for text in [
            "",
            "Emil",
            "Maik",
            "Nora",
            "Surname",
            "group",
            "Matrikel",
            "ENSIMS login",
            "JESS course",
            "hunter2",
        ] {
            assert_eq!(Heading::near(text), None, "{text}");
        }
    }
}
