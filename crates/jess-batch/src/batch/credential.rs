//! A JESS credential that several accounts share: one account tries it alone, and a refused one is never sent again.

use std::cell::{Cell, RefCell};

use tokio::sync::{Mutex, MutexGuard};

/// What is known of one JESS credential in this run.
#[derive(Debug, Default)]
pub(super) struct SharedCredential {
    /// Held by the one account that tries the credential first; the others wait for it.
    first_try: Mutex<()>,
    is_accepted: Cell<bool>,
    refusal: RefCell<Option<Refusal>>,
    /// Answers in a row that may have been refusals.
    undecided: Cell<u32>,
}

/// Why a credential is not sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Withheld {
    /// It was refused.
    Refused(Refusal),
    /// As many answers as this in a row may have been refusals.
    Undecided(u32),
}

/// A refusal of a JESS credential, which counts for every account that has the same one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    /// The name of the account that met it.
    pub(super) account: String,
    /// Whether that was in the run that this one resumes.
    pub(super) in_earlier_run: bool,
    /// The service's words, if it gave any.
    pub(super) message: Option<String>,
}

/// The permission to send a credential. It keeps the others waiting if this is the first try.
#[derive(Debug)]
pub(super) struct Permit<'a> {
    _first_try: Option<MutexGuard<'a, ()>>,
}

impl SharedCredential {
    /// The permission to send the credential, or why it is not sent again. Waits while another account tries it.
    pub(super) async fn permit(&self, attempts: u32) -> Result<Permit<'_>, Withheld> {
        let first_try = self.first_try.lock().await;
        match self.withheld(attempts) {
            Some(withheld) => Err(withheld),
            None => Ok(Permit { _first_try: (!self.is_accepted.get()).then_some(first_try) }),
        }
    }

    /// Why the credential is not sent again, if so. An account may be locked by `attempts` wrong ones in a row.
    pub(super) fn withheld(&self, attempts: u32) -> Option<Withheld> {
        let undecided = self.undecided.get();
        let too_many = (undecided >= attempts).then_some(Withheld::Undecided(undecided));
        self.refusal().map(Withheld::Refused).or(too_many)
    }

    /// The answer may have been a refusal.
    pub(super) fn count_undecided(&self) {
        self.undecided.set(self.undecided.get().saturating_add(1));
    }

    /// The refusal, if one is known already.
    pub(super) fn refusal(&self) -> Option<Refusal> {
        self.refusal.borrow().clone()
    }

    /// JESS accepted the credential.
    pub(super) fn accept(&self) {
        self.is_accepted.set(true);
        self.undecided.set(0);
    }

    /// JESS refused the credential, even if it accepted it for another account before.
    pub(super) fn refuse(&self, refusal: Refusal) {
        self.refusal.replace(Some(refusal));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credential_is_withheld_after_undecided_answers_in_a_row() {
        // undecided answers, acceptance, undecided answers, withheld after 3
        let table = [
            (0, false, 0, false),
            (2, false, 0, false),
            (3, false, 0, true),
            (2, true, 2, false),
            (3, true, 3, true),
        ];
        for (before, accepted, after, expected) in table {
            let credential = SharedCredential::default();
            (0..before).for_each(|_| credential.count_undecided());
            if accepted {
                credential.accept();
            }
            (0..after).for_each(|_| credential.count_undecided());
            assert_eq!(credential.withheld(3).is_some(), expected, "{before} {accepted} {after}");
        }
    }

    #[test]
    fn refusal_counts_before_undecided_answers() {
        let credential = SharedCredential::default();
        let refusal = Refusal { account: "ada".to_owned(), in_earlier_run: false, message: None };
        credential.refuse(refusal.clone());
        credential.count_undecided();
        assert_eq!(credential.withheld(1), Some(Withheld::Refused(refusal)));
    }
}
