//! All accounts of a job, concurrently, in one task.

use std::cell::RefCell;

use ensims_client::{Client, Error};
use futures::{StreamExt, stream};
use tokio::time::Instant;

use super::account::{not_attempted, update};
use super::event::{Event, Listener};
use super::gate::Gate;
use super::kept::Kept;
use super::patience::Patience;
use super::reach::{Reached, reach};
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
    pub(crate) reached: Reached,
    pub(super) gate: Gate,
    pub(super) policy: RetryPolicy,
    pub(super) patience: Patience,
    pub(super) stop: &'a Stop,
    pub(super) tell: &'a Listener<'a>,
    pub(super) started: Instant,
}

impl<'a> Batch<'a> {
    /// Finds out whether the service is there, before any secret is sent.
    ///
    /// # Errors
    /// When it is not, or is down.
    pub(crate) async fn start(
        job: &'a Job,
        client: &'a Client,
        max_failures: Option<usize>,
        stop: &'a Stop,
        tell: &'a Listener<'a>,
    ) -> Result<Self, Error> {
        let started = Instant::now();
        let gate = Gate::new(&job.limits);
        let policy = RetryPolicy::new(job.limits.attempts, job.limits.budget);
        let patience = Patience::new(job.limits.give_up_after, max_failures);
        let reached = tokio::select! {
            biased;
            // Nothing is in flight that must end well, so a signal ends this look at once. No account starts then.
            () = stop.requested_now() => Reached::default(),
            reached = reach(client, &policy, &gate, tell) => reached?,
        };
        Ok(Self { job, client, reached, gate, policy, patience, stop, tell, started })
    }

    /// Why no further account is to start, if so.
    fn is_over(&self) -> Option<StopReason> {
        self.stop.requested().map(|_| StopReason::Interrupted).or_else(|| self.patience.is_over())
    }
}

/// Updates every selected account that has no verdict yet; the results are in job order. `kept` has the verdicts of
/// an earlier run, one entry for each account. No account's failure stops another's work.
pub(crate) async fn run(batch: &Batch<'_>, kept: &[Option<Kept>]) -> Vec<AccountReport> {
    let accounts = &batch.job.accounts;
    let open = |index: usize| accounts[index].is_selected() && kept[index].is_none();
    let results = visit_all(batch, &credentials(accounts, kept), open, async |visit| {
        let result = update(visit).await;
        (batch.tell)(Event::Finished { account: &result });
        result
    })
    .await;
    let reason = batch.is_over().unwrap_or(StopReason::Interrupted);
    let fill = |(index, result): (usize, Option<AccountReport>)| {
        result.unwrap_or_else(|| without_visit(index, batch.job, kept, reason))
    };
    results.into_iter().enumerate().map(fill).collect()
}

/// Asks how every selected account stands; the results are in job order.
pub(crate) async fn status(batch: &Batch<'_>) -> Vec<AccountStatus> {
    let accounts = &batch.job.accounts;
    let selected = |index: usize| accounts[index].is_selected();
    let results = visit_all(batch, &credentials(accounts, &[]), selected, async |visit| {
        let result = look(visit).await;
        (batch.tell)(Event::Looked { account: &result });
        result
    })
    .await;
    let unasked = nobody_asked(batch.job, batch.is_over().unwrap_or(StopReason::Interrupted));
    let results =
        accounts.iter().zip(results).filter(|(account, _)| account.is_selected()).map(|(_, result)| result);
    results.zip(unasked).map(|(result, unasked)| result.unwrap_or(unasked)).collect()
}

/// How the selected accounts stand if none was asked.
pub(crate) fn nobody_asked(job: &Job, reason: StopReason) -> Vec<AccountStatus> {
    let selected = job.accounts.iter().filter(|account| account.is_selected());
    selected.map(|account| not_asked(account, reason)).collect()
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
            let Account { credentials: own, jess_group, .. } = &accounts[index];
            if let (None, Some(own)) = (batch.is_over(), own) {
                let visit = Visit::new(batch, index, own, &credentials[*jess_group]);
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
    let result = |index| {
        let result = without_visit(index, job, kept, reason);
        let stopped = matches!(result.outcome, Outcome::Stopped { .. });
        AccountReport { detail: if stopped { Some(detail.to_owned()) } else { result.detail }, ..result }
    };
    (0..job.accounts.len()).map(result).collect()
}

/// The report of an account that was not visited: left out, done before, or not reached.
fn without_visit(index: usize, job: &Job, kept: &[Option<Kept>], reason: StopReason) -> AccountReport {
    let account = &job.accounts[index];
    match &kept[index] {
        _ if !account.is_selected() => {
            not_attempted(index, account, Outcome::Skipped { reason: SkipReason::NotSelected })
        }
        Some(kept) => kept.report(index, job),
        None => not_attempted(index, account, Outcome::Stopped { reason }),
    }
}
