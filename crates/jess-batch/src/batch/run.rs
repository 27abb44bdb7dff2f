//! All accounts of a job, concurrently, in one task.

use std::cell::RefCell;

use ensims_client::Client;
use futures::{StreamExt, stream};
use tokio::time::Instant;

use super::account::{not_attempted, update};
use super::event::{Event, Listener};
use super::gate::Gate;
use super::kept::Kept;
use super::patience::Patience;
use super::reach::Reached;
use super::retry::RetryPolicy;
use super::shared::SharedCredential;
use super::status::{look, not_asked};
use super::stop::Stop;
use super::visit::Visit;
use crate::job::{Account, Job};
use crate::report::{AccountReport, AccountStatus, Outcome, SkipReason, StopReason};

/// What all accounts of a run share.
pub(crate) struct Batch<'a> {
    pub(crate) job: &'a Job,
    pub(crate) client: &'a Client,
    pub(crate) reached: &'a Reached,
    pub(crate) gate: &'a Gate,
    pub(crate) policy: &'a RetryPolicy,
    pub(crate) patience: &'a Patience,
    pub(crate) stop: &'a Stop,
    pub(crate) tell: &'a Listener<'a>,
    pub(crate) started: Instant,
}

impl Batch<'_> {
    /// Why no further account is to start, if so.
    fn is_over(&self) -> Option<StopReason> {
        self.stop.requested().map(|_| StopReason::Interrupted).or_else(|| self.patience.is_over())
    }
}

/// Updates every selected account that has no verdict yet; the results are in job order. `kept` has the verdicts of
/// an earlier run, one entry for each account. No account's failure stops another's work.
pub(crate) async fn run(batch: &Batch<'_>, kept: &[Option<Kept>]) -> Vec<AccountReport> {
    let accounts = &batch.job.accounts;
    let open = |index: usize| accounts[index].selected && kept[index].is_none();
    let results = visit_all(batch, &credentials(accounts, kept), open, async |visit| {
        let result = update(visit).await;
        (batch.tell)(Event::Finished { account: &result });
        result
    })
    .await;
    let fill = |(index, result): (usize, Option<AccountReport>)| match (result, &kept[index]) {
        (Some(result), _) => result,
        (None, Some(kept)) if accounts[index].selected => kept.report(index, batch.job),
        (None, _) => unfinished(index, &accounts[index], batch.is_over().unwrap_or(StopReason::Interrupted)),
    };
    results.into_iter().enumerate().map(fill).collect()
}

/// Asks how every selected account stands; the results are in job order.
pub(crate) async fn status(batch: &Batch<'_>) -> Vec<AccountStatus> {
    let accounts = &batch.job.accounts;
    let selected = |index: usize| accounts[index].selected;
    let results = visit_all(batch, &credentials(accounts, &[]), selected, async |visit| {
        let result = look(visit).await;
        (batch.tell)(Event::Looked { account: &result });
        result
    })
    .await;
    let reason = batch.is_over().unwrap_or(StopReason::Interrupted);
    let pairs = accounts.iter().zip(results).filter(|(account, _)| account.selected);
    pairs.map(|(account, result)| result.unwrap_or_else(|| not_asked(account, reason))).collect()
}

/// Visits the service for all accounts that are to be done, until all are or the run is over.
async fn visit_all<T>(
    batch: &Batch<'_>,
    credentials: &[SharedCredential],
    to_do: impl Fn(usize) -> bool,
    work: impl AsyncFn(Visit<'_>) -> T,
) -> Vec<Option<T>> {
    let accounts = &batch.job.accounts;
    let results: RefCell<Vec<Option<T>>> = RefCell::new(accounts.iter().map(|_| None).collect());
    let (work, results_so_far) = (&work, &results);
    stream::iter((0..accounts.len()).filter(|index| to_do(*index)))
        .take_while(|_| std::future::ready(batch.is_over().is_none()))
        .then(|index| async move { (index, batch.gate.slot().await) })
        .for_each_concurrent(None, |(index, slot)| async move {
            if batch.is_over().is_none() {
                let visit = Visit::new(batch, index, &credentials[accounts[index].jess_group]);
                let result = work(visit).await;
                results_so_far.borrow_mut()[index] = Some(result);
            }
            drop(slot);
        })
        .await;
    results.into_inner()
}

/// What is known of each JESS credential before the run.
fn credentials(accounts: &[Account], kept: &[Option<Kept>]) -> Vec<SharedCredential> {
    let groups = accounts.iter().map(|account| account.jess_group + 1).max().unwrap_or(0);
    let mut credentials: Vec<SharedCredential> = (0..groups).map(|_| SharedCredential::default()).collect();
    for (account, kept) in accounts.iter().zip(kept) {
        if let Some(refusal) = kept.as_ref().and_then(|kept| kept.jess_refusal(account)) {
            credentials[account.jess_group] = SharedCredential::refused(refusal);
        }
    }
    credentials
}

/// The results of a run that did not get as far as the first account.
pub(crate) fn nobody(
    job: &Job,
    kept: &[Option<Kept>],
    reason: StopReason,
    detail: &str,
) -> Vec<AccountReport> {
    let result = |(index, account): (usize, &Account)| match &kept[index] {
        Some(kept) if account.selected => kept.report(index, job),
        _ => AccountReport {
            detail: account.selected.then(|| detail.to_owned()),
            ..unfinished(index, account, reason)
        },
    };
    job.accounts.iter().enumerate().map(result).collect()
}

fn unfinished(index: usize, account: &Account, reason: StopReason) -> AccountReport {
    let outcome = if account.selected {
        Outcome::Stopped { reason }
    } else {
        Outcome::Skipped { reason: SkipReason::NotSelected }
    };
    not_attempted(index, account, outcome)
}
