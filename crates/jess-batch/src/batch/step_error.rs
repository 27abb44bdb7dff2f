//! Why a step has no result, and what reports say about that.

use std::time::Duration;

use ensims_client::{Api, Error};

use super::credential::{Refusal, Withheld};
use super::retry::GiveUp;
use crate::outcome::{FailureKind, Outcome, Step, StopReason};

/// A step that an account did not get through.
#[derive(Debug)]
pub(super) struct StepError {
    pub(super) step: Step,
    pub(super) kind: StepErrorKind,
}

/// Why a step has no result.
#[derive(Debug)]
pub(super) enum StepErrorKind {
    /// The last attempt failed.
    Request { error: Error, give_up: GiveUp, attempts: u32 },
    /// The same credential was refused for another account; nothing was sent.
    SameCredential(Refusal),
    /// So many answers in a row to this credential may have been refusals; nothing was sent.
    Undecided(u32),
    /// An earlier answer has cleared the session token; nothing was sent.
    NoToken,
    /// The service asked everybody for a longer pause than this job waits; nothing was sent.
    Paused(Duration),
    /// A signal came.
    Interrupted,
}

impl From<Withheld> for StepErrorKind {
    fn from(withheld: Withheld) -> Self {
        match withheld {
            Withheld::Refused(refusal) => Self::SameCredential(refusal),
            Withheld::Undecided(answers) => Self::Undecided(answers),
        }
    }
}

impl StepErrorKind {
    /// The answer was a 401, which is about the session token.
    pub(super) fn is_unauthorized(&self) -> bool {
        matches!(self, Self::Request { error: Error::Unauthorized, .. })
    }

    /// Another log-on may help.
    pub(super) fn lacks_token(&self) -> bool {
        self.is_unauthorized() || matches!(self, Self::NoToken)
    }

    pub(super) fn is_refusal(&self) -> bool {
        matches!(self, Self::Request { error: Error::Refused { .. }, .. })
    }

    /// The service's own words.
    pub(super) fn service_message(&self) -> Option<&str> {
        match self {
            Self::Request { error, .. } => error.service_message(),
            Self::SameCredential(refusal) => refusal.message.as_deref(),
            Self::Undecided(_) | Self::NoToken | Self::Paused(_) | Self::Interrupted => None,
        }
    }
}

impl StepError {
    /// How the account ends because of this.
    pub(super) fn outcome(&self) -> Outcome {
        match &self.kind {
            StepErrorKind::Interrupted => Outcome::Stopped { reason: StopReason::Interrupted },
            StepErrorKind::SameCredential(_) => Outcome::Refused { refused_by: Api::Jess },
            StepErrorKind::NoToken => Outcome::Failed { error: FailureKind::Unauthorized },
            StepErrorKind::Undecided(_) | StepErrorKind::Paused(_) => {
                Outcome::Failed { error: FailureKind::Http }
            }
            StepErrorKind::Request { error: Error::Refused { by, .. }, .. } => {
                Outcome::Refused { refused_by: *by }
            }
            StepErrorKind::Request { error, .. } => Outcome::Failed { error: failure_kind(error) },
        }
    }

    /// Our own words on what happened.
    pub(super) fn detail(&self) -> String {
        let step = self.step;
        match &self.kind {
            StepErrorKind::Interrupted => format!("{step}: interrupted before it was done"),
            StepErrorKind::SameCredential(Refusal { account, in_earlier_run, .. }) => {
                let when = if *in_earlier_run { " in the run that this one resumes" } else { "" };
                format!("same credential as {account}{when}; not sent again")
            }
            StepErrorKind::Undecided(answers) => {
                format!(
                    "{step}: not sent; the last {answers} answers to this credential may have been refusals"
                )
            }
            StepErrorKind::NoToken => {
                format!("{step}: not sent; the service cleared its session token, even after a second log-on")
            }
            StepErrorKind::Paused(rest) => {
                let seconds = rest.as_secs_f64().ceil();
                format!("{step}: not sent; the service asked for a pause of {seconds} s")
            }
            StepErrorKind::Request { error, give_up, attempts } => {
                format!("{step}: {}{}", self.describe(error), why_no_retry(*give_up, *attempts))
            }
        }
    }

    fn describe(&self, error: &Error) -> String {
        match error {
            Error::Refused { .. } => "refused".to_owned(),
            Error::Unauthorized if self.step == Step::LogOn => {
                "HTTP status 401, which this service gives to every request".to_owned()
            }
            Error::Unauthorized => "HTTP status 401, even after a second log-on".to_owned(),
            // Its words are quoted beside this text.
            Error::Http { http_status, .. } | Error::Undecided { http_status, .. } => {
                format!("HTTP status {http_status}")
            }
            Error::OtherAccount { .. } => {
                format!(
                    "{error}; if that is the same account, say so with 'known_as' below 'ensims' in the job file"
                )
            }
            other => other.to_string(),
        }
    }
}

fn failure_kind(error: &Error) -> FailureKind {
    match error {
        Error::Unauthorized => FailureKind::Unauthorized,
        Error::Http { .. } | Error::Undecided { .. } => FailureKind::Http,
        Error::Connect { .. } | Error::Proxy { .. } => FailureKind::Connect,
        Error::Tls { .. } => FailureKind::Tls,
        Error::Timeout { .. } => FailureKind::Timeout,
        _ => FailureKind::Protocol,
    }
}

fn why_no_retry(give_up: GiveUp, attempts: u32) -> String {
    match give_up {
        GiveUp::Attempts if attempts > 1 => format!(" (tried {attempts} times)"),
        GiveUp::Attempts | GiveUp::Final => String::new(),
        GiveUp::Budget => " (the account's time is used up)".to_owned(),
        GiveUp::AskedToWait(asked) => format!(" (the service asked for a pause of {} s)", asked.as_secs()),
    }
}
