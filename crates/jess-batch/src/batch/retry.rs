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

    /// How long to wait before a request is sent again that failed at its attempt number `attempt` (from 1), `elapsed`
    /// into the account's budget. `random` is from 0 to 1: each delay is that part of its ceiling, so that many clients do
    /// not come back together. A wait is never shorter than `Retry-After` asks for.
    pub(super) fn decide(
        &self,
        attempt: u32,
        elapsed: Duration,
        random: f64,
        error: &Error,
    ) -> Result<Duration, GiveUp> {
        if !error.is_transient() {
            return Err(GiveUp::Final);
        }
        let asked = error.retry_after();
        let left = self.budget.saturating_sub(elapsed);
        if let Some(asked) = asked.filter(|asked| *asked > self.max_delay.min(left)) {
            return Err(GiveUp::AskedToWait(asked));
        }
        if attempt >= self.attempts {
            return Err(GiveUp::Attempts);
        }
        let doubled = self.first_delay.saturating_mul(1 << attempt.saturating_sub(1).min(16));
        let jittered = doubled.min(self.max_delay).mul_f64(random.clamp(0.0, 1.0));
        let wait = asked.unwrap_or_default().max(jittered);
        if wait >= left { Err(GiveUp::Budget) } else { Ok(wait) }
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

    fn http(http_status: u16, retry_after: Option<Duration>) -> Error {
        Error::Http { http_status, message: None, retry_after }
    }

    #[test]
    fn decide_follows_the_table() {
        use GiveUp::{AskedToWait, Attempts, Budget, Final};
        // HTTP status, asked to wait (s), attempt, elapsed (s), random, verdict
        let table = [
            (404, None, 1, 0, 0.5, Err(Final)),
            (404, Some(1), 1, 0, 0.5, Err(Final)),
            (503, None, 1, 0, 0.0, Ok(Duration::ZERO)),
            (503, None, 1, 0, 1.0, Ok(SECOND)),
            (503, None, 2, 0, 1.0, Ok(2 * SECOND)),
            (503, None, 3, 0, 0.5, Ok(2 * SECOND)),
            (503, None, 4, 0, 1.0, Ok(8 * SECOND)),
            (503, None, 5, 0, 1.0, Err(Attempts)),
            (503, Some(3), 1, 0, 0.5, Ok(3 * SECOND)),
            (503, Some(0), 1, 0, 1.0, Ok(SECOND)),
            (503, Some(8), 1, 0, 0.5, Ok(8 * SECOND)),
            (503, Some(9), 1, 0, 0.5, Err(AskedToWait(9 * SECOND))),
            (503, Some(9), 5, 0, 0.5, Err(AskedToWait(9 * SECOND))),
            (503, Some(u64::MAX), 1, 0, 0.5, Err(AskedToWait(Duration::from_secs(u64::MAX)))),
            (503, Some(5), 1, 58, 0.5, Err(AskedToWait(5 * SECOND))),
            (503, None, 4, 55, 1.0, Err(Budget)),
            (503, None, 1, 61, 0.0, Err(Budget)),
        ];
        for (http_status, asked, attempt, elapsed, random, expected) in table {
            let error = http(http_status, asked.map(Duration::from_secs));
            let decision = policy().decide(attempt, Duration::from_secs(elapsed), random, &error);
            assert_eq!(decision, expected, "{error:?}, attempt {attempt}, after {elapsed} s");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(512))]
        #[test]
        fn retry_wait_respects_service_ceiling_and_budget(
            asked in any::<Option<u32>>(), attempt in 1..40_u32, elapsed in 0..100_u64, random in 0.0..=1.0,
        ) {
            let retry_after = asked.map(|asked| Duration::from_millis(asked.into()));
            let elapsed = Duration::from_secs(elapsed);
            if let Ok(wait) = policy().decide(attempt, elapsed, random, &http(503, retry_after)) {
                assert!(wait >= retry_after.unwrap_or_default());
                assert!(wait <= policy().max_delay);
                assert!(elapsed + wait < policy().budget);
            }
        }
    }
}
