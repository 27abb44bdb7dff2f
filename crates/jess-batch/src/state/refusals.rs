//! Whose JESS credential the last run saw refused, for those who only look.

use std::collections::BTreeSet;

use super::earlier::Earlier;
use super::folder::StateFolder;
use super::line::{Key, Verdict};
use crate::report::AccountStatus;

/// The accounts that JESS said no to.
#[derive(Debug, Default)]
pub(crate) struct Refusals(BTreeSet<Key>);

impl Refusals {
    /// Reads them from the journal of a job; none where it cannot be read. It needs no lock: lines are only ever added.
    pub(crate) fn read(folder: &StateFolder) -> Self {
        let earlier = Earlier::read_whole(folder).ok().flatten().unwrap_or_default();
        let refused = |verdict: &Verdict| matches!(verdict, Verdict::RefusedByJess { .. });
        let refused = earlier.verdicts.into_iter().filter(|(_, verdict)| refused(verdict));
        Self(refused.map(|(key, _)| key).collect())
    }

    /// Whether this account at this service is one of them.
    pub(crate) fn contain(&self, account: &AccountStatus, service: &str) -> bool {
        self.0.contains(&Key::of_status(account, service))
    }
}
