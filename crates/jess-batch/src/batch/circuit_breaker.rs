//! Ends a run on its own: the service stopped answering, or too many accounts did not succeed.

use std::cell::Cell;

use crate::outcome::StopReason;

/// Watches how accounts end, and opens when no further account should start.
#[derive(Debug)]
pub(super) struct CircuitBreaker {
    /// After this many accounts in a row without an answer, the service counts as down.
    give_up_after: usize,
    /// After this many accounts that need attention, the run stops; never if none.
    max_failures: Option<usize>,
    unanswered_in_a_row: Cell<usize>,
    failures: Cell<usize>,
    /// Set once: it stays open, whatever the accounts in progress still meet.
    stop_reason: Cell<Option<StopReason>>,
}

/// What an account's end says about the service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Contact {
    /// There was at least one answer with a status below 500.
    Answered,
    /// Requests were sent, and none had such an answer.
    Silent,
    /// No request was sent.
    NotAsked,
}

impl CircuitBreaker {
    pub(super) fn new(give_up_after: usize, max_failures: Option<usize>) -> Self {
        Self {
            give_up_after,
            max_failures,
            unanswered_in_a_row: Cell::new(0),
            failures: Cell::new(0),
            stop_reason: Cell::new(None),
        }
    }

    /// Records how an account ended.
    pub(super) fn record(&self, contact: Contact, is_good: bool) {
        match contact {
            Contact::Answered => self.unanswered_in_a_row.set(0),
            Contact::Silent => self.unanswered_in_a_row.set(self.unanswered_in_a_row.get() + 1),
            Contact::NotAsked => {}
        }
        if !is_good {
            self.failures.set(self.failures.get() + 1);
        }
        if self.stop_reason.get().is_some() {
            return;
        }
        if self.unanswered_in_a_row.get() >= self.give_up_after {
            self.stop_reason.set(Some(StopReason::ServiceDown));
        } else if self.max_failures.is_some_and(|most| self.failures.get() >= most) {
            self.stop_reason.set(Some(StopReason::MaxFailures));
        }
    }

    /// Why no further account should start, if it is open.
    pub(super) fn stop_reason(&self) -> Option<StopReason> {
        self.stop_reason.get()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answer_resets_the_row_and_an_unasked_account_does_not() {
        let breaker = CircuitBreaker::new(2, None);
        for contact in [Contact::Silent, Contact::Answered, Contact::Silent, Contact::NotAsked] {
            breaker.record(contact, false);
            assert_eq!(breaker.stop_reason(), None);
        }
        breaker.record(Contact::Silent, false);
        assert_eq!(breaker.stop_reason(), Some(StopReason::ServiceDown));
    }
}
