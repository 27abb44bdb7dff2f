//! What a column of a roster can hold.

use serde::Deserialize;

/// What a column of a roster can hold. Its word, such as `ensims_password`, is the standard heading of the column and a
/// key of `columns` in the job file.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Deserialize,
    strum::Display,
    strum::EnumString,
    strum::IntoStaticStr,
    strum::VariantArray,
)]
#[serde(field_identifier, rename_all = "snake_case")]
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

#[cfg(test)]
mod tests {
    use strum::VariantArray;

    use super::Column;

    #[test]
    fn column_heading_is_its_key_in_the_job_file() {
        for column in Column::VARIANTS {
            assert_eq!(serde_yaml::from_str::<Column>(column.heading()).expect("a key"), *column);
            assert_eq!(column.heading().parse(), Ok(*column));
        }
    }
}
