//! A JESS credential that several accounts share: one account tries it alone, and a refused one is never sent again.

use tokio::sync::{Mutex, MutexGuard};

/// What is known of one JESS credential in this run.
#[derive(Debug, Default)]
pub(super) struct SharedCredential {
    state: Mutex<CredentialState>,
}

#[derive(Debug, Default)]
enum CredentialState {
    #[default]
    Untried,
    Accepted,
    Refused(Refusal),
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

/// The permission to send a credential.
#[derive(Debug)]
pub(super) struct Permit<'a> {
    credential: &'a SharedCredential,
    /// Held by the one account that tries the credential first; the others wait for it.
    first_try: Option<MutexGuard<'a, CredentialState>>,
}

impl SharedCredential {
    /// A credential that is known to be refused.
    pub(super) fn refused(refusal: Refusal) -> Self {
        Self { state: Mutex::new(CredentialState::Refused(refusal)) }
    }

    /// The permission to send the credential, or the refusal that it met. Waits while another account tries it.
    pub(super) async fn permit(&self) -> Result<Permit<'_>, Refusal> {
        let state = self.state.lock().await;
        match &*state {
            CredentialState::Refused(refusal) => Err(refusal.clone()),
            CredentialState::Accepted => Ok(Permit { credential: self, first_try: None }),
            CredentialState::Untried => Ok(Permit { credential: self, first_try: Some(state) }),
        }
    }

    /// The refusal, if one is known already.
    pub(super) fn known_refusal(&self) -> Option<Refusal> {
        match &*self.state.try_lock().ok()? {
            CredentialState::Refused(refusal) => Some(refusal.clone()),
            CredentialState::Untried | CredentialState::Accepted => None,
        }
    }
}

impl Permit<'_> {
    /// JESS accepted the credential.
    pub(super) fn accepted(self) {
        if let Some(mut state) = self.first_try {
            *state = CredentialState::Accepted;
        }
    }

    /// JESS refused the credential, even if it accepted it for another account before.
    pub(super) async fn refused(self, refusal: Refusal) {
        let mut state = match self.first_try {
            Some(state) => state,
            None => self.credential.state.lock().await,
        };
        *state = CredentialState::Refused(refusal);
    }
}
