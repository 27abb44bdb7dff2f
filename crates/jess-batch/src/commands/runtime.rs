//! Where asynchronous work runs, and how signals end it.

use crate::batch::{Signal, Stop};
use crate::console::say;
use crate::report::Exit;

use super::signals::Signals;

/// Runs work to its end, on this thread.
pub(super) fn block_on(work: impl Future<Output = Exit>) -> Exit {
    match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => {
            let exit = runtime.block_on(work);
            // A name look-up that hangs must not keep the program alive.
            runtime.shutdown_background();
            exit
        }
        Err(error) => {
            say(&format!("error: the program cannot start: {error}"));
            Exit::BadInput
        }
    }
}

/// The first signal asks the work to stop, the second one ends it.
pub(super) async fn until_second_signal(stop: &Stop, quiet: bool, work: impl Future<Output = Exit>) -> Exit {
    tokio::select! {
        exit = work => exit,
        signal = second_signal(stop, quiet) => stop.requested().unwrap_or(signal).exit(),
    }
}

async fn second_signal(stop: &Stop, quiet: bool) -> Signal {
    let Ok(mut signals) = Signals::new() else { return std::future::pending().await };
    stop.request(signals.next().await);
    if !quiet {
        say("Stopping: requests in flight end, then the report is written. Once more ends at once.");
    }
    signals.next().await
}
