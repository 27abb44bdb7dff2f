//! One account from its first step to its result.

use std::time::Duration;

use ensims_client::Error;
use tokio::time::Instant;
use tracing::Instrument;

use super::circuit_breaker::Contact;
use super::connection::Connection;
use super::context::Context;
use super::credential::{Refusal, SharedCredential};
use super::event::{Event, WaitReason};
use super::next_step::{Goal, Next, is_tolerated, next_step};
use super::observed::{Finding, Observed};
use super::prior::unattempted;
use super::step_error::{StepError, StepErrorKind};
use crate::job::{Account, Credentials, Update};
use crate::outcome::{AccountResult, Outcome, Readiness, Step, StepResult, StopReason};

/// Text from the service is kept up to this length, in characters.
const MAX_MESSAGE: usize = 10_000;

/// One account in progress.
pub(super) struct AccountRun<'a, C> {
    context: &'a Context<'a>,
    account: &'a Account,
    credentials: &'a Credentials,
    /// Its JESS credential, which other accounts may share.
    jess_credential: &'a SharedCredential,
    connection: C,
    observed: Observed,
    logged_on_again: bool,
    answered: bool,
    started: Instant,
    /// All waits.
    waited: Duration,
    /// The waits before retries. The others, at the gate and for other accounts, cost no budget.
    waited_to_retry: Duration,
    /// What is known of the result so far.
    result: AccountResult,
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
            account,
            credentials,
            jess_credential,
            connection,
            observed: Observed::default(),
            logged_on_again: false,
            answered: false,
            started: Instant::now(),
            waited: Duration::ZERO,
            waited_to_retry: Duration::ZERO,
            result: unattempted(index, account, None, context.goal, StopReason::Interrupted),
        }
    }

    /// Runs the account to completion. A failed account is a result, not an error.
    pub(super) async fn run(mut self) -> AccountResult {
        // With the client's target, so that whoever sees the requests in the log sees whose they are.
        let span = tracing::debug_span!(target: "ensims_client", "steps", account = self.account.name);
        let ended = self.run_steps().instrument(span).await;
        self.conclude(ended);
        let contact = match self.result.requests {
            0 => Contact::NotAsked,
            _ if self.answered => Contact::Answered,
            _ => Contact::Silent,
        };
        self.context.breaker.record(contact, self.result.is_good());
        self.result
    }

    async fn run_steps(&mut self) -> Result<Outcome, StepError> {
        // If everything depends on a credential that is known to be refused, not even the log-on is needed.
        if matches!(self.context.goal, Goal::Update { when: Update::Always, .. })
            && let Some(withheld) = self.jess_credential.withheld(self.context.policy.attempts)
        {
            return Err(StepError { step: Step::Update, kind: withheld.into() });
        }
        loop {
            let step = match next_step(self.context.goal, &self.account.jess_username, &self.observed) {
                Next::Done(outcome) => return Ok(outcome),
                Next::Step(step) => step,
            };
            let Err(error) = self.run_step(step).await else { continue };
            if !is_tolerated(step, &error.kind, &self.observed) {
                return Err(error);
            }
            self.observed.record_no_answer(step);
            if matches!(step, Step::VerifySession | Step::VerifyAccount) {
                self.result.detail = Some(error.detail());
            }
        }
    }

    /// Runs a step. Without a token that the service accepts: log on once more, and repeat the step once.
    async fn run_step(&mut self, step: Step) -> Result<(), StepError> {
        match self.attempt_step(step).await {
            Err(error) if error.kind.lacks_token() && step != Step::LogOn && !self.logged_on_again => {}
            result => return result,
        }
        self.logged_on_again = true;
        self.attempt_step(Step::LogOn).await?;
        let asks_for_session = matches!(step, Step::CheckSession | Step::VerifySession);
        match self.attempt_step(step).await {
            // What an account without a JESS session gets here is not documented; it may be a 401.
            Err(error) if asks_for_session && error.kind.is_unauthorized() => {
                self.observed.record(Finding::SessionValid(false));
                Ok(())
            }
            result => result,
        }
    }

    async fn attempt_step(&mut self, step: Step) -> Result<(), StepError> {
        let attempted =
            if step == Step::Update { self.update().await } else { self.send_with_retries(step).await };
        attempted.map_err(|kind| StepError { step, kind })
    }

    /// Sends the JESS credential once there is a permit for it, and records whether it was accepted.
    async fn update(&mut self) -> Result<(), StepErrorKind> {
        let permit = self.wait_for(self.jess_credential.permit(self.context.policy.attempts)).await?;
        let _permit = permit?;
        let result = self.send_with_retries(Step::Update).await;
        match &result {
            Ok(()) => self.jess_credential.accept(),
            Err(kind) if kind.is_refusal() => {
                // Other accounts report these words too, and could redact only their own passwords.
                let message = kind.service_message().map(|message| self.redact(message));
                let account = self.account.name.clone();
                self.jess_credential.refuse(Refusal { account, in_earlier_run: false, message });
            }
            Err(StepErrorKind::Request { error: Error::Undecided { .. }, .. }) => {
                self.jess_credential.count_undecided();
            }
            Err(_) => {}
        }
        result
    }

    /// Runs a step with its retries, and adds it to the result.
    async fn send_with_retries(&mut self, step: Step) -> Result<(), StepErrorKind> {
        let started = Instant::now();
        let start_ms = millis(self.context.started.elapsed());
        let mut record =
            StepResult { step, http_status: None, attempts: 0, start_ms, duration_ms: 0, answer_ms: None };
        let result = self.send_until_answered(step, &mut record).await;
        record.duration_ms = millis(started.elapsed());
        if record.attempts > 0 {
            self.result.steps.push(record);
        }
        result
    }

    async fn send_until_answered(
        &mut self,
        step: Step,
        record: &mut StepResult,
    ) -> Result<(), StepErrorKind> {
        loop {
            if step != Step::LogOn && self.connection.token().is_none() {
                return Err(StepErrorKind::NoToken);
            }
            self.pass_gate().await?;
            // Another account may have met a refusal of the same credential while this one waited.
            if step == Step::Update
                && let Some(withheld) = self.jess_credential.withheld(self.context.policy.attempts)
            {
                return Err(withheld.into());
            }
            let Err(error) = self.send(step, record).await? else { return Ok(()) };
            let decision =
                self.context.policy.decide(record.attempts, self.budget_used(), fastrand::f64(), &error);
            let reason = self.hold_everybody(&error, decision.ok());
            match decision {
                Ok(wait) => self.wait_to_retry(reason, wait).await?,
                Err(give_up) => {
                    return Err(StepErrorKind::Request { error, give_up, attempts: record.attempts });
                }
            }
        }
    }

    /// Sends the request of a step once, and records its answer. The inner error is that of the request.
    async fn send(
        &mut self,
        step: Step,
        record: &mut StepResult,
    ) -> Result<Result<(), Error>, StepErrorKind> {
        record.attempts += 1;
        self.result.requests += 1;
        let sent_at = Instant::now();
        let sent = tokio::select! {
            sent = self.connection.send(step) => sent,
            () = self.context.stop.grace_over() => return Err(StepErrorKind::Interrupted),
        };
        let http_status = match &sent {
            Ok(answer) => Some(answer.http_status),
            Err(error) => error.http_status(),
        };
        self.answered |= http_status.is_some_and(|status| status < 500);
        record.http_status = http_status;
        record.answer_ms = http_status.map(|_| millis(sent_at.elapsed()));
        match sent {
            Ok(answer) => {
                self.observed.record(answer.value);
                if step == Step::Update {
                    self.result.service_message = answer.message.map(|message| self.redact(&message));
                }
                Ok(Ok(()))
            }
            Err(error) if step == Step::LogOn => Ok(Err(self.context.service.interpret_log_on(error))),
            Err(error) => Ok(Err(error)),
        }
    }

    /// A 429, or a 503 that names a time, is about the service and not about this account: everybody waits.
    fn hold_everybody(&self, error: &Error, wait: Option<Duration>) -> WaitReason {
        let hold = match (error.http_status(), error.retry_after(), wait) {
            (Some(429 | 503), Some(asked), _) => asked,
            (Some(429), None, Some(wait)) => wait,
            _ => return WaitReason::Retry,
        };
        self.context.gate.hold(hold);
        WaitReason::Hold
    }

    async fn pass_gate(&mut self) -> Result<(), StepErrorKind> {
        let (context, name) = (self.context, &*self.account.name);
        let on_wait = |reason, wait| (context.listener)(Event::Waiting { account: Some(name), reason, wait });
        let passed = self.wait_for(context.gate.pass(context.policy.max_delay, on_wait)).await?;
        passed.map_err(StepErrorKind::Paused)
    }

    async fn wait_to_retry(&mut self, reason: WaitReason, wait: Duration) -> Result<(), StepErrorKind> {
        if self.context.stop.requested().is_some() {
            return Err(StepErrorKind::Interrupted);
        }
        (self.context.listener)(Event::Waiting { account: Some(&self.account.name), reason, wait });
        let asked = Instant::now();
        let waited = self.wait_for(tokio::time::sleep(wait)).await;
        self.waited_to_retry += asked.elapsed();
        waited
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
        (self.started.elapsed() + self.waited_to_retry).saturating_sub(self.waited)
    }

    /// A service that repeats a secret in its words must not put it into a report.
    fn redact(&self, text: &str) -> String {
        let passwords = [self.credentials.ensims.password(), self.credentials.jess.password()];
        let mut text = self.context.masking.mask(text, &passwords, self.connection.token());
        if let Some((end, _)) = text.char_indices().nth(MAX_MESSAGE) {
            text.truncate(end);
        }
        text
    }

    /// Completes the result.
    fn conclude(&mut self, ended: Result<Outcome, StepError>) {
        let goal = self.context.goal;
        match ended {
            Ok(outcome) => {
                let readiness = self.observed.readiness(goal.verify(), &self.account.jess_username);
                if goal == Goal::Check && readiness == Readiness::Unknown {
                    let detail =
                        "the service does not say whether it is suspended, or which JESS user it has";
                    self.result.detail = Some(detail.to_owned());
                }
                self.result.outcome = outcome;
                self.result.readiness = readiness;
            }
            Err(error) => {
                if let Some(message) = error.kind.service_message() {
                    self.result.service_message = Some(self.redact(message));
                }
                self.result.detail = Some(error.detail());
                self.result.outcome = error.outcome();
                if let StepErrorKind::SameCredential(refusal) = error.kind {
                    self.result.same_credential_as = Some(refusal.account);
                }
            }
        }
        if goal == Goal::Check {
            let mut state = self.observed.jess_state();
            for text in state.texts_mut() {
                *text = self.redact(text);
            }
            self.result.jess = Some(Box::new(state));
        }
        // Thousands of results are kept until the end of the run.
        self.result.steps.shrink_to_fit();
        self.result.start_ms = millis(self.started.duration_since(self.context.started));
        self.result.duration_ms = millis(self.started.elapsed());
        self.result.waited_ms = millis(self.waited);
        self.result.budget_used_ms = millis(self.budget_used());
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
#[path = "account_run_tests.rs"]
mod tests;
