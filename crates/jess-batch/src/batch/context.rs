//! What all accounts of a batch share.

use ensims_client::Error;
use tokio::time::Instant;

use super::circuit_breaker::CircuitBreaker;
use super::event::Listener;
use super::gate::Gate;
use super::next_step::Goal;
use super::retry::RetryPolicy;
use super::stop::Stop;
use crate::job::Limits;
use crate::outcome::StopReason;
use crate::secret::Masking;

/// What all accounts of a batch share.
pub(super) struct Context<'a> {
    pub(super) goal: Goal,
    pub(super) gate: Gate,
    pub(super) policy: RetryPolicy,
    pub(super) breaker: CircuitBreaker,
    pub(super) stop: &'a Stop,
    pub(super) listener: &'a Listener<'a>,
    pub(super) masking: Masking<'a>,
    /// Known after the preflight.
    pub(super) service: ServiceInfo,
    pub(super) started: Instant,
}

/// What the service says about itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServiceInfo {
    /// The version of the Users API, if it gave one.
    pub users_version: Option<String>,
    /// The version of the JESS API, if it gave one.
    pub jess_version: Option<String>,
    /// It says that it is a sandbox.
    pub is_sandbox: bool,
    /// It answers 401 even where no log-on is needed, so a 401 says nothing about a password.
    pub(super) always_unauthorized: bool,
}

impl<'a> Context<'a> {
    pub(super) fn new(
        limits: &Limits,
        goal: Goal,
        max_failures: Option<usize>,
        stop: &'a Stop,
        listener: &'a Listener<'a>,
        masking: Masking<'a>,
    ) -> Self {
        Self {
            goal,
            gate: Gate::new(limits.rate),
            policy: RetryPolicy::new(limits.attempts, limits.budget),
            breaker: CircuitBreaker::new(limits.give_up_after, max_failures),
            stop,
            listener,
            masking,
            service: ServiceInfo::default(),
            started: Instant::now(),
        }
    }

    /// Why no further account should start, if so.
    pub(super) fn stop_reason(&self) -> Option<StopReason> {
        self.stop.requested().map(|_| StopReason::Interrupted).or_else(|| self.breaker.stop_reason())
    }
}

impl ServiceInfo {
    /// The same without the passwords that its words repeat.
    pub(super) fn masked(self, masking: &Masking<'_>) -> Self {
        let mask = |version: String| masking.mask(&version, &[], None);
        Self {
            users_version: self.users_version.map(mask),
            jess_version: self.jess_version.map(mask),
            ..self
        }
    }

    /// What an error at the log-on means: a 401 is a refusal, but not from a service that answers 401 to everything.
    pub(super) fn interpret_log_on(&self, error: Error) -> Error {
        if self.always_unauthorized && error.http_status() == Some(401) { Error::Unauthorized } else { error }
    }
}
