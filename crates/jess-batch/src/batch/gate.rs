//! Limits the rate of all requests of a run, and pauses them when the service asks.
//!
//! It keeps the rate (requests a second) and the hold that the service can ask for.

use std::cell::Cell;
use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::{Instant, sleep};

use super::event::WaitReason;
use crate::job::Rate;

/// Longer than any run waits, and still within what a clock can count.
const MAX_HOLD: Duration = Duration::from_hours(365 * 24);

/// The gate of one run.
#[derive(Debug)]
pub(super) struct Gate {
    /// The time from one request to the next at the exact rate.
    interval: Duration,
    /// How far the requests of a burst may be ahead of that.
    burst: Duration,
    /// When the next request would start if all kept the exact rate. The queue for this lock is the queue at the gate,
    /// first come, first served: only the first watches the clock, and one that leaves takes no turn with it.
    next: Mutex<Instant>,
    /// Nobody sends a request before this.
    held_until: Cell<Instant>,
}

impl Gate {
    pub(super) fn new(rate: Rate) -> Self {
        let now = Instant::now();
        let (interval, burst) = match rate {
            Rate::Unlimited => (Duration::ZERO, Duration::ZERO),
            Rate::PerSecond(rate) => {
                let interval = Duration::from_secs_f64(1.0 / rate);
                // A tenth of a second's requests, at least one; the first of them is not ahead.
                (interval, interval.mul_f64((rate / 10.0).floor().max(1.0) - 1.0))
            }
        };
        Self { interval, burst, next: Mutex::new(now), held_until: Cell::new(now) }
    }

    /// Waits until one more request may start. The first in the queue reports each wait before it begins.
    ///
    /// A hold is kept in full. If it is longer than `max_wait`, this returns the rest of it as an error instead.
    pub(super) async fn pass(
        &self,
        max_wait: Duration,
        on_wait: impl Fn(WaitReason, Duration),
    ) -> Result<(), Duration> {
        let mut next = self.next.lock().await;
        let first_since = Instant::now();
        loop {
            let now = Instant::now();
            let held = self.held_until.get().saturating_duration_since(now);
            if held > max_wait {
                return Err(held);
            }
            // Counted from when it was due, not from when the timer fired, so that small delays do not add up.
            let unheld = first_since.max(self.held_until.get());
            let due = unheld + next.saturating_duration_since(unheld + self.burst);
            let wait = due.saturating_duration_since(now);
            if wait.is_zero() {
                *next = next.max(due) + self.interval;
                return Ok(());
            }
            on_wait(if held.is_zero() { WaitReason::Rate } else { WaitReason::Hold }, wait);
            sleep(wait).await;
        }
    }

    /// The service asked for a pause: everybody waits, not only the account whose request got this answer.
    pub(super) fn hold(&self, asked: Duration) {
        let until = Instant::now() + asked.min(MAX_HOLD);
        self.held_until.set(self.held_until.get().max(until));
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use futures::future::join_all;
    use futures::join;
    use tokio::time::timeout;

    use super::*;

    const MAX_WAIT: Duration = Duration::from_secs(30);
    const BEFORE_ITS_TURN: Duration = Duration::from_millis(50);

    async fn pass(gate: &Gate) {
        gate.pass(MAX_WAIT, |_, _| ()).await.expect("the hold is short");
    }

    /// When each of `requests` started, in milliseconds from now, in the order in which they asked.
    async fn starts(gate: &Gate, requests: usize) -> Vec<u128> {
        let start = Instant::now();
        let asked = (0..requests).map(|_| async {
            pass(gate).await;
            start.elapsed().as_millis()
        });
        join_all(asked).await
    }

    #[tokio::test(start_paused = true)]
    async fn rate_is_kept_with_a_burst_of_a_tenth_of_a_second() {
        let slow = starts(&Gate::new(Rate::PerSecond(10.0)), 4).await;
        assert_eq!(slow, [0, 100, 200, 300]);
        let fast = starts(&Gate::new(Rate::PerSecond(100.0)), 200).await;
        assert_eq!(fast.iter().filter(|start| **start == 0).count(), 10);
        let in_first_second = fast.iter().filter(|start| **start < 1000).count();
        assert!(in_first_second <= 110, "{in_first_second}");
    }

    #[tokio::test(start_paused = true)]
    async fn unlimited_rate_lets_ten_thousand_pass_at_once() {
        assert_eq!(starts(&Gate::new(Rate::Unlimited), 10_000).await, vec![0; 10_000]);
    }

    #[tokio::test(start_paused = true)]
    async fn requests_start_in_order_through_bursts_and_holds() {
        let gate = Gate::new(Rate::PerSecond(50.0));
        let (starts, ()) = join!(starts(&gate, 100), async {
            for pause in [1, 333, 200] {
                tokio::time::sleep(Duration::from_millis(pause)).await;
                gate.hold(Duration::from_millis(300));
            }
        });
        assert!(starts.is_sorted(), "{starts:?}");
        let within_holds = |start: &&u128| {
            (1..301).contains(*start) || (334..634).contains(*start) || (534..834).contains(*start)
        };
        assert_eq!(starts.iter().find(within_holds), None, "{starts:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn rate_resumes_after_a_hold_with_one_burst() {
        let gate = Gate::new(Rate::PerSecond(100.0));
        assert_eq!(starts(&gate, 5).await, [0; 5], "half of a burst");
        gate.hold(Duration::from_secs(2));
        gate.hold(Duration::from_secs(1)); // The longest one counts.
        let after = starts(&gate, 30).await;
        assert_eq!(after[..10], [2000; 10]);
        assert_eq!(after[10..13], [2010, 2020, 2030]);
        assert_eq!(after[29], 2200);
    }

    #[tokio::test(start_paused = true)]
    async fn cancelled_wait_takes_no_turn_from_others() {
        let gate = Gate::new(Rate::PerSecond(10.0));
        pass(&gate).await;
        // The first in the queue leaves, and one from the middle of it.
        let leaves = || timeout(BEFORE_ITS_TURN, pass(&gate));
        let (first, second, middle, third) = join!(leaves(), starts(&gate, 1), leaves(), starts(&gate, 2));
        assert!(first.is_err() && middle.is_err());
        assert_eq!((second, third), (vec![100], vec![200, 300]));
    }

    #[tokio::test(start_paused = true)]
    async fn hold_beyond_max_wait_is_returned_at_once() {
        let gate = Gate::new(Rate::Unlimited);
        gate.hold(Duration::from_secs(u64::MAX));
        let start = Instant::now();
        let all = join_all((0..3).map(|_| gate.pass(MAX_WAIT, |_, _| ()))).await;
        assert_eq!((all, start.elapsed()), (vec![Err(MAX_HOLD); 3], Duration::ZERO));
    }

    #[tokio::test(start_paused = true)]
    async fn first_in_queue_reports_what_it_waits_for() {
        let gate = Gate::new(Rate::PerSecond(10.0));
        pass(&gate).await;
        let reported = RefCell::new(Vec::new());
        let on_wait = |reason, wait: Duration| reported.borrow_mut().push((reason, wait.as_millis()));
        let (passed, ()) = join!(gate.pass(MAX_WAIT, on_wait), async {
            tokio::time::sleep(BEFORE_ITS_TURN).await;
            gate.hold(Duration::from_secs(1));
        });
        assert_eq!(passed, Ok(()));
        assert_eq!(reported.into_inner(), [(WaitReason::Rate, 100), (WaitReason::Hold, 950)]);
    }
}
