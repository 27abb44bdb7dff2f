//! A JESS credential that several accounts use: one of them tries it alone, and a refused one is never sent again.

use tokio::sync::{Mutex, MutexGuard};

/// What is known of one JESS credential in this run.
#[derive(Debug, Default)]
pub(crate) struct SharedCredential {
    trial: Mutex<Trial>,
}

#[derive(Debug, Default)]
enum Trial {
    #[default]
    Untried,
    Accepted,
    /// By the account of this name, with the service's words.
    Refused(Refusal),
}

/// A refusal that another account met.
#[derive(Clone, Debug)]
pub(crate) struct Refusal {
    /// The account, as a report names it.
    pub(crate) met_by: String,
    pub(crate) message: String,
}

/// The leave to send a credential.
#[derive(Debug)]
pub(crate) struct Leave<'a> {
    credential: &'a SharedCredential,
    /// Held by the one account that tries the credential first; the others wait for it.
    alone: Option<MutexGuard<'a, Trial>>,
}

impl SharedCredential {
    /// A credential that was refused before.
    pub(crate) fn refused(refusal: Refusal) -> Self {
        Self { trial: Mutex::new(Trial::Refused(refusal)) }
    }

    /// Leave to send the credential, or the refusal that it met. Waits while another account tries it.
    pub(crate) async fn leave(&self) -> Result<Leave<'_>, Refusal> {
        let trial = self.trial.lock().await;
        match &*trial {
            Trial::Refused(refusal) => Err(refusal.clone()),
            Trial::Accepted => Ok(Leave { credential: self, alone: None }),
            Trial::Untried => Ok(Leave { credential: self, alone: Some(trial) }),
        }
    }

    /// The refusal, where one is known already.
    pub(crate) fn known_refusal(&self) -> Option<Refusal> {
        match &*self.trial.try_lock().ok()? {
            Trial::Refused(refusal) => Some(refusal.clone()),
            Trial::Untried | Trial::Accepted => None,
        }
    }
}

impl Leave<'_> {
    /// JESS accepted it.
    pub(crate) fn accepted(self) {
        if let Some(mut trial) = self.alone {
            *trial = Trial::Accepted;
        }
    }

    /// JESS refused it, even if it accepted it for another account before.
    pub(crate) async fn refused(self, refusal: Refusal) {
        let mut trial = match self.alone {
            Some(trial) => trial,
            None => self.credential.trial.lock().await,
        };
        *trial = Trial::Refused(refusal);
    }
}
