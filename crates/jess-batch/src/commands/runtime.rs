//! Where the work of a command runs: its log, the asynchronous runtime, and the signals that end it.

use std::io;

use super::error::{CommandError, CommandResult};
use crate::batch::{Signal, Stop};
use crate::cli::{JobArguments, OutputArguments, WorkArguments};
use crate::console::{LogFile, shown, start_log, status};
use crate::outcome::ExitCode;

/// Starts the log, as the options and `RUST_LOG` ask for it.
///
/// # Errors
/// When its file cannot be used.
pub(super) fn start_logging(
    work: &WorkArguments,
    output: &OutputArguments,
    job: &JobArguments,
) -> Result<(), CommandError> {
    let mut file = None;
    if let Some(path) = &work.log_file {
        let opened = if job.contain(path) {
            Err("it is a job file".to_owned())
        } else {
            LogFile::open(path).map_err(|error| error.to_string())
        };
        file = Some(opened.map_err(|problem| {
            let path = shown(&path.display().to_string());
            CommandError::Usage(format!("--log-file {path} cannot be used: {problem}; nothing was sent"))
        })?);
    }
    start_log(output.verbose, std::env::var("RUST_LOG").ok().as_deref(), work.log_format, file);
    Ok(())
}

/// Runs work to its end, on this thread.
pub(super) fn block_on<T>(work: impl Future<Output = Result<T, CommandError>>) -> Result<T, CommandError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| CommandError::Usage(format!("the program cannot start: {error}")))?;
    let done = runtime.block_on(work);
    // A name look-up that hangs must not keep the program alive.
    runtime.shutdown_background();
    done
}

/// Runs work until a second signal: the first one asks it to stop.
pub(super) fn block_on_until_second_signal(
    stop: &Stop,
    quiet: bool,
    work: impl Future<Output = ExitCode>,
) -> CommandResult {
    block_on(async {
        tokio::select! {
            exit_code = work => Ok(exit_code),
            signal = second_signal(stop, quiet) => Ok(stop.requested().unwrap_or(signal).exit_code()),
        }
    })
}

async fn second_signal(stop: &Stop, quiet: bool) -> Signal {
    let Ok(mut signals) = Signals::new() else { return std::future::pending().await };
    stop.request(signals.next().await);
    if !quiet {
        status("Stopping after the requests in progress. Press Ctrl-C again to quit immediately.");
    }
    signals.next().await
}

/// The signals that end a run or a question: Ctrl-C, and SIGTERM on Unix.
#[cfg(unix)]
pub(super) struct Signals(tokio::signal::unix::Signal, tokio::signal::unix::Signal);

#[cfg(unix)]
impl Signals {
    pub(super) fn new() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self(signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?))
    }

    pub(super) async fn next(&mut self) -> Signal {
        tokio::select! {
            _ = self.0.recv() => Signal::Interrupt,
            _ = self.1.recv() => Signal::Terminate,
        }
    }
}

/// The signal that ends a run or a question: Ctrl-C.
#[cfg(not(unix))]
pub(super) struct Signals;

#[cfg(not(unix))]
impl Signals {
    #[expect(clippy::unnecessary_wraps, reason = "the same signature as on Unix")]
    pub(super) fn new() -> io::Result<Self> {
        Ok(Self)
    }

    pub(super) async fn next(&mut self) -> Signal {
        match tokio::signal::ctrl_c().await {
            Ok(()) => Signal::Interrupt,
            Err(_) => std::future::pending().await,
        }
    }
}
