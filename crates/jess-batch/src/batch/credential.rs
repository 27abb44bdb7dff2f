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
    /// The permission to send the credential, or the refusal that it met. Waits while another account tries it.
    pub(super) async fn permit(&self) -> Result<Permit<'_>, Refusal> {
        let first_try = self.first_try.lock().await;
        match self.refusal() {
            Some(refusal) => Err(refusal),
            None => Ok(Permit { _first_try: (!self.is_accepted.get()).then_some(first_try) }),
        }
    }

    /// The refusal, if one is known already.
    pub(super) fn refusal(&self) -> Option<Refusal> {
        self.refusal.borrow().clone()
    }

    /// JESS accepted the credential.
    pub(super) fn accept(&self) {
        self.is_accepted.set(true);
    }

    /// JESS refused the credential, even if it accepted it for another account before.
    pub(super) fn refuse(&self, refusal: Refusal) {
        self.refusal.replace(Some(refusal));
    }
}
