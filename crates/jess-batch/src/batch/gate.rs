//! Politeness belongs to the host: one gate for all accounts of a run.
//!
//! It holds the slots (accounts at once), the rate (requests a second) and a hold that the service can ask for.

use std::cell::Cell;
use std::time::Duration;

use tokio::sync::{Mutex, Semaphore, SemaphorePermit};
use tokio::time::{Instant, sleep};

use super::event::WaitReason;
use crate::job::{Limits, Rate};

/// Far beyond any run's patience, and still within what a clock can count.
const LONGEST_HOLD: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// The gate of one run.
#[derive(Debug)]
pub(crate) struct Gate {
    slots: Semaphore,
    /// From one request to the next at the exact rate.
    interval: Duration,
    /// How far the requests of a burst may be ahead of that.
    burst: Duration,
    /// When the next request would start if all kept the exact rate. The queue for this lock is the queue at the
    /// gate, first come, first served: only who is first watches the clock, and who leaves takes nothing along.
    next: Mutex<Instant>,
    /// Nobody sends before this.
    held_until: Cell<Instant>,
}

/// The right of one account to be at work; given back on drop.
pub(crate) type Slot<'a> = SemaphorePermit<'a>;

impl Gate {
    pub(crate) fn new(limits: &Limits) -> Self {
        let now = Instant::now();
        let (interval, burst) = match limits.rate {
            Rate::Unlimited => (Duration::ZERO, Duration::ZERO),
            Rate::PerSecond(rate) => {
                let interval = Duration::from_secs_f64(1.0 / rate);
                // A tenth of a second's requests, at least one; the first of them is not ahead.
                (interval, interval.mul_f64((rate / 10.0).floor().max(1.0) - 1.0))
            }
        };
        Self {
            slots: Semaphore::new(limits.concurrency),
            interval,
            burst,
            next: Mutex::new(now),
            held_until: Cell::new(now),
        }
    }

