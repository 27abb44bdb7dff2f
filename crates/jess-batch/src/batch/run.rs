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
use crate::platform::Signal;
use crate::secret::Masking;

/// The accounts of a job, to be run once the service was asked whether it is there.
pub struct Batch<'a> {
    job: &'a Job,
    client: &'a Client,
    prior: &'a [Option<PriorVerdict>],
    context: Context<'a>,
    /// Why no account can be run, if so. No password was sent then.
    not_started: Option<NotStarted>,
}

enum NotStarted {
    Unreachable(Error),
    Interrupted,
}

/// A batch that is over.
#[derive(Debug)]
pub struct BatchResult {
    /// One result for each account, in job order.
    pub accounts: Vec<AccountResult>,
    /// How it ended.
    pub ending: Ending,
}

/// How a batch ended.
#[derive(Debug)]
pub enum Ending {
    /// All accounts had their turn, or as many did not succeed as are allowed.
    Complete,
    /// The service could not be reached after all retries; no password was sent.
    Unreachable(Error),
    /// The service stopped answering.
    WentDown,
    /// A signal ended it.
    Interrupted(Signal),
}

impl<'a> Batch<'a> {
    /// Finds out whether the service is there, before any password is sent. `prior` has one entry for each account of the
    /// job. `max_failures`: start no further account once this many need attention.
    pub async fn start(
        job: &'a Job,
        client: &'a Client,
        goal: Goal,
        prior: &'a [Option<PriorVerdict>],
        max_failures: Option<usize>,
        stop: &'a Stop,
        listener: &'a Listener<'a>,
    ) -> Self {
        let credentials = job.accounts.iter().filter_map(|account| account.credentials.as_ref());
        let passwords = credentials.flat_map(|own| [own.ensims.password(), own.jess.password()]);
        let masking = Masking::new(passwords);
        let mut context = Context::new(&job.settings.limits, goal, max_failures, stop, listener, masking);
        let mut not_started = None;
        tokio::select! {
            biased;
            // No request is in progress that must end well, so a signal ends this at once.
            () = stop.wait() => not_started = Some(NotStarted::Interrupted),
            asked = preflight(client, &context) => match asked {
                Ok(service) => context.service = service.masked(&context.masking),
                Err(error) => not_started = Some(NotStarted::Unreachable(error)),
            },
        }
        Self { job, client, prior, context, not_started }
    }

    /// What the service says about itself.
    pub fn service(&self) -> &ServiceInfo {
        &self.context.service
    }

    /// Whether accounts can be run.
    pub fn has_started(&self) -> bool {
        self.not_started.is_none()
    }

    /// Runs every selected account that has no prior verdict, if the service is there. No account's failure stops
    /// another's work.
    pub async fn run(self) -> BatchResult {
        let accounts = match &self.not_started {
            None => self.run_accounts().await,
            Some(why) => self.unattempted(why),
        };
        let went_down = self.context.breaker.stop_reason() == Some(StopReason::ServiceDown);
        let ending = match (self.context.stop.requested(), self.not_started) {
            (Some(signal), _) => Ending::Interrupted(signal),
            (None, Some(NotStarted::Unreachable(error))) => Ending::Unreachable(error),
            (None, _) if went_down => Ending::WentDown,
            (None, _) => Ending::Complete,
        };
        BatchResult { accounts, ending }
    }

    async fn run_accounts(&self) -> Vec<AccountResult> {
        let accounts = &self.job.accounts;
        let credentials = shared_credentials(accounts, self.prior);
        let mut remaining = Vec::new();
        for (index, account) in accounts.iter().enumerate() {
            if let (Some(own), None) = (&account.credentials, &self.prior[index]) {
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
        self.complete(results, self.context.stop_reason().unwrap_or(StopReason::Interrupted))
    }

    async fn run_account(&self, index: usize, own: &Credentials, shared: &SharedCredential) -> AccountResult {
        let connection = ClientConnection::new(self.client, own);
        let account = &self.job.accounts[index];
        AccountRun::new(&self.context, index, account, own, shared, connection).run().await
    }

    /// The results of all accounts in job order. Those that were not attempted say why: `reason`, unless they have another.
    fn complete(&self, attempted: Vec<Option<AccountResult>>, reason: StopReason) -> Vec<AccountResult> {
        // Collected into the memory that `attempted` has.
        let results = attempted.into_iter().enumerate().map(|(index, result)| {
            let (account, prior) = (&self.job.accounts[index], self.prior[index].as_ref());
            result.unwrap_or_else(|| unattempted(index, account, prior, self.context.goal, reason))
        });
        results.collect()
    }

    /// The results of a batch that did not start.
    fn unattempted(&self, why: &NotStarted) -> Vec<AccountResult> {
        let (reason, detail) = match why {
            NotStarted::Unreachable(error @ Error::Tls { .. }) => {
                (StopReason::CertificateRejected, Some(error.to_string()))
            }
            NotStarted::Unreachable(error) => (StopReason::ServiceDown, Some(error.to_string())),
            NotStarted::Interrupted => (StopReason::Interrupted, None),
        };
        let mut results = self.complete(vec![None; self.job.accounts.len()], reason);
        for result in &mut results {
            if matches!(result.outcome, Outcome::Stopped { .. }) {
                result.detail.clone_from(&detail);
            }
        }
        results
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
