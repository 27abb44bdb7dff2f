//! Verdicts of an earlier, unfinished run that a resumed one does not ask for again.

use ensims_client::Api;

use super::account::not_attempted;
use super::shared::Refusal;
use crate::job::{Account, Job, Verify};
use crate::report::{AccountReport, Outcome, Readiness, SkipReason};

/// What is known of an account already.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Kept {
    /// It succeeded, and was ready where the job asks for that.
    Done,
    /// The service said no to a credential, with these words.
    Refused { by: Api, message: String },
}

impl Kept {
    /// How the account is reported now.
    pub(super) fn report(&self, index: usize, job: &Job) -> AccountReport {
        let account = &job.accounts[index];
        match self {
            Self::Done => AccountReport {
                readiness: if job.verify == Verify::None { Readiness::NotAsked } else { Readiness::Ready },
                ..not_attempted(index, account, Outcome::Skipped { reason: SkipReason::AlreadyDone })
            },
            Self::Refused { by, message } => AccountReport {
                service_message: Some(message.clone()),
                detail: Some(
                    "refused in the run that this one resumes; not sent again (without --resume it is)"
                        .to_owned(),
                ),
                ..not_attempted(index, account, Outcome::Refused { refused_by: *by })
            },
        }
    }

    /// The refusal of a JESS credential, which others may share.
    pub(super) fn jess_refusal(&self, account: &Account) -> Option<Refusal> {
        match self {
            Self::Refused { by: Api::Jess, message } => {
                // Its password may have been changed since; nobody can tell, because no password is kept.
                let met_by = format!("{} in the run that this one resumes", account.name);
                Some(Refusal { met_by, message: message.clone() })
            }
            Self::Refused { by: Api::Ensims, .. } | Self::Done => None,
        }
    }
}
