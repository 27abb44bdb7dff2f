//! A validated job with all its passwords.

use std::path::PathBuf;
use std::time::Duration;

use ensims_client::{EnsimsCredential, JessCredential, Service};
use secrecy::SecretString;

use super::options::{Limits, Update, Verify};
use super::paths::{JobSource, ReportTarget};
use crate::diagnostics::Diagnostic;
use crate::roster::Source;
use crate::secret::SecretSource;

/// A validated job with all its passwords.
#[derive(Debug)]
pub struct Job {
    /// What the job file says besides its accounts.
    pub settings: Settings,
    /// What may be a mistake in the job file or its rosters.
    pub warnings: Vec<Diagnostic>,
    /// The rosters that were read.
    pub rosters: Vec<RosterFile>,
    /// The accounts in the order of the job file, then of each roster.
    pub accounts: Vec<Account>,
}

/// A roster of a job, for people who check that it was read as they meant.
#[derive(Debug)]
pub struct RosterFile {
    /// The path of the file.
    pub path: PathBuf,
    /// What the file is.
    pub source: Source,
    /// How many accounts it has.
    pub accounts: usize,
    /// How many of them the spreadsheet hides.
    pub hidden: usize,
}

/// What a job file says besides its accounts, with the overrides of the command line.
#[derive(Debug)]
pub struct Settings {
    /// The name of the job in reports; without one, its source.
    pub name: String,
    /// Where the job's text came from.
    pub source: JobSource,
    /// Where requests go.
    pub service: ServicePlan,
    /// When a JESS session is updated.
    pub update: Update,
    /// What is verified after an update.
    pub verify: Verify,
    /// Concurrency, rate, time limits and retries.
    pub limits: Limits,
    /// Where reports are written.
    pub reports: Vec<ReportTarget>,
}

/// A JESS user name in the form in which two are compared. Whether JESS distinguishes upper and lower case is not
/// documented; ignoring it means that a refused credential is never sent again in another spelling.
pub fn jess_user_key(username: &str) -> String {
    username.to_ascii_lowercase()
}

/// One account of a job.
#[derive(Debug)]
pub struct Account {
    /// The label, or the e-mail address.
    pub name: String,
    /// The e-mail address of the ENSIMS account.
    pub email: String,
    /// The JESS user name that the account should be linked to.
    pub jess_username: String,
    /// Where the ENSIMS password comes from.
    pub ensims_source: SecretSource,
    /// Where the JESS password comes from.
    pub jess_source: SecretSource,
    /// Which JESS credential of the job it has: accounts with the same user name and password have the same number, which
    /// is the index of the first of them.
    pub jess_credential: usize,
    /// Whether another account of the job has the same JESS credential.
    pub shares_jess_credential: bool,
    /// Its two credentials. A deselected account has none: its passwords are never resolved.
    pub credentials: Option<Credentials>,
}

/// The two credentials of an account.
#[derive(Debug)]
pub struct Credentials {
    /// For the log-on.
    pub ensims: EnsimsCredential,
    /// For the update of the JESS session.
    pub jess: JessCredential,
}

/// Where a job's requests go.
#[derive(Debug)]
pub enum ServicePlan {
    /// A service at an address.
    Remote {
        /// Its address and paths.
        service: Service,
        /// Certificates (PEM) to trust besides the system's.
        ca_bundle: Option<Vec<u8>>,
        /// The address of a proxy, which may hold a password.
        proxy: Option<SecretString>,
    },
    /// A rehearsal on a sandbox that the program starts for the run.
    Sandbox(SandboxPlan),
}

/// How the embedded sandbox of a rehearsal behaves. The names are those of the job's accounts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SandboxPlan {
    /// How long each answer takes.
    pub latency: Duration,
    /// Accounts whose log-on is refused.
    pub refuse_logon: Vec<String>,
    /// Accounts whose JESS credential is refused.
    pub refuse_jess: Vec<String>,
    /// Accounts whose JESS account is suspended.
    pub suspended: Vec<String>,
    /// Accounts whose answers take a second longer.
    pub slow: Vec<String>,
}

impl Job {
    /// The accounts that a run attempts.
    pub fn selected_accounts(&self) -> impl Iterator<Item = &Account> {
        self.accounts.iter().filter(|account| account.is_selected())
    }

    /// How many accounts a run attempts.
    pub fn selected(&self) -> usize {
        self.selected_accounts().count()
    }
}

impl Settings {
    /// Whether the job is a rehearsal on the embedded sandbox.
    pub fn is_rehearsal(&self) -> bool {
        matches!(self.service, ServicePlan::Sandbox(_))
    }
}

impl Account {
    /// Whether a run attempts the account.
    pub fn is_selected(&self) -> bool {
        self.credentials.is_some()
    }

    /// Whether one of these names means the account: its label, or its e-mail address in any case.
    pub fn is_named_in(&self, names: &[String]) -> bool {
        names.iter().any(|name| self.name == *name || self.email.eq_ignore_ascii_case(name))
    }
}
