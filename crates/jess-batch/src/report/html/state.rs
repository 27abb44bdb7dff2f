//! The state of an account as the page shows it.

use strum::VariantArray;

use crate::outcome::{AccountResult, Outcome, Readiness, SkipReason};

/// The state of an account, by which the page colours, counts and filters.
///
/// It is the outcome, but an account that succeeded and cannot run simulations has a state of its own, and so has one
/// that an earlier run has done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, VariantArray, strum::IntoStaticStr)]
#[strum(serialize_all = "kebab-case")]
pub(super) enum State {
    /// Checked, and able to run simulations.
    Ready,
    Updated,
    Unchanged,
    /// An earlier run has done it and found it ready.
    ReadyBefore,
    /// An earlier run has done it, and did not verify it.
    DoneBefore,
    NotReady,
    /// It was to be verified or checked, and there was no usable answer.
    Unknown,
    Refused,
    Failed,
    Stopped,
    LeftOut,
}

impl State {
    pub(super) fn of(account: &AccountResult) -> Self {
        match (&account.outcome, &account.readiness) {
            (Outcome::Refused { .. }, _) => Self::Refused,
            (Outcome::Failed { .. }, _) => Self::Failed,
            (Outcome::Stopped { .. }, _) => Self::Stopped,
            (Outcome::Skipped { reason: SkipReason::NotSelected }, _) => Self::LeftOut,
            (Outcome::Skipped { .. }, Readiness::Ready) => Self::ReadyBefore,
            (Outcome::Skipped { .. }, _) => Self::DoneBefore,
            (_, Readiness::NotReady(_)) => Self::NotReady,
            (_, Readiness::Unknown) | (Outcome::Checked, Readiness::NotAsked) => Self::Unknown,
            (Outcome::Checked, Readiness::Ready) => Self::Ready,
            (Outcome::Updated, _) => Self::Updated,
            (Outcome::Unchanged, _) => Self::Unchanged,
        }
    }

    /// The states of these accounts with their counts, in the order of the page.
    pub(super) fn count(accounts: &[AccountResult]) -> Vec<(Self, usize)> {
        let mut counts = Vec::new();
        for state in Self::VARIANTS {
            let count = accounts.iter().filter(|account| Self::of(account) == *state).count();
            if count > 0 {
                counts.push((*state, count));
            }
        }
        counts
    }

    /// What the table of everyone says of an account in this state.
    pub(super) fn phrase(self, account: &AccountResult) -> String {
        match self {
            Self::Ready | Self::ReadyBefore | Self::DoneBefore | Self::LeftOut => self.words().to_owned(),
            _ => account.phrase(),
        }
    }

    pub(super) fn words(self) -> &'static str {
        match self {
            Self::ReadyBefore => "ready (earlier run)",
            Self::DoneBefore => "done earlier",
            Self::NotReady => Readiness::NotReady(Vec::new()).word(),
            Self::Unknown => Readiness::Unknown.word(),
            Self::LeftOut => "left out",
            other => other.class(),
        }
    }

    /// The name that style and script know it by.
    pub(super) fn class(self) -> &'static str {
        self.into()
    }

    /// A sign, so that colour is not the only difference.
    pub(super) fn sign(self) -> char {
        match self {
            Self::Ready | Self::Updated => '✓',
            Self::Unchanged => '=',
            Self::ReadyBefore | Self::DoneBefore => '«',
            Self::NotReady => '!',
            Self::Unknown => '~',
            Self::Refused => '×',
            Self::Failed => '?',
            Self::Stopped => '…',
            Self::LeftOut => '–',
        }
    }
}
