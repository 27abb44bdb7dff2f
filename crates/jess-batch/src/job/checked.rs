//! A job that is known to make sense.

use std::fmt;
use std::ops::Deref;
use std::path::{Path, PathBuf};

use ensims_client::{EnsimsCredential, JessCredential};

use super::choices::{Update, Verify};
use super::limits::Limits;
use super::mistake::Mistake;
use super::reports::ReportTarget;
use super::secret::SecretSource;
use super::service::ServicePlan;

/// Where a job's text came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    StandardInput,
    File(PathBuf),
}

impl Source {
    /// The job file, where there is one.
    pub(crate) fn path(&self) -> Option<&Path> {
        match self {
            Self::StandardInput => None,
            Self::File(path) => Some(path),
        }
    }

    /// The folder that paths in the job are relative to.
    pub(super) fn folder(&self) -> &Path {
        match self {
            Self::StandardInput => Path::new(""),
            Self::File(path) => path.parent().unwrap_or(Path::new("")),
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::StandardInput => formatter.write_str("standard input"),
            Self::File(path) => write!(formatter, "{}", path.display()),
        }
    }
}

/// One entry of a job.
#[derive(Debug)]
pub(crate) struct Account {
    /// The label, or the e-mail address.
    pub(crate) name: String,
    pub(crate) email: String,
    pub(crate) jess_username: String,
    /// Where the two passwords come from.
    pub(crate) ensims_source: SecretSource,
    pub(crate) jess_source: SecretSource,
    /// Accounts with the same JESS user name and password have the same number.
    pub(crate) jess_group: usize,
    /// What the account is to be done with. One that is left out has none: its passwords were not even looked for.
    pub(crate) credentials: Option<Credentials>,
}

/// The two credentials of an account.
#[derive(Debug)]
pub(crate) struct Credentials {
    pub(crate) ensims: EnsimsCredential,
    pub(crate) jess: JessCredential,
}

impl Account {
    /// Whether the run is to attempt it.
    pub(crate) fn is_selected(&self) -> bool {
        self.credentials.is_some()
    }

    /// Whether one of these names means this account: its label, or its e-mail address in any case.
    pub(crate) fn is_in(&self, names: &[String]) -> bool {
        names.iter().any(|name| is_called(&self.name, &self.email, name))
    }
}

/// What a job file says besides its accounts.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) name: String,
    pub(crate) source: Source,
    pub(crate) service: ServicePlan,
    pub(crate) update: Update,
    pub(crate) verify: Verify,
    pub(crate) limits: Limits,
    pub(crate) reports: Vec<ReportTarget>,
}

/// A checked job with all its passwords.
#[derive(Debug)]
pub(crate) struct Job {
    pub(super) settings: Settings,
    /// What may be a mistake.
    pub(crate) warnings: Vec<Mistake>,
    pub(crate) accounts: Vec<Account>,
}

/// A job is its settings, and its accounts.
impl Deref for Job {
    type Target = Settings;

    fn deref(&self) -> &Settings {
        &self.settings
    }
}

impl Job {
    /// How many accounts the run is to attempt.
    pub(crate) fn selected(&self) -> usize {
        self.accounts.iter().filter(|account| account.is_selected()).count()
    }
}

/// Whether a name that a person gives means the account of this name and address.
pub(super) fn is_called(name: &str, email: &str, given: &str) -> bool {
    name == given || email.eq_ignore_ascii_case(given)
}
