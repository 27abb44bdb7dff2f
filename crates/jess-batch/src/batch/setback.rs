//! Why a step has no result, and what reports say about that.

use std::time::Duration;

use ensims_client::{Api, Error};

use super::retry::GiveUp;
use super::shared::Refusal;
use crate::report::{FailureKind, Outcome, Step, StopReason};

/// A step that an account did not get through.
#[derive(Debug)]
pub(crate) struct Setback {
    pub(crate) step: Step,
    pub(crate) why: Why,
}

/// Why there is no result.
#[derive(Debug)]
pub(crate) enum Why {
    /// The service's last word on it, why it was not asked again, and how often it had been.
    Error {
        error: Error,
        give_up: GiveUp,
        attempts: u32,
    },
    /// Another account met this refusal with the same credential; nothing was sent.
    SameCredential(Refusal),
    /// The service asked everyone for a pause that is longer than this job waits; nothing was sent.
    Paused(Duration),
    Interrupted,
}

impl Why {
    /// An error that another try cannot mend.
    pub(crate) fn last_word(error: Error) -> Self {
        Self::Error { error, give_up: GiveUp::Final, attempts: 1 }
    }

    pub(crate) fn is_unauthorized(&self) -> bool {
        matches!(self, Self::Error { error: Error::Unauthorized, .. })
    }

    /// The service's words, where it refused.
    pub(crate) fn refusal(&self) -> Option<&str> {
        match self {
            Self::Error { error: Error::Refused { message, .. }, .. } => Some(message),
            _ => None,
        }
    }
}

impl Setback {
    /// How the account ends because of this.
    pub(crate) fn outcome(&self) -> Outcome {
        match &self.why {
            Why::Interrupted => Outcome::Stopped { reason: StopReason::Interrupted },
            Why::SameCredential(_) => Outcome::Refused { refused_by: Api::Jess },
            Why::Paused(_) => Outcome::Failed { error: FailureKind::Http },
            Why::Error { error: Error::Refused { by, .. }, .. } => Outcome::Refused { refused_by: *by },
            Why::Error { error, .. } => Outcome::Failed {
                error: match error {
                    Error::Unauthorized => FailureKind::Unauthorized,
                    Error::Http { .. } => FailureKind::Http,
                    Error::Connect { .. } => FailureKind::Connect,
                    Error::Tls { .. } => FailureKind::Tls,
                    Error::Timeout { .. } => FailureKind::Timeout,
                    _ => FailureKind::Protocol,
                },
            },
        }
    }

    /// Our own words on what happened.
    pub(crate) fn detail(&self) -> String {
        let step = self.step.word();
        let (error, give_up, attempts) = match &self.why {
            Why::Interrupted => return format!("{step}: interrupted before it was done"),
            Why::SameCredential(refusal) => {
                return format!("same credential as {}; not sent again", refusal.met_by);
            }
            Why::Paused(left) => {
                let left = left.as_secs_f64().ceil();
                return format!("{step}: not sent; the service wants to be asked again in {left} s");
            }
            Why::Error { error, give_up, attempts } => (error, give_up, attempts),
        };
        let what = match error {
            Error::Refused { .. } => return format!("{step}: refused"),
            Error::Unauthorized if self.step == Step::LogOn => {
                return format!("{step}: HTTP status 401, which this service gives to everything");
            }
            Error::Unauthorized => return format!("{step}: HTTP status 401, even after a second log-on"),
            Error::Http { http_status, .. } => format!("HTTP status {http_status}"),
            other => other.to_string(),
        };
        let rest = match give_up {
            GiveUp::Final => String::new(),
            GiveUp::Attempts if *attempts == 1 => String::new(),
            GiveUp::Attempts => format!(" (tried {attempts} times)"),
            GiveUp::Budget => " (the account's time is used up)".to_owned(),
            GiveUp::AskedToWait(asked) => {
                format!(" (the service wants to be asked again in {} s)", asked.as_secs())
            }
        };
        format!("{step}: {what}{rest}")
    }

    /// The service's own words about it.
    pub(crate) fn service_message(&self) -> Option<&str> {
        match &self.why {
            Why::Error { error, .. } => error.service_message(),
            Why::SameCredential(refusal) => Some(&refusal.message),
            Why::Paused(_) | Why::Interrupted => None,
        }
    }
}
