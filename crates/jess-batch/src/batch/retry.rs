//! Whether to retry, and when: one pure function of what is known.

use std::time::Duration;

use ensims_client::Error;

/// How failed requests are retried.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct RetryPolicy {
    /// The ceiling of the first delay; it doubles with each attempt.
    pub(super) first_delay: Duration,
    /// The longest delay.
    pub(super) max_delay: Duration,
    /// Requests of one step, the first included.
    pub(super) attempts: u32,
    /// Time limit of one account.
    pub(super) budget: Duration,
}

/// What a failed request means for the next one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Failure {
    pub(super) transient: bool,
    pub(super) retry_after: Option<Duration>,
}

/// What to do after a failed request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Decision {
    /// Send it again after this wait.
    RetryIn(Duration),
    /// Do not send it again.
    GiveUp(GiveUp),
}

/// Why a request is not sent again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum GiveUp {
    /// A retry cannot help.
    Final,
    /// All attempts are used up.
    Attempts,
    /// The account's time is used up.
    Budget,
    /// The service asks for a longer wait than the policy allows.
    AskedToWait(Duration),
}

impl RetryPolicy {
    /// The policy of a job: delays of up to half a second at first, and up to half a minute.
    pub(super) fn new(attempts: u32, budget: Duration) -> Self {
        Self { first_delay: Duration::from_millis(500), max_delay: Duration::from_secs(30), attempts, budget }
    }

    /// Decides after attempt number `attempt` (from 1), `elapsed` into the account's budget. `random` is from 0 to 1:
    /// each delay is that part of its ceiling, so that many clients do not come back together. A wait is never shorter
    /// than `Retry-After` asks for.
    pub(super) fn decide(&self, attempt: u32, elapsed: Duration, random: f64, failure: &Failure) -> Decision {
        if !failure.transient {
            return Decision::GiveUp(GiveUp::Final);
        }
        let left = self.budget.saturating_sub(elapsed);
        if let Some(asked) = failure.retry_after.filter(|asked| *asked > self.max_delay.min(left)) {
            return Decision::GiveUp(GiveUp::AskedToWait(asked));
        }
        if attempt >= self.attempts {
            return Decision::GiveUp(GiveUp::Attempts);
        }
        let doubled = self.first_delay.saturating_mul(1 << attempt.saturating_sub(1).min(16));
        let jittered = doubled.min(self.max_delay).mul_f64(random.clamp(0.0, 1.0));
        let wait = failure.retry_after.map_or(jittered, |asked| asked.max(jittered));
        if wait >= left { Decision::GiveUp(GiveUp::Budget) } else { Decision::RetryIn(wait) }
    }
}

impl From<&Error> for Failure {
    fn from(error: &Error) -> Self {
        Self { transient: error.is_transient(), retry_after: error.retry_after() }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{ProptestConfig, any, proptest};

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn policy() -> RetryPolicy {
        RetryPolicy { first_delay: SECOND, max_delay: 8 * SECOND, attempts: 5, budget: 60 * SECOND }
    }

    #[test]
    fn decide_follows_the_table() {
        use Decision::{GiveUp as Stop, RetryIn};
        use GiveUp::{AskedToWait, Attempts, Budget, Final};
        // transient, asked to wait (s), attempt, elapsed (s), random, verdict
        let table = [
            (false, None, 1, 0, 0.5, Stop(Final)),
            (false, Some(1), 1, 0, 0.5, Stop(Final)),
            (true, None, 1, 0, 0.0, RetryIn(Duration::ZERO)),
            (true, None, 1, 0, 1.0, RetryIn(SECOND)),
            (true, None, 2, 0, 1.0, RetryIn(2 * SECOND)),
            (true, None, 3, 0, 0.5, RetryIn(2 * SECOND)),
            (true, None, 4, 0, 1.0, RetryIn(8 * SECOND)),
            (true, None, 5, 0, 1.0, Stop(Attempts)),
            (true, Some(3), 1, 0, 0.5, RetryIn(3 * SECOND)),
            (true, Some(0), 1, 0, 1.0, RetryIn(SECOND)),
            (true, Some(8), 1, 0, 0.5, RetryIn(8 * SECOND)),
            (true, Some(9), 1, 0, 0.5, Stop(AskedToWait(9 * SECOND))),
            (true, Some(9), 5, 0, 0.5, Stop(AskedToWait(9 * SECOND))),
            (true, Some(u64::MAX), 1, 0, 0.5, Stop(AskedToWait(Duration::from_secs(u64::MAX)))),
            (true, Some(5), 1, 58, 0.5, Stop(AskedToWait(5 * SECOND))),
            (true, None, 4, 55, 1.0, Stop(Budget)),
            (true, None, 1, 61, 0.0, Stop(Budget)),
        ];
        for (transient, asked, attempt, elapsed, random, expected) in table {
            let failure = Failure { transient, retry_after: asked.map(Duration::from_secs) };
            let decision = policy().decide(attempt, Duration::from_secs(elapsed), random, &failure);
            assert_eq!(decision, expected, "{failure:?}, attempt {attempt}, after {elapsed} s");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(512))]
        #[test]
        fn retry_wait_respects_service_ceiling_and_budget(
            asked in any::<Option<u32>>(), attempt in 1..40_u32, elapsed in 0..100_u64, random in 0.0..=1.0,
        ) {
            let retry_after = asked.map(|asked| Duration::from_millis(asked.into()));
            let failure = Failure { transient: true, retry_after };
            let elapsed = Duration::from_secs(elapsed);
            if let Decision::RetryIn(wait) = policy().decide(attempt, elapsed, random, &failure) {
                assert!(wait >= retry_after.unwrap_or_default());
                assert!(wait <= policy().max_delay);
                assert!(elapsed + wait < policy().budget);
            }
        }
    }
}
