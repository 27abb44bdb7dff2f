//! The records of a run history: one JSON object a line. They hold no password.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::job::{Account, Verify, jess_user_key};
use crate::outcome::AccountResult;

/// The version of the file. No other one can be read.
pub(super) const VERSION: u32 = 1;

/// One line: which accounts were planned, then each account that ended, then that the run was finished.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "line", rename_all = "kebab-case")]
pub(super) enum Record {
    Begin {
        version: u32,
        started_at: Timestamp,
        /// The accounts that the run is to do.
        planned: BTreeSet<Key>,
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
    Done { verify: Verify },
    /// With the service's words, if it gave any.
    RefusedByEnsims { message: Option<String> },
    /// With the service's words, if it gave any.
    RefusedByJess { message: Option<String> },
    /// No verdict, or not ready.
    Open,
}

impl Key {
    pub(super) fn of(account: &Account, service: &str) -> Self {
        Self::new(service, &account.email, &account.jess_username)
    }

    pub(super) fn of_result(result: &AccountResult, service: &str) -> Self {
        Self::new(service, &result.email, &result.jess_username)
    }

    /// The same account at another service.
    pub(super) fn at(&self, service: &str) -> Self {
        Self { service: service.to_owned(), ..self.clone() }
    }

    fn new(service: &str, email: &str, jess_username: &str) -> Self {
        Self {
            service: service.to_owned(),
            email: email.to_lowercase(),
            jess_username: jess_user_key(jess_username),
        }
    }
}
