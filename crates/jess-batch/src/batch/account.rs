//! One account's steps: log on, update, verify.

use std::cell::Cell;
use std::time::Duration;

use ensims_client::{Api, Error, ExposeSecret, JessSession, Session};
use tokio::time::Instant;
use tracing::Instrument;

use super::event::{Event, WaitReason};
use super::retry::{Failure, GiveUp, Verdict};
use super::run::Batch;
use super::shared::{Leave, Refusal, SharedCredential};
use crate::job::{Account, Verify};
use crate::report::{AccountReport, FailureKind, NotReady, Outcome, Readiness, StepReport, StopReason};

/// What is done for an account, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    LogOn,
    Update,
    VerifySession,
    VerifyAccount,
}

impl Step {
    fn word(self) -> &'static str {
        match self {
            Self::LogOn => "log-on",
            Self::Update => "update",
            Self::VerifySession => "verify-session",
            Self::VerifyAccount => "verify-account",
        }
    }

    fn needed_for(verify: Verify) -> &'static [Self] {
        match verify {
            Verify::None => &[Self::LogOn, Self::Update],
            Verify::Session => &[Self::LogOn, Self::Update, Self::VerifySession],
            Verify::Account => &[Self::LogOn, Self::Update, Self::VerifySession, Self::VerifyAccount],
        }
    }

    fn verifies(self) -> bool {
        matches!(self, Self::VerifySession | Self::VerifyAccount)
    }
}

/// Why a step has no result.
enum NoResult {
    /// The service's last word on it, and why it was not asked again.
    Error(Error, GiveUp),
    /// Another account met this refusal with the same credential; nothing was sent.
    SameCredential(Refusal),
    /// The service asked everyone for a pause that is longer than this job waits; nothing was sent.
    Paused(Duration),
    Interrupted,
}

/// One account at work.
pub(crate) struct AccountRun<'a> {
    batch: &'a Batch<'a>,
    index: usize,
    account: &'a Account,
    shared: &'a SharedCredential,
    session: Option<Session>,
    logged_on_again: bool,
    started: Instant,
    /// All waits, and those of them at the gate or for another account, which cost no budget.
    waited: Cell<Duration>,
    waited_for_others: Cell<Duration>,
    requests: u32,
    steps: Vec<StepReport>,
    service_message: Option<String>,
    not_ready: Vec<NotReady>,
}

impl<'a> AccountRun<'a> {
    pub(crate) fn new(
        batch: &'a Batch<'a>,
        index: usize,
        account: &'a Account,
        shared: &'a SharedCredential,
    ) -> Self {
        Self {
            batch,
            index,
            account,
            shared,
            session: None,
            logged_on_again: false,
            started: Instant::now(),
            waited: Cell::new(Duration::ZERO),
            waited_for_others: Cell::new(Duration::ZERO),
            requests: 0,
            steps: Vec::new(),
            service_message: None,
            not_ready: Vec::new(),
        }
    }

    /// Runs the steps to their end and says how it went.
    pub(crate) async fn finish(mut self) -> AccountReport {
        // Under the client's name: whoever hears the requests hears whose they are.
        let span = tracing::debug_span!(target: "ensims_client", "steps", account = self.account.name);
        let (outcome, readiness, detail) = self.work().instrument(span).await;
        self.report(outcome, readiness, detail)
    }

    async fn work(&mut self) -> (Outcome, Readiness, Option<String>) {
        if let Some(refusal) = self.shared.known_refusal() {
            let (outcome, detail) = self.ending(Step::Update, NoResult::SameCredential(refusal));
            return (outcome, Readiness::NotAsked, Some(detail));
        }
        let verify = self.batch.job.verify;
        for step in Step::needed_for(verify) {
            let updated_message = self.service_message.clone();
            if let Err((failed_at, why)) = self.step_with_second_log_on(*step).await {
                let (outcome, detail) = self.ending(failed_at, why);
                // After the update the outcome stays what it is; only readiness is not known.
                if step.verifies() {
                    self.service_message = updated_message;
                    self.not_ready.push(NotReady::NotVerified);
                    return (Outcome::Updated, self.readiness(), Some(detail));
                }
                return (outcome, Readiness::NotAsked, Some(detail));
            }
        }
        let readiness = if verify == Verify::None { Readiness::NotAsked } else { self.readiness() };
        (Outcome::Updated, readiness, None)
    }

