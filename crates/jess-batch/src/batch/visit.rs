//! One account's visit to the service: its session, each step with its retries, and what all that cost.

use std::time::Duration;

use ensims_client::{Error, ExposeSecret, JessSession, Session};
use tokio::time::Instant;
use tracing::Span;

use super::event::{Event, WaitReason};
use super::findings::Findings;
use super::patience::Heard;
use super::retry::{Decision, Failure};
use super::run::Batch;
use super::setback::{Setback, Why};
use super::shared::{Leave, Refusal, SharedCredential};
use crate::job::{Account, Credentials};
use crate::report::{AccountReport, Outcome, Readiness, Step, StepReport};

/// Text from the service is kept up to this length, in characters.
const LONGEST_MESSAGE: usize = 10_000;

/// One account at work.
pub(crate) struct Visit<'a> {
    pub(super) batch: &'a Batch<'a>,
    pub(super) account: &'a Account,
    credentials: &'a Credentials,
    pub(super) index: usize,
    /// The credential that it hands over.
    shared: &'a SharedCredential,
    session: Option<Session>,
    logged_on_again: bool,
    answered: bool,
    pub(super) findings: Findings,
    pub(super) service_message: Option<String>,
    started: Instant,
    /// All waits, and those of them at the gate or for another account, which cost no budget.
    waited: Duration,
    waited_for_others: Duration,
    requests: u32,
    steps: Vec<StepReport>,
}

impl<'a> Visit<'a> {
    pub(super) fn new(
        batch: &'a Batch<'a>,
        index: usize,
        credentials: &'a Credentials,
        shared: &'a SharedCredential,
    ) -> Self {
        Self {
            batch,
            account: &batch.job.accounts[index],
            credentials,
            index,
            shared,
            session: None,
            logged_on_again: false,
            answered: false,
            findings: Findings::default(),
            service_message: None,
            started: Instant::now(),
            waited: Duration::ZERO,
            waited_for_others: Duration::ZERO,
            requests: 0,
            steps: Vec::new(),
        }
    }

    /// The refusal of its JESS credential, where another account has met one already.
    pub(super) fn known_refusal(&self) -> Option<Refusal> {
        self.shared.known_refusal()
    }

    /// What log lines during the visit belong to. Under the client's name: whoever hears the requests hears whose they are.
    pub(super) fn span(&self) -> Span {
        tracing::debug_span!(target: "ensims_client", "steps", account = self.account.name)
    }

    /// Takes a step. A 401 after the log-on is about the token: log on once more and repeat the step once.
    pub(super) async fn take(&mut self, step: Step) -> Result<(), Setback> {
        let at = |step| move |why| Setback { step, why };
        match self.step(step).await {
            Err(why) if why.is_unauthorized() && step != Step::LogOn => {}
            result => return result.map_err(at(step)),
        }
        if !self.logged_on_again {
            self.logged_on_again = true;
            self.step(Step::LogOn).await.map_err(at(Step::LogOn))?;
            match self.step(step).await {
                Err(why) if why.is_unauthorized() => {}
                result => return result.map_err(at(step)),
            }
            // What an account without a JESS session gets here is not documented; it may be a 401.
            if matches!(step, Step::LookSession | Step::VerifySession) {
                self.findings.session_valid = Some(false);
                return Ok(());
            }
        }
        Err(Setback { step, why: Why::last_word(Error::Unauthorized) })
    }

    /// One step, with its retries.
    async fn step(&mut self, step: Step) -> Result<(), Why> {
        let leave = if step == Step::Update { Some(self.leave().await?) } else { None };
        let mut record = StepReport {
            step,
            http_status: None,
            attempts: 0,
            start_ms: millis(self.batch.started.elapsed()),
            duration_ms: 0,
            answer_ms: None,
        };
        let started = Instant::now();
        let result = self.attempts(step, &mut record).await;
        record.duration_ms = millis(started.elapsed());
        if record.attempts > 0 {
            self.steps.push(record);
        }
        match (leave, &result) {
            (Some(leave), Ok(())) => leave.accepted(),
            (Some(leave), Err(why)) => {
                if let Some(message) = why.refusal() {
                    // Others report these words too, and know only their own passwords.
                    let (met_by, message) = (self.account.name.clone(), self.without_secrets(message));
                    leave.refused(Refusal { met_by, message }).await;
                }
            }
            (None, _) => {}
        }
        result
    }

    async fn attempts(&mut self, step: Step, record: &mut StepReport) -> Result<(), Why> {
        loop {
            // An answer may have cleared the token; without one nothing can be asked.
            if step != Step::LogOn && self.session.as_ref().is_none_or(|session| session.token().is_none()) {
                return Err(Why::last_word(Error::Unauthorized));
            }
            self.pass_gate().await?;
            // Another account may have met a refusal of the same credential while this one waited.
            if let Some(refusal) = self.known_refusal().filter(|_| step == Step::Update) {
                return Err(Why::SameCredential(refusal));
            }
            record.attempts += 1;
            self.requests += 1;
            let (batch, sent_at) = (self.batch, Instant::now());
            let sent = tokio::select! {
                sent = self.send(step) => sent,
                () = batch.stop.grace_over() => return Err(Why::Interrupted),
            };
            let answer_ms = millis(sent_at.elapsed());
            let error = match sent {
                Ok(http_status) => {
                    self.answered = true;
                    record.http_status = http_status;
                    record.answer_ms = Some(answer_ms);
                    return Ok(());
                }
                Err(error) => error,
            };
            record.http_status = error.http_status();
            record.answer_ms = error.http_status().map(|_| answer_ms);
            self.answered |= error.http_status().is_some_and(|status| status < 500);
            let elapsed = self.started.elapsed().saturating_sub(self.waited_for_others);
            let decision =
                batch.policy.decide(record.attempts, elapsed, fastrand::f64(), &Failure::from(&error));
            let reason = self.hold_everyone(&error, decision);
            match decision {
                Decision::GiveUp(give_up) => {
                    return Err(Why::Error { error, give_up, attempts: record.attempts });
                }
                Decision::RetryIn(wait) => self.wait_to_retry(reason, wait).await?,
            }
        }
    }

