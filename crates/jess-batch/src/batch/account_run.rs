//! One account from its first step to its result.

use std::time::Duration;

use ensims_client::{Error, ExposeSecret};
use tokio::time::Instant;
use tracing::Instrument;

use super::circuit_breaker::Contact;
use super::connection::Connection;
use super::context::Context;
use super::credential::{Permit, Refusal, SharedCredential};
use super::event::{Event, WaitReason};
use super::next_step::{Goal, Next, is_tolerated, next_step};
use super::observed::{Finding, Observed};
use super::prior::unattempted;
use super::retry::{Decision, Failure};
use super::step_error::{StepError, StepErrorKind};
use crate::job::{Account, Credentials, Update};
use crate::outcome::{AccountResult, Outcome, Readiness, Step, StepResult, StopReason};

/// Text from the service is kept up to this length, in characters.
const MAX_MESSAGE: usize = 10_000;

/// One account in progress.
pub(super) struct AccountRun<'a, C> {
    context: &'a Context<'a>,
    index: usize,
    account: &'a Account,
    credentials: &'a Credentials,
    /// Its JESS credential, which other accounts may share.
    jess_credential: &'a SharedCredential,
    connection: C,
    observed: Observed,
    logged_on_again: bool,
    answered: bool,
    service_message: Option<String>,
    detail: Option<String>,
    started: Instant,
    /// All waits.
    waited: Duration,
    /// The waits at the gate and for other accounts, which cost no budget.
    waited_for_others: Duration,
    requests: u32,
    steps: Vec<StepResult>,
}

impl<'a, C: Connection> AccountRun<'a, C> {
    pub(super) fn new(
        context: &'a Context<'a>,
        index: usize,
        account: &'a Account,
        credentials: &'a Credentials,
        jess_credential: &'a SharedCredential,
        connection: C,
    ) -> Self {
        Self {
            context,
            index,
            account,
            credentials,
            jess_credential,
            connection,
            observed: Observed::default(),
            logged_on_again: false,
            answered: false,
            service_message: None,
            detail: None,
            started: Instant::now(),
            waited: Duration::ZERO,
            waited_for_others: Duration::ZERO,
            requests: 0,
            steps: Vec::new(),
        }
    }

    /// Takes the account to its end. Never fails: one account is not the run.
    pub(super) async fn run(mut self) -> AccountResult {
        // With the client's target, so that whoever sees the requests in the log sees whose they are.
        let span = tracing::debug_span!(target: "ensims_client", "steps", account = self.account.name);
        let ended = self.run_steps().instrument(span).await;
        let contact = match self.requests {
            0 => Contact::NotAsked,
            _ if self.answered => Contact::Answered,
            _ => Contact::Silent,
        };
        let breaker = &self.context.breaker;
        let result = self.into_result(ended);
        breaker.record(contact, result.is_good());
        result
    }

    async fn run_steps(&mut self) -> Result<Outcome, StepError> {
        // If everything depends on a credential that is known to be refused, not even the log-on is needed.
        if matches!(self.context.goal, Goal::Update { when: Update::Always, .. })
            && let Some(refusal) = self.jess_credential.known_refusal()
        {
            return Err(StepError { step: Step::Update, kind: StepErrorKind::SameCredential(refusal) });
        }
        loop {
            match next_step(self.context.goal, &self.account.jess_username, &self.observed) {
                Next::Done(outcome) => return Ok(outcome),
                Next::Step(step) => self.run_tolerantly(step).await?,
            }
        }
    }

    async fn run_tolerantly(&mut self, step: Step) -> Result<(), StepError> {
        let Err(error) = self.run_step(step).await else { return Ok(()) };
        if !is_tolerated(step, &error.kind, &self.observed) {
            return Err(error);
        }
        self.observed.record_no_answer(step);
        if matches!(step, Step::VerifySession | Step::VerifyAccount) {
            self.detail = Some(error.detail());
        }
        Ok(())
    }

