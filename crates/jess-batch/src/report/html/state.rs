//! How an account stands, as the page tells it apart.

use crate::report::outcome::{Outcome, Readiness, SkipReason};
use crate::report::run_report::AccountReport;

/// Its outcome; an account that was updated and still cannot simulate is a state of its own, and so is one that an
/// earlier run has done: it counts as good.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum State {
    Updated,
    Unchanged,
    /// An earlier run has done it and found it ready.
    ReadyBefore,
    /// An earlier run has done it, and readiness was not asked for.
    DoneBefore,
    NotReady,
    Refused,
    Failed,
    Stopped,
    LeftOut,
}

impl State {
    pub(super) const ALL: [Self; 9] = [
        Self::Updated,
        Self::Unchanged,
        Self::ReadyBefore,
        Self::DoneBefore,
        Self::NotReady,
        Self::Refused,
        Self::Failed,
        Self::Stopped,
        Self::LeftOut,
    ];

    pub(super) fn of(account: &AccountReport) -> Self {
        match account.outcome {
            Outcome::Updated | Outcome::Unchanged if !account.is_good() => Self::NotReady,
            Outcome::Updated => Self::Updated,
            Outcome::Unchanged => Self::Unchanged,
            Outcome::Refused { .. } => Self::Refused,
            Outcome::Failed { .. } => Self::Failed,
            Outcome::Stopped { .. } => Self::Stopped,
            Outcome::Skipped { reason: SkipReason::NotSelected } => Self::LeftOut,
            Outcome::Skipped { reason: SkipReason::AlreadyDone } => match account.readiness {
                Readiness::Ready => Self::ReadyBefore,
                Readiness::NotAsked | Readiness::NotReady(_) | Readiness::Unknown => Self::DoneBefore,
            },
        }
    }

    pub(super) fn words(self) -> &'static str {
        match self {
            Self::ReadyBefore => "ready (earlier run)",
            Self::DoneBefore => "done earlier",
            Self::NotReady => "not ready",
            Self::LeftOut => "left out",
            other => other.class(),
        }
    }

    /// The name under which style and script know it.
    pub(super) fn class(self) -> &'static str {
        match self {
            Self::Updated => "updated",
            Self::Unchanged => "unchanged",
            Self::ReadyBefore => "ready-before",
            Self::DoneBefore => "done-before",
            Self::NotReady => "not-ready",
            Self::Refused => "refused",
            Self::Failed => "failed",
            Self::Stopped => "stopped",
            Self::LeftOut => "left-out",
        }
    }

    /// A sign that tells it without colour.
    pub(super) fn sign(self) -> char {
        match self {
            Self::Updated => '✓',
            Self::Unchanged => '=',
            Self::ReadyBefore | Self::DoneBefore => '«',
            Self::NotReady => '!',
            Self::Refused => '×',
            Self::Failed => '?',
            Self::Stopped => '…',
            Self::LeftOut => '–',
        }
    }
}