    /// Sends the request of a step; what comes back is the HTTP status of a good answer.
    async fn send(&mut self, step: Step) -> Result<Option<u16>, Error> {
        let session = self.session.as_mut().ok_or(Error::Unauthorized);
        match step {
            Step::LogOn => {
                let session = self.batch.client.log_on(&self.credentials.ensims).await;
                self.session = Some(session.map_err(|error| self.batch.reached.meaning_of(error))?);
            }
            Step::Update => {
                let session = session?;
                session.update_jess_session(&self.credentials.jess).await?;
                // What a look found before is no longer so.
                self.findings = Findings::default();
                let message = session.last_answer().message.clone();
                self.service_message = Some(self.without_secrets(&message));
            }
            Step::LookSession | Step::VerifySession => {
                let answer = session?.jess_session().await?;
                self.findings.session_valid = Some(answer == JessSession::Valid);
            }
            Step::LookAccount | Step::VerifyAccount => {
                self.findings.jess = Some(session?.jess_account().await?);
            }
            Step::LookUsage => self.findings.usage = Some(session?.jess_usage().await?),
        }
        Ok(self.session.as_ref().map(|session| session.last_answer().http_status))
    }

    /// A 429, or a 503 that names a time, is about the service and not about this account.
    fn hold_everyone(&self, error: &Error, decision: Decision) -> WaitReason {
        let hold = match (error.http_status(), error.retry_after(), decision) {
            (Some(429 | 503), Some(asked), _) => asked,
            (Some(429), None, Decision::RetryIn(wait)) => wait,
            _ => return WaitReason::Retry,
        };
        self.batch.gate.hold(hold);
        WaitReason::Held
    }

    /// The leave to send the JESS credential; waits while another account tries it.
    async fn leave(&mut self) -> Result<Leave<'a>, Why> {
        let asked = Instant::now();
        let leave = self.wait(self.shared.leave()).await;
        self.waited_for_others += asked.elapsed();
        leave?.map_err(Why::SameCredential)
    }

    async fn pass_gate(&mut self) -> Result<(), Why> {
        let asked = Instant::now();
        let (batch, account) = (self.batch, self.account);
        let tell = |reason, wait| tell_wait(batch, account, reason, wait);
        let passed = self.wait(batch.gate.pass(batch.policy.max_delay, tell)).await;
        self.waited_for_others += asked.elapsed();
        passed?.map_err(Why::Paused)
    }

    async fn wait_to_retry(&mut self, reason: WaitReason, wait: Duration) -> Result<(), Why> {
        if self.batch.stop.requested().is_some() {
            return Err(Why::Interrupted);
        }
        tell_wait(self.batch, self.account, reason, wait);
        self.wait(tokio::time::sleep(wait)).await
    }

    /// Waits for something, or for a signal. After a signal, what needs no wait goes on.
    async fn wait<T>(&mut self, what: impl Future<Output = T>) -> Result<T, Why> {
        let asked = Instant::now();
        let waited = tokio::select! {
            biased;
            done = what => Ok(done),
            () = self.batch.stop.requested_now() => Err(Why::Interrupted),
        };
        self.waited += asked.elapsed();
        waited
    }

    /// A service that repeats a password in its words must not put it into our report.
    pub(super) fn without_secrets(&self, text: &str) -> String {
        let mut text = text.to_owned();
        let mut secrets = [self.credentials.ensims.password(), self.credentials.jess.password()]
            .map(ExposeSecret::expose_secret);
        // The longer one first: the other may be a part of it.
        secrets.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
        for secret in secrets {
            // Shorter ones would tear ordinary words apart.
            if secret.len() >= 4 {
                text = text.replace(secret, "[password]");
            }
        }
        text.char_indices().nth(LONGEST_MESSAGE).map_or(text.clone(), |(end, _)| text[..end].to_owned())
    }

    /// What the visit says about the service.
    pub(super) fn heard(&self) -> Heard {
        match self.requests {
            0 => Heard::NotAsked,
            _ if self.answered => Heard::Answer,
            _ => Heard::Nothing,
        }
    }

    pub(super) fn report(
        self,
        outcome: Outcome,
        readiness: Readiness,
        detail: Option<String>,
    ) -> AccountReport {
        AccountReport {
            index: self.index,
            name: self.account.name.clone(),
            email: self.account.email.clone(),
            jess_username: self.account.jess_username.clone(),
            outcome,
            readiness,
            service_message: self.service_message,
            detail,
            start_ms: millis(self.started.duration_since(self.batch.started)),
            duration_ms: millis(self.started.elapsed()),
            waited_ms: millis(self.waited),
            requests: self.requests,
            steps: self.steps,
        }
    }
}

fn tell_wait(batch: &Batch<'_>, account: &Account, reason: WaitReason, wait: Duration) {
    (batch.tell)(Event::Waiting { account: Some(&account.name), reason, wait });
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