    /// Runs a step. A 401 after the log-on is about the token: log on once more, and repeat the step once.
    async fn run_step(&mut self, step: Step) -> Result<(), StepError> {
        match self.attempt_step(step).await {
            Err(kind) if kind.is_unauthorized() && step != Step::LogOn => {}
            result => return result.map_err(|kind| StepError { step, kind }),
        }
        if !self.logged_on_again {
            self.logged_on_again = true;
            self.attempt_step(Step::LogOn).await.map_err(|kind| StepError { step: Step::LogOn, kind })?;
            match self.attempt_step(step).await {
                Err(kind) if kind.is_unauthorized() => {}
                result => return result.map_err(|kind| StepError { step, kind }),
            }
            // What an account without a JESS session gets here is not documented; it may be a 401.
            if matches!(step, Step::CheckSession | Step::VerifySession) {
                self.observed.record(Finding::SessionValid(false));
                return Ok(());
            }
        }
        Err(StepError { step, kind: StepErrorKind::unauthorized() })
    }

    /// Runs a step with its retries. An update first needs the permit to send the JESS credential.
    async fn attempt_step(&mut self, step: Step) -> Result<(), StepErrorKind> {
        let permit = if step == Step::Update { Some(self.permit().await?) } else { None };
        let mut record = StepResult {
            step,
            http_status: None,
            attempts: 0,
            start_ms: millis(self.context.started.elapsed()),
            duration_ms: 0,
            answer_ms: None,
        };
        let started = Instant::now();
        let result = self.send_with_retries(step, &mut record).await;
        record.duration_ms = millis(started.elapsed());
        if record.attempts > 0 {
            self.steps.push(record);
        }
        if let Some(permit) = permit {
            match &result {
                Ok(()) => permit.accepted(),
                Err(kind) if kind.is_refusal() => {
                    // Other accounts report these words too, and could redact only their own passwords.
                    let message = kind.service_message().map(|message| self.redact(message));
                    let account = self.account.name.clone();
                    permit.refused(Refusal { account, in_earlier_run: false, message }).await;
                }
                Err(_) => {}
            }
        }
        result
    }

    async fn send_with_retries(&mut self, step: Step, record: &mut StepResult) -> Result<(), StepErrorKind> {
        loop {
            if step != Step::LogOn && !self.connection.has_token() {
                return Err(StepErrorKind::unauthorized());
            }
            self.pass_gate().await?;
            // Another account may have met a refusal of the same credential while this one waited.
            if step == Step::Update
                && let Some(refusal) = self.jess_credential.known_refusal()
            {
                return Err(StepErrorKind::SameCredential(refusal));
            }
            let Some(error) = self.send(step, record).await? else { return Ok(()) };
            let decision = self.context.policy.decide(
                record.attempts,
                self.budget_used(),
                fastrand::f64(),
                &Failure::from(&error),
            );
            let reason = self.hold_everybody(&error, decision);
            match decision {
                Decision::GiveUp(give_up) => {
                    return Err(StepErrorKind::Request { error, give_up, attempts: record.attempts });
                }
                Decision::RetryIn(wait) => self.wait_to_retry(reason, wait).await?,
            }
        }
    }

    /// Sends the request of a step once, and records its answer. Returns the error of the request, if it failed.
    async fn send(&mut self, step: Step, record: &mut StepResult) -> Result<Option<Error>, StepErrorKind> {
        record.attempts += 1;
        self.requests += 1;
        let sent_at = Instant::now();
        let sent = tokio::select! {
            sent = self.connection.send(step) => sent,
            () = self.context.stop.grace_over() => return Err(StepErrorKind::Interrupted),
        };
        let answer_ms = millis(sent_at.elapsed());
        match sent {
            Ok(reply) => {
                self.answered = true;
                record.http_status = Some(reply.http_status);
                record.answer_ms = Some(answer_ms);
                self.observed.record(reply.finding);
                if step == Step::Update {
                    self.service_message = reply.message.map(|message| self.redact(&message));
                }
                Ok(None)
            }
            Err(error) => {
                let error =
                    if step == Step::LogOn { self.context.service.interpret_log_on(error) } else { error };
                let http_status = error.http_status();
                self.answered |= http_status.is_some_and(|status| status < 500);
                record.http_status = http_status;
                record.answer_ms = http_status.map(|_| answer_ms);
                Ok(Some(error))
            }
        }
    }

    /// A 429, or a 503 that names a time, is about the service and not about this account: everybody waits.
    fn hold_everybody(&self, error: &Error, decision: Decision) -> WaitReason {
        let hold = match (error.http_status(), error.retry_after(), decision) {
            (Some(429 | 503), Some(asked), _) => asked,
            (Some(429), None, Decision::RetryIn(wait)) => wait,
            _ => return WaitReason::Retry,
        };
        self.context.gate.hold(hold);
        WaitReason::Hold
    }

