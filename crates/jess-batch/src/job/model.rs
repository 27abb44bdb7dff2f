//! A validated job with all its passwords.

use ensims_client::{EnsimsCredential, JessCredential, Service};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use super::account::means;
use super::detour::Detour;
use super::file::SANDBOX;
use super::options::{Limits, Update, Verify};
use super::paths::{JobSource, ReportTarget};
use super::sandbox_plan::SandboxPlan;
use crate::diagnostics::Diagnostic;
use crate::remedies::Messages;
use crate::roster::Roster;
use crate::secret::SecretSource;

/// A validated job with all its passwords.
#[derive(Debug)]
pub struct Job {
    /// What the job file says besides its accounts.
    pub settings: Settings,
    /// What may be a mistake in the job file or its rosters.
    pub warnings: Vec<Diagnostic>,
    /// The rosters that were read.
    pub rosters: Vec<Roster>,
    /// The accounts in the order of the job file, then of each roster.
    pub accounts: Vec<Account>,
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
    /// How the sandbox behaves, if the run goes there.
    pub sandbox: SandboxPlan,
    /// Set if the command line leads the run elsewhere than the job says.
    pub detour: Option<Detour>,
    /// When a JESS session is updated.
    pub update: Update,
    /// What is verified after an update.
    pub verify: Verify,
    /// Concurrency, rate, time limits and retries.
    pub limits: Limits,
    /// Where reports are written.
    pub reports: Vec<ReportTarget>,
    /// The messages to persons that replace those in English.
    pub messages: Messages,
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
    /// Where it is listed.
    pub listed_in: ListedIn,
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

/// Where an account is listed, and so where it is corrected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ListedIn {
    /// In a roster.
    #[default]
    Roster,
    /// In the job file itself.
    JobFile,
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
    Sandbox,
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

impl ServicePlan {
    /// What the run history calls the service: its address. The embedded sandbox has another one in each run.
    pub fn address(&self) -> &str {
        match self {
            Self::Remote { service, .. } => service.address(),
            Self::Sandbox => SANDBOX,
        }
    }

    /// Whether it is the embedded sandbox.
    pub fn is_sandbox(&self) -> bool {
        matches!(self, Self::Sandbox)
    }
}

impl Account {
    /// Whether a run attempts the account.
    pub fn is_selected(&self) -> bool {
        self.credentials.is_some()
    }

    /// Whether one of these names means the account: its label, or its e-mail address in any case.
    pub fn is_named_in(&self, names: &[String]) -> bool {
        names.iter().any(|given| means(given, &self.name, &self.email))
    }
}
