//! Verdicts of an earlier run, and the results of accounts that are not attempted in this one.

use ensims_client::Api;

use super::next_step::Goal;
use crate::job::{Account, Verify};
use crate::outcome::{AccountResult, JessState, Outcome, Readiness, SkipReason, StopReason};

/// What the run that this one resumes has settled about an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PriorVerdict {
    /// It succeeded, and was ready if the job asks for that.
    Done,
    /// The service refused a credential.
    Refused {
        /// Which half of the service.
        by: Api,
        /// The service's words, if it gave any.
        message: Option<String>,
    },
}

/// The result of an account that is not attempted: deselected, settled by an earlier run, or not reached because the run
/// stopped for this reason.
pub(super) fn unattempted(
    index: usize,
    account: &Account,
    prior: Option<&PriorVerdict>,
    goal: Goal,
    reason: StopReason,
) -> AccountResult {
    let skipped = |reason| Outcome::Skipped { reason };
    let mut result = AccountResult {
        index,
        name: account.name.clone(),
        email: account.email.clone(),
        jess_username: account.jess_username.clone(),
        listed_in: account.listed_in,
        shares_jess_credential: account.shares_jess_credential,
        outcome: Outcome::Stopped { reason },
        readiness: Readiness::NotAsked,
        service_message: None,
        detail: None,
        same_credential_as: None,
        refused_earlier: false,
        jess: (goal == Goal::Check).then(Box::<JessState>::default),
        start_ms: 0,
        duration_ms: 0,
        waited_ms: 0,
        budget_used_ms: 0,
        requests: 0,
        steps: Vec::new(),
    };
    match prior {
        _ if !account.is_selected() => result.outcome = skipped(SkipReason::NotSelected),
        Some(PriorVerdict::Done) => {
            result.outcome = skipped(SkipReason::AlreadyDone);
            if goal.verify() != Verify::None {
                result.readiness = Readiness::Ready;
            }
        }
        Some(PriorVerdict::Refused { by, message }) => {
            result.outcome = Outcome::Refused { refused_by: *by };
            result.service_message.clone_from(message);
            let detail = "refused in the run that this one resumes; not sent again (without --resume it is)";
            result.detail = Some(detail.to_owned());
            result.refused_earlier = true;
        }
        None => {}
    }
    result
}