    /// What is known to be wrong counts more than what is not known.
    fn readiness(&mut self) -> Readiness {
        let mut reasons = std::mem::take(&mut self.not_ready);
        reasons.dedup();
        match &reasons[..] {
            [] => Readiness::Ready,
            [NotReady::NotVerified] => Readiness::Unknown,
            _ => Readiness::NotReady(reasons),
        }
    }

    /// A 401 after the log-on is about the token: log on once more and repeat the step once.
    async fn step_with_second_log_on(&mut self, step: Step) -> Result<(), (Step, NoResult)> {
        let result = self.step(step).await;
        let unauthorized = matches!(result, Err(NoResult::Error(Error::Unauthorized, _)));
        if !unauthorized || step == Step::LogOn {
            return result.map_err(|why| (step, why));
        }
        if !self.logged_on_again {
            self.logged_on_again = true;
            self.step(Step::LogOn).await.map_err(|why| (Step::LogOn, why))?;
            match self.step(step).await {
                Err(NoResult::Error(Error::Unauthorized, _)) => {}
                result => return result.map_err(|why| (step, why)),
            }
            // What an account without a JESS session gets here is not documented; it may be a 401.
            if step == Step::VerifySession {
                self.not_ready.push(NotReady::SessionNotValid);
                return Ok(());
            }
        }
        Err((step, NoResult::Error(Error::Unauthorized, GiveUp::Final)))
    }

    /// One step, with its retries.
    async fn step(&mut self, step: Step) -> Result<(), NoResult> {
        let leave = if step == Step::Update { Some(self.leave().await?) } else { None };
        let mut record = StepReport {
            step: step.word(),
            http_status: None,
            attempts: 0,
            start_ms: millis(self.batch.started.elapsed()),
            duration_ms: 0,
        };
        let started = Instant::now();
        let result = self.attempts(step, &mut record).await;
        record.duration_ms = millis(started.elapsed());
        if record.attempts > 0 {
            self.steps.push(record);
        }
        match (leave, &result) {
            (Some(leave), Ok(())) => leave.accepted(),
            (Some(leave), Err(NoResult::Error(Error::Refused { message, .. }, _))) => {
                let (account, message) = (self.account.name.clone(), message.clone());
                leave.refused(Refusal { account, message }).await;
            }
            _ => {}
        }
        result
    }

