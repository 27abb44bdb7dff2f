//! Ending early: who asked, and how long what is in flight may still take.

use std::time::Duration;

use tokio::sync::watch;

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

/// Whether the run is to end early.
#[derive(Debug)]
pub(crate) struct Stop(watch::Sender<Option<Signal>>);

impl Stop {
    pub(crate) fn new() -> Self {
        Self(watch::Sender::new(None))
    }

    /// Asks the run to end. The first signal is the one that is reported.
    pub(crate) fn request(&self, signal: Signal) {
        self.0.send_if_modified(|asked| asked.replace(asked.unwrap_or(signal)).is_none());
    }

    pub(crate) fn requested(&self) -> Option<Signal> {
        *self.0.borrow()
    }

    /// Ends when a signal came.
    pub(crate) async fn requested_now(&self) {
        // The sender lives as long as `self`, so the wait can only end with a signal.
        let _ = self.0.subscribe().wait_for(Option::is_some).await;
    }

    /// Ends when a signal came and the time for what is in flight is over.
    pub(crate) async fn grace_over(&self) {
        self.requested_now().await;
        tokio::time::sleep(GRACE).await;
    }
}
