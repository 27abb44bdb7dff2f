//! Why accounts need attention: those with one cause are reported once, however many they are.

use std::collections::BTreeMap;

use super::model::Report;
use crate::outcome::{AccountResult, ExitCode, FailureKind, Outcome, StopReason};
use crate::remedies::Remedy;

/// Accounts that need attention for the same reason.
#[derive(Debug)]
pub struct Cause<'a> {
    /// What they have in common.
    pub kind: CauseKind<'a>,
    /// What to do about them.
    pub remedy: Remedy,
    /// What became of them, in a few words: "refused by JESS", "updated, not ready (JESS account suspended)".
    pub phrase: String,
    /// Our words on what happened, if they say more than the phrase and are the same for all that have any.
    pub detail: Option<&'a str>,
    /// The service's own words on it, if they are the same for all that have any.
    pub service_message: Option<&'a str>,
    /// The accounts in job order, at least one.
    pub accounts: Vec<&'a AccountResult>,
}

/// What the accounts of a [`Cause`] have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CauseKind<'a> {
    /// The service was down: they got no answer, or were not attempted any more.
    Outage,
    /// JESS refused a JESS credential that several accounts of the job have.
    SharedCredential {
        /// The JESS user name.
        jess_username: &'a str,
    },
    /// The run stopped before they were done: it was interrupted, or `--max-failures` ended it.
    Stopped,
    /// The same happened to all of them, in the same words.
    Same,
}

/// The accounts of a report that need attention, grouped by cause; each is in exactly one.
///
/// An outage comes first, then the order is that of the remedies, and of the first accounts.
pub fn causes(report: &Report) -> Vec<Cause<'_>> {
    let mut groups: BTreeMap<_, Vec<&AccountResult>> = BTreeMap::new();
    for account in report.attention() {
        let (kind, remedy) = kind_and_remedy(account, report);
        // Causes of the other kinds are the same whatever the texts, and so is a verification that a signal ended.
        let is_cut_short = remedy == Remedy::VerifyAgain && report.was_interrupted();
        let texts = (kind == CauseKind::Same && !is_cut_short)
            .then(|| (account.phrase(), detail_of(account), service_message_of(account)));
        groups.entry((kind, remedy, texts)).or_default().push(account);
    }
    let mut causes = Vec::new();
    for ((kind, remedy, _), accounts) in groups {
        let is_outage = kind == CauseKind::Outage;
        // The step at which one account stopped does not describe the others.
        let is_partial =
            kind == CauseKind::Stopped && accounts.iter().any(|account| detail_of(account).is_none());
        let details = accounts.iter().filter(|_| !is_partial).filter_map(|account| detail_of(account));
        causes.push(Cause {
            kind,
            remedy,
            phrase: if is_outage { "service down".to_owned() } else { accounts[0].phrase() },
            detail: common(details),
            service_message: common(accounts.iter().filter_map(|account| service_message_of(account))),
            accounts,
        });
    }
    causes.sort_by_key(|cause| (cause.kind != CauseKind::Outage, cause.remedy, cause.accounts[0].index));
    causes
}

fn kind_and_remedy<'a>(account: &'a AccountResult, report: &Report) -> (CauseKind<'a>, Remedy) {
    if report.exit_code() == ExitCode::ServiceDown && met_outage(account) {
        let remedy = if account.is_status() { Remedy::CheckAgain } else { Remedy::RunWhenServiceIsBack };
        return (CauseKind::Outage, remedy);
    }
    // A report that somebody edited may call an account not ready without a reason.
    let remedy = Remedy::of(account).unwrap_or(Remedy::RunOrAskService);
    let kind = match &account.outcome {
        _ if remedy == Remedy::CorrectSharedJessCredential => {
            CauseKind::SharedCredential { jess_username: &account.jess_username }
        }
        Outcome::Stopped { .. } => CauseKind::Stopped,
        _ => CauseKind::Same,
    };
    (kind, remedy)
}

/// Whether the account was not attempted because of an outage, or is one of those that revealed it.
fn met_outage(account: &AccountResult) -> bool {
    match &account.outcome {
        Outcome::Stopped { reason: StopReason::ServiceDown }
        | Outcome::Failed { error: FailureKind::Connect | FailureKind::Timeout } => true,
        // A 501 is a wrong address.
        Outcome::Failed { error: FailureKind::Http } => {
            matches!(account.last_http_status(), Some(500 | 502..=599))
        }
        _ => false,
    }
}

