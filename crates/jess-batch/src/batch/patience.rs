//! When a run ends on its own: nobody answers any more, or too many accounts did not succeed.

use std::cell::Cell;

use crate::report::StopReason;

/// What a run can still bear.
#[derive(Debug)]
pub(crate) struct Patience {
    /// So many accounts in a row without an answer mean that the service is down.
    give_up_after: usize,
    /// So many accounts that are not as wanted are enough, where that was asked.
    max_failures: Option<usize>,
    unanswered_in_a_row: Cell<usize>,
    failures: Cell<usize>,
    /// Once it is over it stays so, whatever the accounts still in flight meet.
    over: Cell<Option<StopReason>>,
}

/// What an account's end says about the service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Heard {
    /// At least one answer below 500.
    Answer,
    /// Requests went out, and none had such an answer.
    Nothing,
    /// No request went out.
    NotAsked,
}

impl Patience {
    pub(crate) fn new(give_up_after: usize, max_failures: Option<usize>) -> Self {
        let unanswered_in_a_row = Cell::new(0);
        Self {
            give_up_after,
            max_failures,
            unanswered_in_a_row,
            failures: Cell::new(0),
            over: Cell::new(None),
        }
    }

    /// An account ended.
    pub(crate) fn note(&self, heard: Heard, is_good: bool) {
        match heard {
            Heard::Answer => self.unanswered_in_a_row.set(0),
            Heard::Nothing => self.unanswered_in_a_row.set(self.unanswered_in_a_row.get() + 1),
            Heard::NotAsked => {}
        }
        if !is_good {
            self.failures.set(self.failures.get() + 1);
        }
        if self.over.get().is_none() {
            self.over.set(self.used_up());
        }
    }

    /// Why no further account is to start, if so.
    pub(crate) fn is_over(&self) -> Option<StopReason> {
        self.over.get()
    }

    fn used_up(&self) -> Option<StopReason> {
        if self.unanswered_in_a_row.get() >= self.give_up_after {
            Some(StopReason::ServiceDown)
        } else if self.max_failures.is_some_and(|most| self.failures.get() >= most) {
            Some(StopReason::MaxFailures)
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_begins_the_row_anew_and_an_account_that_was_not_asked_does_not() {
        let patience = Patience::new(2, None);
        for heard in [Heard::Nothing, Heard::Answer, Heard::Nothing, Heard::NotAsked] {
            patience.note(heard, false);
            assert_eq!(patience.is_over(), None);
        }
        patience.note(Heard::Nothing, false);
        assert_eq!(patience.is_over(), Some(StopReason::ServiceDown));
        patience.note(Heard::Answer, true);
        assert_eq!(patience.is_over(), Some(StopReason::ServiceDown), "a late answer changes nothing");
    }

    #[test]
    fn failures_count_only_where_that_is_asked() {
        let patience = Patience::new(20, Some(2));
        patience.note(Heard::Answer, false);
        patience.note(Heard::Answer, true);
        assert_eq!(patience.is_over(), None);
        patience.note(Heard::Answer, false);
        assert_eq!(patience.is_over(), Some(StopReason::MaxFailures));
    }
}