    async fn leave(&self) -> Result<Leave<'a>, NoResult> {
        let asked = Instant::now();
        let leave = tokio::select! {
            // After a signal, what needs no wait goes on.
            biased;
            leave = self.shared.leave() => leave.map_err(NoResult::SameCredential),
            () = self.batch.stop.requested_now() => Err(NoResult::Interrupted),
        };
        self.waited.set(self.waited.get() + asked.elapsed());
        self.waited_for_others.set(self.waited_for_others.get() + asked.elapsed());
        leave
    }

    async fn attempts(&mut self, step: Step, record: &mut StepReport) -> Result<(), NoResult> {
        loop {
            self.pass_gate().await?;
            // Another account may have met a refusal of the same credential while this one waited.
            if let Some(refusal) = self.shared.known_refusal().filter(|_| step == Step::Update) {
                return Err(NoResult::SameCredential(refusal));
            }
            record.attempts += 1;
            self.requests += 1;
            let batch = self.batch;
            let sent = tokio::select! {
                sent = self.send(step) => sent,
                () = batch.stop.grace_over() => return Err(NoResult::Interrupted),
            };
            let error = match sent {
                Ok(http_status) => {
                    record.http_status = Some(http_status);
                    return Ok(());
                }
                Err(error) => error,
            };
            record.http_status = error.http_status();
            let failure = Failure::from(&error);
            let elapsed = self.started.elapsed().saturating_sub(self.waited_for_others.get());
            let verdict = self.batch.policy.verdict(record.attempts, elapsed, fastrand::f64(), &failure);
            let reason = self.hold_everyone(&error, verdict);
            match verdict {
                Verdict::GiveUp(why) => return Err(NoResult::Error(error, why)),
                Verdict::RetryIn(wait) => self.wait_to_retry(reason, wait).await?,
            }
        }
    }

    /// A 429, or a 503 that names a time, is about the service and not about this account.
    fn hold_everyone(&self, error: &Error, verdict: Verdict) -> WaitReason {
        let hold = match (error.http_status(), error.retry_after(), verdict) {
            (Some(429 | 503), Some(asked), _) => asked,
            (Some(429), None, Verdict::RetryIn(wait)) => wait,
            _ => return WaitReason::Retry,
        };
        self.batch.gate.hold(hold);
        WaitReason::Held
    }

    async fn pass_gate(&self) -> Result<(), NoResult> {
        let asked = Instant::now();
        let patience = self.batch.policy.max_delay;
        let pass = self.batch.gate.pass(patience, |reason, wait| self.tell_wait(reason, wait));
        let passed = tokio::select! {
            biased;
            passed = pass => passed.map_err(NoResult::Paused),
            () = self.batch.stop.requested_now() => Err(NoResult::Interrupted),
        };
        self.waited.set(self.waited.get() + asked.elapsed());
        self.waited_for_others.set(self.waited_for_others.get() + asked.elapsed());
        passed
    }

    async fn wait_to_retry(&self, reason: WaitReason, wait: Duration) -> Result<(), NoResult> {
        self.tell_wait(reason, wait);
        let asked = Instant::now();
        let waited = tokio::select! {
            biased;
            () = self.batch.stop.requested_now() => Err(NoResult::Interrupted),
            () = tokio::time::sleep(wait) => Ok(()),
        };
        self.waited.set(self.waited.get() + asked.elapsed());
        waited
    }

    fn tell_wait(&self, reason: WaitReason, wait: Duration) {
        (self.batch.tell)(Event::Waiting { account: Some(&self.account.name), reason, wait });
    }

    /// Sends the request of a step; what comes back is the HTTP status of a good answer.
    async fn send(&mut self, step: Step) -> Result<u16, Error> {
        if step == Step::LogOn {
            let session = self.batch.client.log_on(&self.account.ensims).await?;
            let http_status = session.last_answer().http_status;
            self.session = Some(session);
            return Ok(http_status);
        }
        let session = self.session.as_mut().ok_or(Error::Unauthorized)?;
        match step {
            Step::LogOn | Step::Update => {
                session.update_jess_session(&self.account.jess).await?;
                let message = session.last_answer().message.clone();
                self.service_message = Some(self.without_secrets(&message));
            }
            Step::VerifySession => {
                if let JessSession::NotValid { .. } = session.jess_session().await? {
                    self.not_ready.push(NotReady::SessionNotValid);
                }
            }
            Step::VerifyAccount => {
                let jess = session.jess_account().await?;
                if jess.suspended == Some(true) {
                    self.not_ready.push(NotReady::Suspended);
                }
                let expected = self.account.jess.username();
                match jess.username {
                    Some(username) if username.eq_ignore_ascii_case(expected) => {}
                    Some(_) => self.not_ready.push(NotReady::OtherJessUser),
                    None => self.not_ready.push(NotReady::NotVerified),
                }
                if jess.suspended.is_none() {
                    self.not_ready.push(NotReady::NotVerified);
                }
            }
        }
        Ok(self.session.as_ref().map_or(200, |session| session.last_answer().http_status))
    }

    /// The outcome of an account that did not get through a step, and our own words about it.
    fn ending(&mut self, step: Step, why: NoResult) -> (Outcome, String) {
        let step_word = step.word();
        let (error, give_up) = match why {
            NoResult::Interrupted => {
                let outcome = Outcome::Stopped { reason: StopReason::Interrupted };
                return (outcome, format!("{step_word}: interrupted before it was done"));
            }
            NoResult::SameCredential(refusal) => {
                self.service_message = Some(self.without_secrets(&refusal.message));
                let outcome = Outcome::Refused { refused_by: Api::Jess };
                return (outcome, format!("same credential as {}; not sent again", refusal.account));
            }
            NoResult::Paused(left) => {
                let outcome = Outcome::Failed { error: FailureKind::Http };
                let left = left.as_secs_f64().ceil();
                return (
                    outcome,
                    format!("{step_word}: not sent; the service wants to be asked again in {left} s"),
                );
            }
            NoResult::Error(error, give_up) => (error, give_up),
        };
        if let Some(message) = error.service_message() {
            self.service_message = Some(self.without_secrets(message));
        }
        let attempts = self.steps.last().map_or(0, |step| step.attempts);
        let rest = match give_up {
            GiveUp::Final => String::new(),
            GiveUp::Attempts => format!(" (tried {attempts} times)"),
            GiveUp::Budget => " (the account's time is used up)".to_owned(),
            GiveUp::AskedToWait(asked) => {
                format!(" (the service wants to be asked again in {} s)", asked.as_secs())
            }
        };
        let error_kind = match &error {
            Error::Refused { by, message, .. } => {
                self.service_message = Some(self.without_secrets(message));
                return (Outcome::Refused { refused_by: *by }, format!("{step_word}: refused"));
            }
            Error::Unauthorized => FailureKind::Unauthorized,
            Error::Http { .. } => FailureKind::Http,
            Error::Connect { .. } => FailureKind::Connect,
            Error::Tls { .. } => FailureKind::Tls,
            Error::Timeout { .. } => FailureKind::Timeout,
            _ => FailureKind::Protocol,
        };
        let what = match &error {
            Error::Http { http_status, .. } => format!("HTTP status {http_status}"),
            other => other.to_string(),
        };
        (Outcome::Failed { error: error_kind }, format!("{step_word}: {what}{rest}"))
    }

    /// A service that repeats a password in its words must not put it into our report.
    fn without_secrets(&self, text: &str) -> String {
        let mut text = text.to_owned();
        let mut secrets =
            [self.account.ensims.password(), self.account.jess.password()].map(ExposeSecret::expose_secret);
        // The longer one first: the other may be a part of it.
        secrets.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
        for secret in secrets {
            // Shorter ones would tear ordinary words apart.
            if secret.len() >= 4 {
                text = text.replace(secret, "[password]");
            }
        }
        text.char_indices().nth(10_000).map_or(text.clone(), |(end, _)| text[..end].to_owned())
    }

    fn report(self, outcome: Outcome, readiness: Readiness, detail: Option<String>) -> AccountReport {
        AccountReport {
            service_message: self.service_message,
            detail,
            readiness,
            start_ms: millis(self.started.duration_since(self.batch.started)),
            duration_ms: millis(self.started.elapsed()),
            waited_ms: millis(self.waited.get()),
            requests: self.requests,
            steps: self.steps,
            ..not_attempted(self.index, self.account, outcome)
        }
    }
}

/// The report of an account for which nothing was sent.
pub(crate) fn not_attempted(index: usize, account: &Account, outcome: Outcome) -> AccountReport {
    AccountReport {
        index,
        name: account.name.clone(),
        email: account.ensims.email().to_owned(),
        jess_username: account.jess.username().to_owned(),
        outcome,
        readiness: Readiness::NotAsked,
        service_message: None,
        detail: None,
        start_ms: 0,
        duration_ms: 0,
        waited_ms: 0,
        requests: 0,
        steps: Vec::new(),
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
