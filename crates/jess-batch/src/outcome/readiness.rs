//! Whether an account can run simulations.

use serde::{Deserialize, Serialize};

/// Whether an account can run simulations, as far as it was checked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "ReadinessFields", from = "ReadinessFields")]
pub enum Readiness {
    /// Nobody asked: `verify: none`, or the account did not get that far.
    NotAsked,
    /// It can run simulations.
    Ready,
    /// It cannot, for these reasons.
    NotReady(Vec<NotReady>),
    /// It was asked, and there was no usable answer.
    Unknown,
}

/// What keeps an account from running simulations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NotReady {
    /// The JESS session is not valid.
    SessionNotValid,
    /// The JESS account is suspended.
    Suspended,
    /// The ENSIMS account is linked to another JESS user.
    OtherJessUser,
    /// There was no usable answer.
    NotVerified,
}

/// Readiness as written to a JSON report.
#[derive(Serialize, Deserialize)]
struct ReadinessFields {
    ready: Option<bool>,
    not_ready: Vec<NotReady>,
}

impl From<Readiness> for ReadinessFields {
    fn from(readiness: Readiness) -> Self {
        let ready = match readiness {
            Readiness::Ready => Some(true),
            Readiness::NotReady(_) => Some(false),
            Readiness::NotAsked | Readiness::Unknown => None,
        };
        Self { ready, not_ready: readiness.reasons().to_vec() }
    }
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
    /// Whether it can run simulations, in a word or two.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::NotReady(_) => "not ready",
            Self::NotAsked | Self::Unknown => "not verified",
        }
    }

    /// What keeps the account from running simulations, or [`NotReady::NotVerified`] if nobody knows.
    pub fn reasons(&self) -> &[NotReady] {
        match self {
            Self::NotReady(reasons) => reasons,
            Self::Unknown => &[NotReady::NotVerified],
            Self::NotAsked | Self::Ready => &[],
        }
    }
}

impl NotReady {
    /// The reason in a few words: "JESS account suspended".
    pub fn phrase(self) -> &'static str {
        match self {
            Self::SessionNotValid => "JESS session not valid",
            Self::Suspended => "JESS account suspended",
            Self::OtherJessUser => "linked to another JESS user",
            Self::NotVerified => "could not be verified",
        }
    }
}
