//! Where asynchronous work runs, and how signals end it.

use super::error::CommandError;
use super::signals::Signals;
use crate::batch::{Signal, Stop};
use crate::console::status;
use crate::outcome::ExitCode;

/// Runs work to its end, on this thread.
pub(super) fn block_on<T>(work: impl Future<Output = T>) -> Result<T, CommandError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| CommandError::Usage(format!("the program cannot start: {error}")))?;
    let done = runtime.block_on(work);
    // A name look-up that hangs must not keep the program alive.
    runtime.shutdown_background();
    Ok(done)
}

/// Runs work until a second signal: the first one asks it to stop.
pub(super) async fn until_second_signal(
    stop: &Stop,
    quiet: bool,
    work: impl Future<Output = Result<ExitCode, CommandError>>,
) -> Result<ExitCode, CommandError> {
    tokio::select! {
        done = work => done,
        signal = second_signal(stop, quiet) => Ok(stop.requested().unwrap_or(signal).exit_code()),
    }
}

async fn second_signal(stop: &Stop, quiet: bool) -> Signal {
    let Ok(mut signals) = Signals::new() else { return std::future::pending().await };
    stop.request(signals.next().await);
    if !quiet {
        status("Stopping after the requests in progress. Press Ctrl-C again to quit immediately.");
    }
    signals.next().await
}
