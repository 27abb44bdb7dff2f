//! What a person can ask of a job, in the file or on the command line.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::limits::Rate;
use super::noting::Noting;

/// When a JESS session is updated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Update {
    /// In every run.
    #[default]
    Always,
    /// Only where a first look finds that it is not valid, or that of another JESS user.
    WhenInvalid,
}

impl Update {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Always => "always",
            Self::WhenInvalid => "when-invalid",
        }
    }
}

/// What is looked at after an update.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    clap::ValueEnum,
    Serialize,
    Deserialize,
    JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Verify {
    /// Nothing.
    #[default]
    None,
    /// Whether the JESS session is valid.
    Session,
    /// That, and whether the JESS account is the right one and not suspended.
    Account,
}

impl Verify {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Session => "session",
            Self::Account => "account",
        }
    }
}

/// What the command line says about a job; it wins over the file.
#[derive(Clone, Debug, Default)]
pub(crate) struct Choices {
    pub(crate) only: Vec<String>,
    pub(crate) skip: Vec<String>,
    pub(crate) service: Option<String>,
    /// In place of those of the file, where it says so.
    pub(crate) reports: Option<Vec<String>>,
    /// What `{date}` and `{time}` in the names of reports stand for.
    pub(crate) now: Timestamp,
    pub(crate) concurrency: Option<usize>,
    pub(crate) rate: Option<Rate>,
    pub(crate) verify: Option<Verify>,
    /// A person types the passwords that are missing.
    pub(crate) ask: bool,
    /// Files with passwords may be readable by others.
    pub(crate) allow_readable_secrets: bool,
}

/// Reads `update:`.
pub(super) fn check_update(word: Option<&str>, noting: &mut Noting) -> Update {
    match word {
        None | Some("always") => Update::Always,
        Some("when-invalid") => Update::WhenInvalid,
        Some(_) => {
            noting.note("update", "write always or when-invalid");
            Update::Always
        }
    }
}

/// Reads `verify:`; the flag wins.
pub(super) fn check_verify(word: Option<&str>, choices: &Choices, noting: &mut Noting) -> Verify {
    let from_file = match word {
        None | Some("none") => Verify::None,
        Some("session") => Verify::Session,
        Some("account") => Verify::Account,
        Some(_) => {
            noting.note("verify", "write none, session or account");
            Verify::None
        }
    };
    choices.verify.unwrap_or(from_file)
}