    /// The permit to send the JESS credential; waits while another account tries it.
    async fn permit(&mut self) -> Result<Permit<'a>, StepErrorKind> {
        let asked = Instant::now();
        let permit = self.wait_for(self.jess_credential.permit()).await;
        self.waited_for_others += asked.elapsed();
        permit?.map_err(StepErrorKind::SameCredential)
    }

    async fn pass_gate(&mut self) -> Result<(), StepErrorKind> {
        let asked = Instant::now();
        let (context, name) = (self.context, &*self.account.name);
        let on_wait = |reason, wait| (context.listener)(Event::Waiting { account: Some(name), reason, wait });
        let passed = self.wait_for(context.gate.pass(context.policy.max_delay, on_wait)).await;
        self.waited_for_others += asked.elapsed();
        passed?.map_err(StepErrorKind::Paused)
    }

    async fn wait_to_retry(&mut self, reason: WaitReason, wait: Duration) -> Result<(), StepErrorKind> {
        if self.context.stop.requested().is_some() {
            return Err(StepErrorKind::Interrupted);
        }
        (self.context.listener)(Event::Waiting { account: Some(&self.account.name), reason, wait });
        self.wait_for(tokio::time::sleep(wait)).await
    }

    /// Waits for something, or for a signal. After a signal, what needs no wait still goes on.
    async fn wait_for<T>(&mut self, future: impl Future<Output = T>) -> Result<T, StepErrorKind> {
        let asked = Instant::now();
        let waited = tokio::select! {
            biased;
            done = future => Ok(done),
            () = self.context.stop.wait() => Err(StepErrorKind::Interrupted),
        };
        self.waited += asked.elapsed();
        waited
    }

    fn budget_used(&self) -> Duration {
        self.started.elapsed().saturating_sub(self.waited_for_others)
    }

    /// A service that repeats a password in its words must not put it into a report.
    fn redact(&self, text: &str) -> String {
        let mut secrets = [self.credentials.ensims.password(), self.credentials.jess.password()]
            .map(ExposeSecret::expose_secret);
        // The longer one first: the other may be a part of it.
        secrets.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
        let mut text = text.to_owned();
        for secret in secrets {
            // A shorter one would tear ordinary words apart.
            if secret.len() >= 4 {
                text = text.replace(secret, "[password]");
            }
        }
        if let Some((end, _)) = text.char_indices().nth(MAX_MESSAGE) {
            text.truncate(end);
        }
        text
    }

    fn into_result(mut self, ended: Result<Outcome, StepError>) -> AccountResult {
        let goal = self.context.goal;
        // Overwritten below: this account was attempted.
        let blank = unattempted(self.index, self.account, None, goal, StopReason::Interrupted);
        let (outcome, readiness, same_credential_as) = match ended {
            Ok(outcome) => {
                let readiness = self.observed.readiness(goal.verify(), &self.account.jess_username);
                if goal == Goal::Check && readiness == Readiness::Unknown {
                    let detail =
                        "the service does not say whether it is suspended, or which JESS user it has";
                    self.detail = Some(detail.to_owned());
                }
                (outcome, readiness, None)
            }
            Err(error) => {
                if let Some(message) = error.kind.service_message() {
                    self.service_message = Some(self.redact(message));
                }
                self.detail = Some(error.detail());
                let same = match &error.kind {
                    StepErrorKind::SameCredential(refusal) => Some(refusal.account.clone()),
                    _ => None,
                };
                (error.outcome(), Readiness::NotAsked, same)
            }
        };
        AccountResult {
            outcome,
            readiness,
            same_credential_as,
            jess: (goal == Goal::Check).then(|| self.observed.jess_state()),
            start_ms: millis(self.started.duration_since(self.context.started)),
            duration_ms: millis(self.started.elapsed()),
            waited_ms: millis(self.waited),
            budget_used_ms: millis(self.budget_used()),
            service_message: self.service_message,
            detail: self.detail,
            requests: self.requests,
            steps: self.steps,
            ..blank
        }
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
#[path = "account_run_tests.rs"]
mod tests;
