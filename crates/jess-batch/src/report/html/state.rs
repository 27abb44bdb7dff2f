//! How an account stands, as the page tells it apart.

use crate::report::outcome::Outcome;
use crate::report::run_report::AccountReport;

/// Its outcome; an account that was updated and still cannot simulate is a state of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum State {
    Updated,
    Unchanged,
    NotReady,
    Refused,
    Failed,
    Stopped,
    Skipped,
}

impl State {
    pub(super) const ALL: [Self; 7] = [
        Self::Updated,
        Self::Unchanged,
        Self::NotReady,
        Self::Refused,
        Self::Failed,
        Self::Stopped,
        Self::Skipped,
    ];

    pub(super) fn of(account: &AccountReport) -> Self {
        match account.outcome {
            Outcome::Updated | Outcome::Unchanged if !account.is_good() => Self::NotReady,
            Outcome::Updated => Self::Updated,
            Outcome::Unchanged => Self::Unchanged,
            Outcome::Refused { .. } => Self::Refused,
            Outcome::Failed { .. } => Self::Failed,
            Outcome::Stopped { .. } => Self::Stopped,
            Outcome::Skipped { .. } => Self::Skipped,
        }
    }

    pub(super) fn words(self) -> &'static str {
        match self {
            Self::NotReady => "not ready",
            other => other.class(),
        }
    }

    /// The name under which style and script know it.
    pub(super) fn class(self) -> &'static str {
        match self {
            Self::Updated => "updated",
            Self::Unchanged => "unchanged",
            Self::NotReady => "not-ready",
            Self::Refused => "refused",
            Self::Failed => "failed",
            Self::Stopped => "stopped",
            Self::Skipped => "skipped",
        }
    }

    /// A sign that tells it without colour.
    pub(super) fn sign(self) -> char {
        match self {
            Self::Updated => '✓',
            Self::Unchanged => '=',
            Self::NotReady => '!',
            Self::Refused => '×',
            Self::Failed => '?',
            Self::Stopped => '…',
            Self::Skipped => '–',
        }
    }
}
