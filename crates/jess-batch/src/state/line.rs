//! The lines of a journal: one JSON object each. They hold no password.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::job::{Account, Verify};
use crate::report::{AccountReport, AccountStatus};

/// Of the journal's form. Another one cannot be read.
pub(super) const VERSION: u32 = 1;

/// Who was to be done, then one line for each account that ended, then one that says that the run came to its end.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "line", rename_all = "kebab-case")]
pub(super) enum Line {
    Begin {
        version: u32,
        started_at: Timestamp,
        /// The accounts that it is to do.
        planned: Vec<Key>,
    },
    Account {
        #[serde(flatten)]
        key: Key,
        #[serde(flatten)]
        verdict: Verdict,
    },
    Finished {
        at: Timestamp,
    },
}

/// What a verdict is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(super) struct Key {
    pub(super) service: String,
    pub(super) email: String,
    pub(super) jess_username: String,
}

/// How an account ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "verdict", rename_all = "kebab-case")]
pub(super) enum Verdict {
    /// Updated or unchanged, and ready as far as `verify` asked.
    Done {
        verify: Verify,
    },
    /// With the service's words.
    RefusedByEnsims {
        message: String,
    },
    RefusedByJess {
        message: String,
    },
    /// Without a verdict, or not ready.
    Open,
}

impl Key {
    pub(super) fn of(account: &Account, service: &str) -> Self {
        Self::new(service, &account.email, &account.jess_username)
    }

    pub(super) fn of_report(account: &AccountReport, service: &str) -> Self {
        Self::new(service, &account.email, &account.jess_username)
    }

    pub(super) fn of_status(account: &AccountStatus, service: &str) -> Self {
        Self::new(service, &account.email, &account.jess_username)
    }

    fn new(service: &str, email: &str, jess_username: &str) -> Self {
        Self {
            service: service.to_owned(),
            email: email.to_lowercase(),
            jess_username: jess_username.to_owned(),
        }
    }

    /// The same account at another service.
    pub(super) fn at(&self, service: &str) -> Self {
        Self { service: service.to_owned(), ..self.clone() }
    }
}
