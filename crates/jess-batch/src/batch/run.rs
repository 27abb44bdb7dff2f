//! All accounts of a job, concurrently, in one task.

use ensims_client::{Api, Client, Error};
use futures::{StreamExt, stream};

use super::account_run::AccountRun;
use super::connection::ClientConnection;
use super::context::{Context, ServiceInfo};
use super::credential::{Refusal, SharedCredential};
use super::event::{Event, Listener};
use super::next_step::Goal;
use super::preflight::preflight;
use super::prior::{PriorVerdict, unattempted};
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
        let mut context = Context::new(&job.settings.limits, goal, max_failures, stop, listener);
        context.service = tokio::select! {
            biased;
            // No request is in progress that must end well, so a signal ends this at once.
            () = stop.wait() => return Err(NotStarted::Interrupted),
            service = preflight(client, &context) => service.map_err(NotStarted::ServiceDown)?,
        };
        Ok(Self { job, client, context })
    }

    /// What the service says about itself.
    pub fn service(&self) -> &ServiceInfo {
        &self.context.service
    }

    /// Whether the service stopped answering, so that the batch ended early.
    pub fn is_service_down(&self) -> bool {
        self.context.breaker.stop_reason() == Some(StopReason::ServiceDown)
    }

    /// Runs every selected account that has no prior verdict. `prior` has one entry for each account of the job; so have
    /// the results, in job order. No account's failure stops another's work.
    pub async fn run(&self, prior: &[Option<PriorVerdict>]) -> Vec<AccountResult> {
        let accounts = &self.job.accounts;
        let credentials = shared_credentials(accounts, prior);
        let mut remaining = Vec::new();
        for (index, account) in accounts.iter().enumerate() {
            if let (Some(own), None) = (&account.credentials, &prior[index]) {
                remaining.push((index, own, &credentials[account.jess_credential]));
            }
        }
        let mut finished = stream::iter(remaining)
            .take_while(|_| std::future::ready(self.context.stop_reason().is_none()))
            .map(|(index, own, shared)| self.run_account(index, own, shared))
            .buffer_unordered(self.job.settings.limits.concurrency);
        let mut results = vec![None; accounts.len()];
        while let Some(result) = finished.next().await {
            (self.context.listener)(Event::Finished { result: &result });
            let index = result.index;
            results[index] = Some(result);
        }
        let reason = self.context.stop_reason().unwrap_or(StopReason::Interrupted);
        complete(self.job, prior, self.context.goal, results, reason)
    }

    async fn run_account(&self, index: usize, own: &Credentials, shared: &SharedCredential) -> AccountResult {
        let connection = ClientConnection::new(self.client, own);
        let account = &self.job.accounts[index];
        AccountRun::new(&self.context, index, account, own, shared, connection).run().await
    }
}

/// What is known of each JESS credential before the run, by `Account::jess_credential`.
fn shared_credentials(accounts: &[Account], prior: &[Option<PriorVerdict>]) -> Vec<SharedCredential> {
    let mut credentials = Vec::new();
    credentials.resize_with(accounts.len(), SharedCredential::default);
    for (account, prior) in accounts.iter().zip(prior) {
        if let Some(PriorVerdict::Refused { by: Api::Jess, message }) = prior {
            credentials[account.jess_credential].refuse(Refusal {
                account: account.name.clone(),
                in_earlier_run: true,
                message: message.clone(),
            });
        }
    }
    credentials
}

/// The results of all accounts in job order. Those that were not attempted say why: `reason`, unless they have another.
fn complete(
    job: &Job,
    prior: &[Option<PriorVerdict>],
    goal: Goal,
    attempted: Vec<Option<AccountResult>>,
    reason: StopReason,
) -> Vec<AccountResult> {
    // Collected into the memory that `attempted` has.
    let results = attempted.into_iter().enumerate().map(|(index, result)| {
        let (account, prior) = (&job.accounts[index], prior[index].as_ref());
        result.unwrap_or_else(|| unattempted(index, account, prior, goal, reason))
    });
    results.collect()
}

/// The results of a batch that did not start.
pub fn not_started(
    job: &Job,
    prior: &[Option<PriorVerdict>],
    goal: Goal,
    why: &NotStarted,
) -> Vec<AccountResult> {
    let (reason, detail) = match why {
        NotStarted::ServiceDown(error @ Error::Tls { .. }) => {
            (StopReason::CertificateRejected, Some(error.to_string()))
        }
        NotStarted::ServiceDown(error) => (StopReason::ServiceDown, Some(error.to_string())),
        NotStarted::Interrupted => (StopReason::Interrupted, None),
    };
    let mut results = complete(job, prior, goal, vec![None; job.accounts.len()], reason);
    for result in &mut results {
        if matches!(result.outcome, Outcome::Stopped { .. }) {
            result.detail.clone_from(&detail);
        }
    }
    results
}
