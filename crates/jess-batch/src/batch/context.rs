//! What all accounts of a batch share.

use tokio::time::Instant;

use super::circuit_breaker::CircuitBreaker;
use super::event::Listener;
use super::gate::Gate;
use super::next_step::Goal;
use super::preflight::ServiceInfo;
use super::retry::RetryPolicy;
use super::stop::Stop;
use crate::outcome::StopReason;

/// What all accounts of a batch share.
pub(super) struct Context<'a> {
    pub(super) goal: Goal,
    pub(super) gate: Gate,
    pub(super) policy: RetryPolicy,
    pub(super) breaker: CircuitBreaker,
    pub(super) stop: &'a Stop,
    pub(super) listener: &'a Listener<'a>,
    pub(super) service: ServiceInfo,
    pub(super) started: Instant,
}

impl Context<'_> {
    /// Why no further account should start, if so.
    pub(super) fn stopped(&self) -> Option<StopReason> {
        self.stop.requested().map(|_| StopReason::Interrupted).or_else(|| self.breaker.is_open())
    }
}
