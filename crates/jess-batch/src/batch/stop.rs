//! Ending early: who asked, and how long what is in flight may still take.

use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;

use crate::report::Exit;

/// How long requests in flight may go on after a signal.
const GRACE: Duration = Duration::from_secs(10);

/// The signal that ends a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Signal {
    Interrupt,
    Terminate,
}

impl Signal {
    pub(crate) fn exit(self) -> Exit {
        match self {
            Self::Interrupt => Exit::Interrupted,
            Self::Terminate => Exit::Terminated,
        }
    }
}

/// Whether the run is to end early, and since when.
#[derive(Debug)]
pub(crate) struct Stop(watch::Sender<Option<(Signal, Instant)>>);

impl Stop {
    pub(crate) fn new() -> Self {
        Self(watch::Sender::new(None))
    }

    /// Asks the run to end. The first signal is the one that is reported.
    pub(crate) fn request(&self, signal: Signal) {
        let now = (signal, Instant::now());
        self.0.send_if_modified(|asked| asked.replace(asked.unwrap_or(now)).is_none());
    }

    pub(crate) fn requested(&self) -> Option<Signal> {
        self.0.borrow().map(|(signal, _)| signal)
    }

    /// Ends when a signal came.
    pub(crate) async fn requested_now(&self) {
        // The sender lives as long as `self`, so the wait can only end with a signal.
        let _ = self.0.subscribe().wait_for(Option::is_some).await;
    }

    /// Ends when a signal came and the time for what is in flight is over.
    pub(crate) async fn grace_over(&self) {
        self.requested_now().await;
        let since = self.0.borrow().map_or_else(Instant::now, |(_, since)| since);
        tokio::time::sleep_until(since + GRACE).await;
    }
}