    /// Waits for a free slot. First come, first served.
    pub(crate) async fn slot(&self) -> Slot<'_> {
        self.slots.acquire().await.expect("the gate never closes its slots")
    }

    /// Waits until one more request may start. Who is first in the queue says before each wait how long it is.
    ///
    /// A pause that the service asks for is kept in full; where it is longer than `patience`, this gives up with
    /// what is left of it.
    pub(crate) async fn pass(
        &self,
        patience: Duration,
        tell: impl Fn(WaitReason, Duration),
    ) -> Result<(), Duration> {
        let mut next = self.next.lock().await;
        let first_since = Instant::now();
        loop {
            let now = Instant::now();
            let held = self.held_until.get().saturating_duration_since(now);
            if held > patience {
                return Err(held);
            }
            // Counted from when it was due, not from when the clock woke it: else each request would be a bit late.
            let unheld = first_since.max(self.held_until.get());
            let due = unheld + next.saturating_duration_since(unheld + self.burst);
            let wait = due.saturating_duration_since(now);
            if wait.is_zero() {
                *next = next.max(due) + self.interval;
                return Ok(());
            }
            tell(if held.is_zero() { WaitReason::Rate } else { WaitReason::Held }, wait);
            sleep(wait).await;
        }
    }

    /// The service asked for a pause: everyone waits, not only who heard it.
    pub(crate) fn hold(&self, asked: Duration) {
        let until = Instant::now() + asked.min(LONGEST_HOLD);
        self.held_until.set(self.held_until.get().max(until));
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use futures::future::join_all;
    use futures::{FutureExt, join};
    use tokio::task::yield_now;
    use tokio::time::timeout;

    use super::*;

    const PATIENCE: Duration = Duration::from_secs(30);
    const LONG_BEFORE_ITS_TURN: Duration = Duration::from_millis(50);

    fn gate(concurrency: usize, rate: Rate) -> Gate {
        Gate::new(&Limits { concurrency, rate, ..Limits::default() })
    }

    async fn pass(gate: &Gate) {
        gate.pass(PATIENCE, |_, _| ()).await.expect("no long hold");
    }

    /// When each of so many requests started, in milliseconds from now, in the order in which they asked.
    async fn starts(gate: &Gate, requests: usize) -> Vec<u128> {
        let start = Instant::now();
        let asked = (0..requests).map(|_| async {
            pass(gate).await;
            start.elapsed().as_millis()
        });
        join_all(asked).await
    }

    #[tokio::test(start_paused = true)]
    async fn the_rate_is_kept_with_a_small_burst() {
        let slow = starts(&gate(8, Rate::PerSecond(10.0)), 4).await;
        assert_eq!(slow, [0, 100, 200, 300]);
        let fast = starts(&gate(8, Rate::PerSecond(100.0)), 200).await;
        assert_eq!(fast.iter().filter(|start| **start == 0).count(), 10);
        let in_first_second = fast.iter().filter(|start| **start < 1000).count();
        assert!(in_first_second <= 110, "{in_first_second}");
    }

    #[tokio::test(start_paused = true)]
    async fn without_a_rate_nobody_waits_however_many_there_are() {
        assert_eq!(starts(&gate(8, Rate::Unlimited), 10_000).await, vec![0; 10_000]);
    }

    #[tokio::test(start_paused = true)]
    async fn who_asks_first_starts_first_through_bursts_and_holds() {
        let gate = gate(8, Rate::PerSecond(50.0));
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
    async fn the_pace_goes_on_after_a_hold_with_no_more_than_one_burst() {
        let gate = gate(8, Rate::PerSecond(100.0));
        assert_eq!(starts(&gate, 5).await, [0; 5], "half of a burst");
        gate.hold(Duration::from_secs(2));
        let after = starts(&gate, 30).await;
        assert_eq!(after[..10], [2000; 10]);
        assert_eq!(after[10..13], [2010, 2020, 2030]);
        assert_eq!(after[29], 2200);
    }

    #[tokio::test(start_paused = true)]
    async fn who_gives_up_waiting_costs_the_others_nothing() {
        let gate = gate(8, Rate::PerSecond(10.0));
        pass(&gate).await;
        // The first in the queue leaves, and one from the middle of it.
        let leaves = || timeout(LONG_BEFORE_ITS_TURN, pass(&gate));
        let (first, second, middle, third) = join!(leaves(), starts(&gate, 1), leaves(), starts(&gate, 2));
        assert!(first.is_err() && middle.is_err());
        assert_eq!((second, third), (vec![100], vec![200, 300]));
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
        let all = join_all((0..3).map(|_| gate.pass(PATIENCE, |_, _| ()))).await;
        assert_eq!((all, start.elapsed()), (vec![Err(LONGEST_HOLD); 3], Duration::ZERO));
    }

    #[tokio::test(start_paused = true)]
    async fn the_first_in_the_queue_says_what_it_waits_for() {
        let gate = gate(8, Rate::PerSecond(10.0));
        pass(&gate).await;
        let told = RefCell::new(Vec::new());
        let tell = |reason, wait: Duration| told.borrow_mut().push((reason, wait.as_millis()));
        let (passed, ()) = join!(gate.pass(PATIENCE, tell), async {
            tokio::time::sleep(LONG_BEFORE_ITS_TURN).await;
            gate.hold(Duration::from_secs(1));
        });
        assert_eq!(passed, Ok(()));
        assert_eq!(told.into_inner(), [(WaitReason::Rate, 100), (WaitReason::Held, 950)]);
    }

    #[tokio::test(start_paused = true)]
    async fn slots_are_given_in_order_and_come_back() {
        let gate = gate(2, Rate::Unlimited);
        let (at_work, order) = (Cell::new(0), RefCell::new(Vec::new()));
        let work = |number| {
            let (gate, at_work, order) = (&gate, &at_work, &order);
            async move {
                let _slot = gate.slot().await;
                at_work.set(at_work.get() + 1);
                assert!(at_work.get() <= 2);
                order.borrow_mut().push(number);
                yield_now().await;
                at_work.set(at_work.get() - 1);
            }
        };
        join_all((0..9).map(work)).await;
        assert_eq!(order.into_inner(), [0, 1, 2, 3, 4, 5, 6, 7, 8]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_cancelled_account_keeps_no_slot() {
        let gate = gate(1, Rate::PerSecond(10.0));
        pass(&gate).await;
        let at_the_gate = async {
            let _slot = gate.slot().await;
            pass(&gate).await;
        };
        let for_a_slot = async { drop(gate.slot().await) };
        let soon = LONG_BEFORE_ITS_TURN;
        let (first, second) = join!(timeout(soon, at_the_gate), timeout(soon / 2, for_a_slot));
        assert!(first.is_err() && second.is_err());
        let slot = gate.slot().now_or_never().expect("the slot came back");
        assert!(gate.slot().now_or_never().is_none(), "there is one slot");
        drop(slot);
        assert!(gate.slot().now_or_never().is_some(), "a cancelled wait keeps no slot");
    }
}
