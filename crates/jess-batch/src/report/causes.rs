//! Why accounts need attention: those with one cause are reported once, however many they are.

use std::collections::BTreeMap;

use super::model::Report;
use crate::outcome::{AccountResult, ExitCode, FailureKind, Outcome, Remedy, StopReason};

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

/// Accounts with equal keys have the same cause. The texts count only for [`CauseKind::Same`].
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Key<'a> {
    kind: CauseKind<'a>,
    remedy: Remedy,
    texts: Option<(String, Option<&'a str>, Option<&'a str>)>,
}

/// The accounts of a report that need attention, grouped by cause; each is in exactly one.
///
/// An outage comes first, then the order is that of the remedies, and of the first accounts.
pub fn causes(report: &Report) -> Vec<Cause<'_>> {
    let outage = report.exit_code() == ExitCode::ServiceDown;
    let mut groups: BTreeMap<Key<'_>, Vec<&AccountResult>> = BTreeMap::new();
    for account in report.attention() {
        groups.entry(Key::of(account, outage)).or_default().push(account);
    }
    let mut causes: Vec<Cause<'_>> = Vec::new();
    for (key, accounts) in groups {
        causes.push(Cause::new(&key, accounts));
    }
    causes.sort_by_key(|cause| (cause.kind != CauseKind::Outage, cause.remedy, cause.accounts[0].index));
    causes
}

impl<'a> Key<'a> {
    fn of(account: &'a AccountResult, outage: bool) -> Self {
        // A report that somebody edited may call an account not ready without a reason.
        let remedy = Remedy::of(account).unwrap_or(Remedy::RunOrAskService);
        let kind = match &account.outcome {
            _ if outage && met_outage(account) => {
                let remedy = Remedy::RunWhenServiceIsBack;
                return Self { kind: CauseKind::Outage, remedy, texts: None };
            }
            _ if remedy == Remedy::CorrectSharedJessCredential => {
                CauseKind::SharedCredential { jess_username: &account.jess_username }
            }
            Outcome::Stopped { .. } => CauseKind::Stopped,
            _ => CauseKind::Same,
        };
        let texts = (kind == CauseKind::Same)
            .then(|| (account.phrase(), detail_of(account), service_message_of(account)));
        Self { kind, remedy, texts }
    }
}

impl<'a> Cause<'a> {
    fn new(key: &Key<'a>, accounts: Vec<&'a AccountResult>) -> Self {
        let phrase = match key.kind {
            CauseKind::Outage => "service down".to_owned(),
            _ => accounts[0].phrase(),
        };
        Self {
            kind: key.kind,
            remedy: key.remedy,
            phrase,
            detail: common(accounts.iter().filter_map(|account| detail_of(account))),
            service_message: common(accounts.iter().filter_map(|account| service_message_of(account))),
            accounts,
        }
    }
}

/// Whether the account was not attempted because of an outage, or is one of those that revealed it.
fn met_outage(account: &AccountResult) -> bool {
    match &account.outcome {
        Outcome::Stopped { reason: StopReason::ServiceDown }
        | Outcome::Failed { error: FailureKind::Connect | FailureKind::Timeout } => true,
        // A 501 is a wrong address.
        Outcome::Failed { error: FailureKind::Http } => {
            matches!(account.last_http_status(), Some(429 | 500 | 502..=599))
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

    use super::super::testing::{account, down, interrupted, report, with_status};
    use super::*;
    use crate::outcome::{NotReady, Readiness};

    fn refused_by(api: Api, index: usize) -> AccountResult {
        account(index, Outcome::Refused { refused_by: api })
    }

    fn failed(error: FailureKind, index: usize) -> AccountResult {
        account(index, Outcome::Failed { error })
    }

    fn stopped(reason: StopReason, index: usize) -> AccountResult {
        AccountResult { requests: 0, ..account(index, Outcome::Stopped { reason }) }
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
    fn accounts_with_the_same_words_are_one_cause() {
        let mut accounts: Vec<_> = (0..4).map(|index| refused_by(Api::Ensims, index)).collect();
        accounts[2].service_message = Some("Locked.".to_owned());
        accounts[3].detail = Some("log-on: refused".to_owned());
        let report = report(accounts);
        assert_eq!(shape(&report), [(CauseKind::Same, vec![0, 1, 3]), (CauseKind::Same, vec![2])]);
        let causes = causes(&report);
        assert_eq!((&*causes[0].phrase, causes[0].detail), ("refused by ENSIMS", None));
        assert_eq!(causes[1].service_message, Some("Locked."));
    }

    #[test]
    fn shared_credential_is_one_cause_for_each_jess_user() {
        let mut accounts: Vec<_> = (0..4).map(|index| refused_by(Api::Jess, index)).collect();
        for (account, jess_username) in accounts.iter_mut().zip(["lab", "own", "other", "lab"]) {
            account.jess_username = jess_username.to_owned();
            account.shares_jess_credential = jess_username != "own";
        }
        accounts[0].service_message = Some("Invalid.".to_owned());
        accounts[3].same_credential_as = Some(accounts[0].name.clone());
        accounts[3].detail = Some("not sent again".to_owned());
        accounts[3].requests = 0;
        let report = report(accounts);
        let lab = CauseKind::SharedCredential { jess_username: "lab" };
        let other = CauseKind::SharedCredential { jess_username: "other" };
        assert_eq!(shape(&report), [(CauseKind::Same, vec![1]), (lab, vec![0, 3]), (other, vec![2])]);
        assert_eq!(causes(&report)[1].service_message, Some("Invalid."));
        assert_eq!(causes(&report)[1].detail, None);
    }

    #[test]
    fn outage_is_one_cause_and_comes_first() {
        let accounts = vec![
            refused_by(Api::Ensims, 0),
            failed(FailureKind::Connect, 1),
            with_status(failed(FailureKind::Http, 2), 503),
            with_status(failed(FailureKind::Http, 3), 404),
            stopped(StopReason::ServiceDown, 4),
        ];
        let outage = down(accounts.clone());
        assert_eq!(
            shape(&outage),
            [(CauseKind::Outage, vec![1, 2, 4]), (CauseKind::Same, vec![0]), (CauseKind::Same, vec![3])]
        );
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
        let report = interrupted(accounts);
        assert_eq!(shape(&report), [(CauseKind::Stopped, vec![0, 2]), (CauseKind::Stopped, vec![1])]);
        assert_eq!(causes(&report)[0].detail, Some("update: interrupted"));
    }

    #[test]
    fn account_not_ready_without_a_reason_has_a_cause() {
        let readiness = Readiness::NotReady(Vec::new());
        let report = report(vec![AccountResult { readiness, ..account(0, Outcome::Updated) }]);
        assert_eq!(causes(&report)[0].remedy, Remedy::RunOrAskService);
    }

    #[test]
    fn good_accounts_have_no_cause_and_success_is_not_explained() {
        let mut accounts: Vec<_> = (0..3).map(|index| account(index, Outcome::Updated)).collect();
        for account in &mut accounts[1..] {
            account.readiness = Readiness::NotReady(vec![NotReady::Suspended]);
            account.service_message = Some(format!("New key {}.", account.index));
        }
        let report = report(accounts);
        assert_eq!(shape(&report), [(CauseKind::Same, vec![1, 2])]);
        let cause = &causes(&report)[0];
        assert_eq!(cause.phrase, "updated, not ready (JESS account suspended)");
        assert_eq!((cause.remedy, cause.service_message), (Remedy::AskWhySuspended, None));
    }
}
