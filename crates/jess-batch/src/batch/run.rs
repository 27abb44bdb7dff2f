//! All accounts of a job, concurrently, in one task.

use std::cell::RefCell;

use ensims_client::{Client, Error};
use futures::{StreamExt, stream};
use tokio::time::Instant;

use super::account_run::AccountRun;
use super::circuit_breaker::CircuitBreaker;
use super::connection::ClientConnection;
use super::context::Context;
use super::credential::SharedCredential;
use super::event::{Event, Listener};
use super::gate::Gate;
use super::next_step::Goal;
use super::preflight::{ServiceInfo, preflight};
use super::prior::{PriorVerdict, unattempted};
use super::retry::RetryPolicy;
use super::stop::Stop;
use crate::job::{Account, Credentials, Job};
use crate::outcome::{AccountResult, Outcome, StopReason};

/// A job in progress: the service was found to be there.
pub struct Batch<'a> {
    job: &'a Job,
    client: &'a Client,
    context: Context<'a>,
}

/// Why a batch did not get as far as the first account. No password was sent.
#[derive(Debug)]
pub enum NotStarted {
    /// The service cannot be reached.
    ServiceDown(Error),
    /// A signal came first.
    Interrupted,
}

impl<'a> Batch<'a> {
    /// Finds out whether the service is there, before any password is sent. `max_failures`: start no further account once
    /// this many need attention.
    ///
    /// # Errors
    /// When the service cannot be reached after all retries, or a signal comes first.
    pub async fn start(
        job: &'a Job,
        client: &'a Client,
        goal: Goal,
        max_failures: Option<usize>,
        stop: &'a Stop,
        listener: &'a Listener<'a>,
    ) -> Result<Self, NotStarted> {
        let started = Instant::now();
        let limits = &job.settings.limits;
        let gate = Gate::new(limits.rate);
        let policy = RetryPolicy::new(limits.attempts, limits.budget);
        let service = tokio::select! {
            biased;
            // No request is in progress that must end well, so a signal ends this at once.
            () = stop.wait() => return Err(NotStarted::Interrupted),
            service = preflight(client, &policy, &gate, listener) => service.map_err(NotStarted::ServiceDown)?,
        };
        let breaker = CircuitBreaker::new(limits.give_up_after, max_failures);
        let context = Context { goal, gate, policy, breaker, stop, listener, service, started };
        Ok(Self { job, client, context })
    }

    /// What the service says about itself.
    pub fn service(&self) -> &ServiceInfo {
        &self.context.service
    }

    /// Whether the service stopped answering, so that the batch ended early.
    pub fn is_service_down(&self) -> bool {
        self.context.breaker.is_open() == Some(StopReason::ServiceDown)
    }

    /// Runs every selected account that has no prior verdict. `prior` has one entry for each account of the job; so have
    /// the results, in job order. No account's failure stops another's work.
    pub async fn run(&self, prior: &[Option<PriorVerdict>]) -> Vec<AccountResult> {
        let accounts = &self.job.accounts;
        let credentials = shared_credentials(accounts, prior);
        let results: RefCell<Vec<Option<AccountResult>>> = RefCell::new(vec![None; accounts.len()]);
        let remaining =
            (0..accounts.len()).filter_map(|index| match (&accounts[index].credentials, &prior[index]) {
                (Some(own), None) => Some((index, own)),
                _ => None,
            });
        let (results_so_far, credentials) = (&results, &credentials);
        stream::iter(remaining)
            .take_while(|_| std::future::ready(self.context.stopped().is_none()))
            .for_each_concurrent(self.job.settings.limits.concurrency, |(index, own)| async move {
                let shared = &credentials[accounts[index].jess_credential];
                let result = self.run_account(index, own, shared).await;
                (self.context.listener)(Event::Finished { result: &result });
                results_so_far.borrow_mut()[index] = Some(result);
            })
            .await;
        let reason = self.context.stopped().unwrap_or(StopReason::Interrupted);
        let mut complete = Vec::with_capacity(accounts.len());
        for (index, result) in results.into_inner().into_iter().enumerate() {
            let prior = prior[index].as_ref();
            complete.push(
                result.unwrap_or_else(|| {
                    unattempted(index, &accounts[index], prior, self.context.goal, reason)
                }),
            );
        }
        complete
    }

    async fn run_account(&self, index: usize, own: &Credentials, shared: &SharedCredential) -> AccountResult {
        let connection = ClientConnection::new(self.client, own);
        let account = &self.job.accounts[index];
        AccountRun::new(&self.context, index, account, own, shared, connection).run().await
    }
}

/// What is known of each JESS credential before the run, by `Account::jess_credential`.
fn shared_credentials(accounts: &[Account], prior: &[Option<PriorVerdict>]) -> Vec<SharedCredential> {
    let mut credentials: Vec<SharedCredential> =
        accounts.iter().map(|_| SharedCredential::default()).collect();
    for (account, prior) in accounts.iter().zip(prior) {
        if let Some(refusal) = prior.as_ref().and_then(|prior| prior.jess_refusal(account)) {
            credentials[account.jess_credential] = SharedCredential::refused(refusal);
        }
    }
    credentials
}

/// The results of a batch that did not start.
pub fn not_started(
    job: &Job,
    prior: &[Option<PriorVerdict>],
    goal: Goal,
    why: &NotStarted,
) -> Vec<AccountResult> {
    let (reason, detail) = match why {
        NotStarted::ServiceDown(error) => (StopReason::ServiceDown, Some(error.to_string())),
        NotStarted::Interrupted => (StopReason::Interrupted, None),
    };
    let mut results = Vec::with_capacity(job.accounts.len());
    for (index, account) in job.accounts.iter().enumerate() {
        let mut result = unattempted(index, account, prior[index].as_ref(), goal, reason);
        if matches!(result.outcome, Outcome::Stopped { .. }) {
            result.detail.clone_from(&detail);
        }
        results.push(result);
    }
    results
}
