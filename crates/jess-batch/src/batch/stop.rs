//! Ending a run early: which signal came, and how long the requests in progress may still take.

use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;

use crate::outcome::ExitCode;
use crate::platform::Signal;

/// How long requests in progress may go on after a signal.
const GRACE: Duration = Duration::from_secs(10);

impl Signal {
    /// The exit code of a program that this signal ended.
    pub fn exit_code(self) -> ExitCode {
        match self {
            Self::Interrupt => ExitCode::Interrupted,
            Self::Terminate => ExitCode::Terminated,
        }
    }
}

/// Whether the run should end early, and since when.
#[derive(Debug, Default)]
pub struct Stop(watch::Sender<Option<(Signal, Instant)>>);

impl Stop {
    /// Asks the run to end. The first signal is the one that counts.
    pub fn request(&self, signal: Signal) {
        let now = (signal, Instant::now());
        self.0.send_if_modified(|requested| requested.replace(requested.unwrap_or(now)).is_none());
    }

    /// The signal that came, if any.
    pub fn requested(&self) -> Option<Signal> {
        self.0.borrow().map(|(signal, _)| signal)
    }

    /// Waits for a signal.
    pub(super) async fn wait(&self) {
        // The sender lives as long as `self`, so only a signal ends the wait.
        let _ = self.0.subscribe().wait_for(Option::is_some).await;
    }

    /// Waits for a signal, and then until the time for requests in progress is over.
    pub(super) async fn grace_over(&self) {
        self.wait().await;
        let since = self.0.borrow().map_or_else(Instant::now, |(_, since)| since);
        tokio::time::sleep_until(since + GRACE).await;
    }
}
