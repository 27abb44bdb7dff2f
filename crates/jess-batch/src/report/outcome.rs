//! The words for how an account ended.

use ensims_client::Api;
use serde::ser::SerializeStruct;
use serde::{Deserialize, Deserializer, Serialize};

/// How an account ended.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(tag = "outcome", rename_all = "kebab-case")]
pub(crate) enum Outcome {
    /// JESS accepted the credential; a new session key is assigned.
    Updated,
    /// The session was valid already, and the job asks for `update: when-invalid`.
    Unchanged,
    /// The service said no to a credential.
    Refused {
        #[serde(deserialize_with = "api")]
        refused_by: Api,
    },
    /// No verdict after the retries.
    Failed { error: FailureKind },
    /// Selected, but not attempted or not finished.
    Stopped { reason: StopReason },
    /// Left out on purpose.
    Skipped { reason: SkipReason },
}

fn api<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Api, D::Error> {
    match String::deserialize(deserializer)?.as_str() {
        "ensims" => Ok(Api::Ensims),
        "jess" => Ok(Api::Jess),
        _ => Err(serde::de::Error::custom("refused_by is neither ensims nor jess")),
    }
}

impl Outcome {
    /// Writes `outcome` and, where they apply, `refused_by`, `error` or `reason`.
    pub(super) fn serialize_into<F: SerializeStruct>(&self, fields: &mut F) -> Result<(), F::Error> {
        fields.serialize_field("outcome", self.word())?;
        match self {
            Self::Updated | Self::Unchanged => Ok(()),
            Self::Refused { refused_by } => {
                fields.serialize_field("refused_by", &refused_by.to_string().to_lowercase())
            }
            Self::Failed { error } => fields.serialize_field("error", error),
            Self::Stopped { reason } => fields.serialize_field("reason", reason),
            Self::Skipped { reason } => fields.serialize_field("reason", reason),
        }
    }

    /// The outcome in one word.
    pub(crate) fn word(&self) -> &'static str {
        match self {
            Self::Updated => "updated",
            Self::Unchanged => "unchanged",
            Self::Refused { .. } => "refused",
            Self::Failed { .. } => "failed",
            Self::Stopped { .. } => "stopped",
            Self::Skipped { .. } => "skipped",
        }
    }

    /// The word and what goes with it, such as "refused by JESS".
    pub(crate) fn phrase(&self) -> String {
        match self {
            Self::Updated | Self::Unchanged => self.word().to_owned(),
            Self::Refused { refused_by: Api::Ensims } => "refused by ENSIMS".to_owned(),
            Self::Refused { refused_by: Api::Jess } => "refused by JESS".to_owned(),
            Self::Failed { error } => format!("failed: {}", error.word()),
            Self::Stopped { reason } => format!("stopped: {}", reason.word()),
            Self::Skipped { reason } => format!("skipped: {}", reason.word()),
        }
    }
}

/// What kept a verdict from being had.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum FailureKind {
    Connect,
    Tls,
    Timeout,
    Http,
    Protocol,
    Unauthorized,
}

impl FailureKind {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Connect => "connect",
            Self::Tls => "tls",
            Self::Timeout => "timeout",
            Self::Http => "http",
            Self::Protocol => "protocol",
            Self::Unauthorized => "unauthorized",
        }
    }
}

/// Why a run stopped before an account was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum StopReason {
    ServiceDown,
    /// As many accounts as `--max-failures` allows did not succeed.
    MaxFailures,
    Interrupted,
}

impl StopReason {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::ServiceDown => "service-down",
            Self::MaxFailures => "max-failures",
            Self::Interrupted => "interrupted",
        }
    }
}

/// Why an account was left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum SkipReason {
    NotSelected,
    /// An earlier run, which this one resumes, has done it.
    AlreadyDone,
}

impl SkipReason {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::NotSelected => "not-selected",
            Self::AlreadyDone => "already-done",
        }
    }
}

/// Whether an updated account can simulate, as far as it was asked.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(from = "ReadinessFields")]
pub(crate) enum Readiness {
    /// `verify: none`, or the account was not updated.
    NotAsked,
    Ready,
    NotReady(Vec<NotReady>),
    /// It was asked, and there was no usable answer.
    Unknown,
}

/// Readiness as a report file has it.
#[derive(Deserialize)]
struct ReadinessFields {
    ready: Option<bool>,
    not_ready: Vec<NotReady>,
}

impl From<ReadinessFields> for Readiness {
    fn from(fields: ReadinessFields) -> Self {
        match fields.ready {
            Some(true) => Self::Ready,
            Some(false) => Self::NotReady(fields.not_ready),
            None if fields.not_ready.is_empty() => Self::NotAsked,
            None => Self::Unknown,
        }
    }
}

impl Readiness {
    /// Whether it can simulate, where that is known.
    pub(crate) fn is_ready(&self) -> Option<bool> {
        match self {
            Self::Ready => Some(true),
            Self::NotReady(_) => Some(false),
            Self::NotAsked | Self::Unknown => None,
        }
    }
}

/// What keeps an account from simulating.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum NotReady {
    SessionNotValid,
    Suspended,
    OtherJessUser,
    NotVerified,
}

impl NotReady {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::SessionNotValid => "session-not-valid",
            Self::Suspended => "suspended",
            Self::OtherJessUser => "other-jess-user",
            Self::NotVerified => "not-verified",
        }
    }

    pub(crate) fn phrase(self) -> &'static str {
        match self {
            Self::SessionNotValid => "JESS session not valid",
            Self::Suspended => "JESS account suspended",
            Self::OtherJessUser => "linked to another JESS user",
            Self::NotVerified => "could not be verified",
        }
    }
}
