//! All accounts of a job, concurrently, in one task.

use std::cell::RefCell;

use ensims_client::Client;
use futures::{StreamExt, stream};
use tokio::time::Instant;

use super::account::{AccountRun, not_attempted};
use super::event::{Event, Listener};
use super::gate::Gate;
use super::retry::RetryPolicy;
use super::shared::SharedCredential;
use super::stop::Stop;
use crate::job::{Account, Job};
use crate::report::{AccountReport, Outcome, SkipReason, StopReason};

/// What all accounts of a run share.
pub(crate) struct Batch<'a> {
    pub(crate) job: &'a Job,
    pub(crate) client: &'a Client,
    pub(crate) gate: &'a Gate,
    pub(crate) policy: &'a RetryPolicy,
    pub(crate) stop: &'a Stop,
    pub(crate) tell: &'a Listener<'a>,
    pub(crate) started: Instant,
}

/// Runs every selected account; the results are in job order. No account's failure stops another's work.
pub(crate) async fn run(batch: &Batch<'_>) -> Vec<AccountReport> {
    let groups = batch.job.accounts.iter().map(|account| account.jess_group + 1).max().unwrap_or(0);
    let credentials: Vec<SharedCredential> = (0..groups).map(|_| SharedCredential::default()).collect();
    let results: RefCell<Vec<Option<AccountReport>>> = RefCell::new(vec![None; batch.job.accounts.len()]);

    stream::iter(batch.job.accounts.iter().enumerate())
        .filter(|(_, account)| std::future::ready(account.selected))
        .take_while(|_| std::future::ready(batch.stop.requested().is_none()))
        .then(|entry| async move { (entry, batch.gate.slot().await) })
        .for_each_concurrent(None, |((index, account), slot)| {
            let shared = &credentials[account.jess_group];
            let results = &results;
            async move {
                if batch.stop.requested().is_none() {
                    let result = AccountRun::new(batch, index, account, shared).finish().await;
                    (batch.tell)(Event::Finished { account: &result });
                    results.borrow_mut()[index] = Some(result);
                }
                drop(slot);
            }
        })
        .await;

    let results = results.into_inner();
    let fill = |(index, result): (usize, Option<AccountReport>)| {
        result.unwrap_or_else(|| unfinished(index, &batch.job.accounts[index], StopReason::Interrupted))
    };
    results.into_iter().enumerate().map(fill).collect()
}

/// The results of a run that did not get as far as the first account.
pub(crate) fn nobody(job: &Job, reason: StopReason, detail: &str) -> Vec<AccountReport> {
    let result = |(index, account): (usize, &Account)| AccountReport {
        detail: account.selected.then(|| detail.to_owned()),
        ..unfinished(index, account, reason)
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
