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
use super::stop::Stop;
use super::visit::Visit;
use crate::job::{Account, Job};
use crate::report::{AccountReport, Outcome, SkipReason, StopReason};

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

/// Why a run did not get as far as the first account.
#[derive(Debug)]
pub(crate) enum NotStarted {
    ServiceDown(Error),
    Interrupted,
}

impl<'a> Batch<'a> {
    /// Finds out whether the service is there, before any secret is sent.
    pub(crate) async fn start(
        job: &'a Job,
        client: &'a Client,
        max_failures: Option<usize>,
        stop: &'a Stop,
        tell: &'a Listener<'a>,
    ) -> Result<Self, NotStarted> {
        let started = Instant::now();
        let gate = Gate::new(&job.limits);
        let policy = RetryPolicy::new(job.limits.attempts, job.limits.budget);
        let patience = Patience::new(job.limits.give_up_after, max_failures);
        let reached = tokio::select! {
            biased;
            // Nothing is in flight that must end well, so a signal ends this look at once.
            () = stop.requested_now() => return Err(NotStarted::Interrupted),
            reached = reach(client, &policy, &gate, tell) => reached.map_err(NotStarted::ServiceDown)?,
        };
        Ok(Self { job, client, reached, gate, policy, patience, stop, tell, started })
    }

    /// Whether nobody answered any more, so that the run ended early.
    pub(crate) fn is_service_down(&self) -> bool {
        self.patience.is_over() == Some(StopReason::ServiceDown)
    }

    /// Why no further account is to start, if so.
    pub(super) fn is_over(&self) -> Option<StopReason> {
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

/// Visits the service for all accounts that are to be done, until all are or the run is over.
pub(super) async fn visit_all<T>(
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
pub(super) fn credentials(accounts: &[Account], kept: &[Option<Kept>]) -> Vec<SharedCredential> {
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
pub(crate) fn nobody(job: &Job, kept: &[Option<Kept>], why: &NotStarted) -> Vec<AccountReport> {
    let (reason, detail) = match why {
        NotStarted::ServiceDown(error) => (StopReason::ServiceDown, Some(error.to_string())),
        NotStarted::Interrupted => (StopReason::Interrupted, None),
    };
    let result = |index| {
        let result = without_visit(index, job, kept, reason);
        match result.outcome {
            Outcome::Stopped { .. } => AccountReport { detail: detail.clone(), ..result },
            _ => result,
        }
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