/// The account's detail, unless it only repeats that a credential was refused.
fn detail_of(account: &AccountResult) -> Option<&str> {
    let refused_now = matches!(account.outcome, Outcome::Refused { .. }) && account.requests > 0;
    if refused_now || account.same_credential_as.is_some() { None } else { account.detail.as_deref() }
}

/// The service's message, unless it is about an update that succeeded: that does not explain why the account is not ready.
fn service_message_of(account: &AccountResult) -> Option<&str> {
    if account.readiness.reasons().is_empty() { account.service_message.as_deref() } else { None }
}

/// The text that all of these are; none if they differ.
fn common<'a>(mut texts: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let first = texts.next()?;
    texts.all(|text| text == first).then_some(first)
}

#[cfg(test)]
mod tests {
    use ensims_client::Api;

    use super::super::testing::{account, down, report, status};
    use super::*;
    use crate::outcome::{NotReady, Readiness};

    fn failed(error: FailureKind, http_status: Option<u16>, index: usize) -> AccountResult {
        let mut failed = account(index, Outcome::Failed { error });
        failed.steps[0].http_status = http_status;
        failed
    }

    fn stopped(reason: StopReason, index: usize) -> AccountResult {
        account(index, Outcome::Stopped { reason })
    }

    /// The kind and the indices of each cause.
    fn shape(report: &Report) -> Vec<(CauseKind<'_>, Vec<usize>)> {
        let mut shape = Vec::new();
        for cause in causes(report) {
            shape.push((cause.kind, cause.accounts.iter().map(|account| account.index).collect()));
        }
        shape
    }

    #[test]
    fn outage_is_one_cause_and_comes_first() {
        let accounts = vec![
            account(0, Outcome::Refused { refused_by: Api::Ensims }),
            failed(FailureKind::Connect, None, 1),
            failed(FailureKind::Http, Some(503), 2),
            failed(FailureKind::Http, Some(404), 3),
            stopped(StopReason::ServiceDown, 4),
        ];
        let expected =
            [(CauseKind::Outage, vec![1, 2, 4]), (CauseKind::Same, vec![0]), (CauseKind::Same, vec![3])];
        assert_eq!(shape(&down(accounts.clone())), expected);
        // The same failures without an outage are causes of their own.
        assert_eq!(causes(&report(accounts[..4].to_vec())).len(), 4);
    }

    #[test]
    fn stopped_accounts_are_one_cause_whatever_their_details() {
        let mut accounts = vec![
            stopped(StopReason::Interrupted, 0),
            stopped(StopReason::MaxFailures, 1),
            stopped(StopReason::Interrupted, 2),
        ];
        accounts[2].detail = Some("update: interrupted".to_owned());
        let report = report(accounts);
        assert_eq!(shape(&report), [(CauseKind::Stopped, vec![0, 2]), (CauseKind::Stopped, vec![1])]);
        assert_eq!(causes(&report)[0].detail, None);
    }

    #[test]
    fn status_without_an_answer_is_to_be_checked_again() {
        let mut accounts = vec![failed(FailureKind::Timeout, None, 0), stopped(StopReason::Interrupted, 1)];
        for account in &mut accounts {
            account.jess = Some(Box::default());
        }
        let report = status(accounts);
        assert!(causes(&report).iter().all(|cause| cause.remedy == Remedy::CheckAgain));
    }

    #[test]
    fn account_not_ready_without_a_reason_has_a_cause() {
        let readiness = Readiness::NotReady(Vec::new());
        let report = report(vec![AccountResult { readiness, ..account(0, Outcome::Updated) }]);
        assert_eq!(causes(&report)[0].remedy, Remedy::RunOrAskService);
    }

    #[test]
    fn message_of_a_success_is_not_the_reason_for_not_ready() {
        let mut accounts: Vec<_> = (0..3).map(|index| account(index, Outcome::Updated)).collect();
        for account in &mut accounts[1..] {
            account.readiness = Readiness::NotReady(vec![NotReady::Suspended]);
            account.service_message = Some(format!("New key {}.", account.index));
        }
        let report = report(accounts);
        assert_eq!(shape(&report), [(CauseKind::Same, vec![1, 2])]);
        let cause = &causes(&report)[0];
        assert_eq!((cause.remedy, cause.service_message), (Remedy::AskWhySuspended, None));
    }
}
