//! Where an account of a job is written, and which field of it a message is about.

/// Where an account is written.
#[derive(Clone, Copy, Debug)]
pub(super) enum Origin {
    /// The item of `accounts` with this index.
    JobFile(usize),
    /// A row of a roster, both by index.
    Roster { roster: usize, row: usize },
}

/// What a message about an account is about.
#[derive(Clone, Copy, Debug)]
pub(super) enum Field {
    Account,
    Name,
    Email,
    /// A key of the ENSIMS credential; if empty, the credential as a whole.
    Ensims(&'static str),
    /// A key of the JESS credential; if empty, the credential as a whole.
    Jess(&'static str),
}

impl Field {
    /// The path in the job file.
    pub(super) fn path(self, account: usize) -> String {
        let account = format!("accounts[{account}]");
        match self {
            Self::Account => account,
            Self::Name => account + ".name",
            Self::Email => account + ".ensims.email",
            Self::Ensims("") => account + ".ensims",
            Self::Ensims(key) => format!("{account}.ensims.{key}"),
            Self::Jess("") => account + ".jess",
            Self::Jess(key) => format!("{account}.jess.{key}"),
        }
    }

    /// The standard heading of the column in a roster; empty for the line.
    pub(super) fn column(self) -> String {
        match self {
            Self::Account => String::new(),
            Self::Name => "name".to_owned(),
            Self::Email => "email".to_owned(),
            Self::Ensims("") => "ensims_password".to_owned(),
            Self::Ensims(key) => format!("ensims_{key}"),
            Self::Jess("") => "jess_password".to_owned(),
            Self::Jess(key) => format!("jess_{key}"),
        }
    }
}
