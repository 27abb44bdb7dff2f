//! Politeness belongs to the host: one gate for all accounts of a run.
//!
//! It holds the slots (accounts at once), the rate (requests a second) and a hold that the service can ask for.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::{Instant, sleep_until};

use super::event::WaitReason;
use crate::job::{Limits, Rate};

/// Far beyond any run's patience, and still within what a clock can count.
const LONGEST_HOLD: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// The gate of one run.
#[derive(Debug)]
pub(crate) struct Gate {
    slots: Semaphore,
    rate: Rate,
    pace: Mutex<Pace>,
}

#[derive(Debug)]
struct Pace {
    /// When the next request would start if all kept the exact rate.
    next: Instant,
    /// Nobody sends before this.
    held_until: Instant,
}

/// The right of one account to be at work; given back on drop.
pub(crate) type Slot<'a> = SemaphorePermit<'a>;

impl Gate {
    pub(crate) fn new(limits: &Limits) -> Self {
        let now = Instant::now();
        Self {
            slots: Semaphore::new(limits.concurrency),
            rate: limits.rate,
            pace: Mutex::new(Pace { next: now, held_until: now }),
        }
    }

    /// Waits for a free slot. First come, first served.
    pub(crate) async fn slot(&self) -> Slot<'_> {
        self.slots.acquire().await.expect("the gate never closes its slots")
    }

    /// Waits until one more request may start, and says before each wait how long it is.
    ///
    /// A pause that the service asks for is kept in full; where it is longer than `patience`, this gives up at
    /// once with what is left of it.
    pub(crate) async fn pass(
        &self,
        patience: Duration,
        tell: impl Fn(WaitReason, Duration),
    ) -> Result<(), Duration> {
        loop {
            let held_until = self.held_until();
            let left = held_until.saturating_duration_since(Instant::now());
            if left > patience {
                return Err(left);
            }
            wait_until(held_until, WaitReason::Held, &tell).await;
            let turn = self.take_turn();
            wait_until(turn, WaitReason::Rate, &tell).await;
            if self.held_until() <= Instant::now() {
                return Ok(());
            }
        }
    }

    /// The service asked for a pause: everyone waits, not only who heard it.
    pub(crate) fn hold(&self, asked: Duration) {
        let asked = asked.min(LONGEST_HOLD);
        let mut pace = self.pace();
        pace.held_until = pace.held_until.max(Instant::now() + asked);
    }

    /// The earliest moment for one more request. At most a tenth of a second's requests come in a burst.
    fn take_turn(&self) -> Instant {
        let now = Instant::now();
        let Rate::PerSecond(rate) = self.rate else { return now };
        let interval = Duration::from_secs_f64(1.0 / rate);
        let burst = interval.mul_f64((rate / 10.0).floor().max(1.0) - 1.0);
        let mut pace = self.pace();
        let next = pace.next.max(now);
        pace.next = next + interval;
        next.checked_sub(burst).map_or(now, |turn| turn.max(now))
    }

    fn held_until(&self) -> Instant {
        self.pace().held_until
    }

    fn pace(&self) -> MutexGuard<'_, Pace> {
        // The lock is never held across anything that can panic.
        self.pace.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn wait_until(moment: Instant, reason: WaitReason, tell: &impl Fn(WaitReason, Duration)) {
    let wait = moment.saturating_duration_since(Instant::now());
    if !wait.is_zero() {
        tell(reason, wait);
        sleep_until(moment).await;
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use futures::future::join_all;

    use super::*;

    fn gate(concurrency: usize, rate: Rate) -> Gate {
        Gate::new(&Limits { concurrency, rate, ..Limits::default() })
    }

    async fn starts(gate: &Gate, requests: usize) -> Vec<u128> {
        let start = Instant::now();
        let starts = RefCell::new(Vec::new());
        join_all((0..requests).map(|_| async {
            gate.pass(Duration::from_secs(30), |_, _| ()).await.expect("no long hold");
            starts.borrow_mut().push(start.elapsed().as_millis());
        }))
        .await;
        starts.into_inner()
    }

    #[tokio::test(start_paused = true)]
    async fn the_rate_is_kept_with_a_small_burst() {
        let slow = starts(&gate(8, Rate::PerSecond(10.0)), 4).await;
        assert_eq!(slow, [0, 100, 200, 300]);
        let fast = starts(&gate(8, Rate::PerSecond(100.0)), 200).await;
        assert_eq!(fast.iter().filter(|start| **start == 0).count(), 10);
        let in_first_second = fast.iter().filter(|start| **start < 1000).count();
        assert!(in_first_second <= 110, "{in_first_second}");
        assert_eq!(starts(&gate(8, Rate::Unlimited), 3).await, [0, 0, 0]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_hold_stops_everyone_and_the_longest_one_counts() {
        let gate = gate(8, Rate::Unlimited);
        gate.hold(Duration::from_secs(3));
        gate.hold(Duration::from_secs(1));
        assert_eq!(starts(&gate, 3).await, [3000, 3000, 3000]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_hold_beyond_patience_is_told_and_not_waited_for() {
        let gate = gate(8, Rate::Unlimited);
        gate.hold(Duration::from_secs(u64::MAX));
        let start = Instant::now();
        let left = gate.pass(Duration::from_secs(30), |_, _| ()).await;
        assert_eq!((left, start.elapsed()), (Err(LONGEST_HOLD), Duration::ZERO));
    }

    #[tokio::test(start_paused = true)]
    async fn a_hold_counts_for_those_who_wait_for_their_turn() {
        let gate = gate(8, Rate::PerSecond(10.0));
        let (starts, ()) = tokio::join!(starts(&gate, 3), async {
            tokio::time::sleep(Duration::from_millis(50)).await;
            gate.hold(Duration::from_secs(1));
        });
        assert_eq!(starts[0], 0);
        assert!(starts[1..].iter().all(|start| *start >= 1050), "{starts:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn slots_are_given_in_order_and_come_back() {
        let gate = gate(1, Rate::Unlimited);
        let order = RefCell::new(Vec::new());
        join_all((0..3).map(|number| {
            let (gate, order) = (&gate, &order);
            async move {
                let _slot = gate.slot().await;
                order.borrow_mut().push(number);
                tokio::task::yield_now().await;
            }
        }))
        .await;
        assert_eq!(order.into_inner(), [0, 1, 2]);
        let slot = gate.slot().await;
        assert!(futures::FutureExt::now_or_never(gate.slot()).is_none(), "the one slot is taken");
        drop(slot);
        assert!(futures::FutureExt::now_or_never(gate.slot()).is_some(), "a cancelled wait keeps no slot");
    }
}
