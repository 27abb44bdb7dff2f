//! Where the work of a command runs: its log, the asynchronous runtime, and the signals that end it.

use super::error::{CommandError, CommandResult};
use crate::batch::Stop;
use crate::cli::{OutputArguments, WorkArguments};
use crate::console::{LogFile, is_new_or_log, shown, start_log, status};
use crate::job::{UnresolvedJob, check_log};
use crate::outcome::ExitCode;
use crate::platform::{Signal, Signals, show_path};

/// Starts the log, as the options and `RUST_LOG` ask for it. `jobs` are those that were read, if they can be used.
///
/// # Errors
/// When its file cannot be used: the jobs may read it, or write a report to it.
pub(super) fn start_logging(
    work: &WorkArguments,
    output: &OutputArguments,
    jobs: Option<&[UnresolvedJob]>,
) -> Result<(), CommandError> {
    let mut file = None;
    // What a job with mistakes reads is not known.
    if let Some(path) = work.log_file.as_ref().filter(|path| jobs.is_some() || is_new_or_log(path)) {
        let checked = check_log(path, jobs.unwrap_or_default()).map_err(str::to_owned);
        let opened = checked.and_then(|()| LogFile::open(path).map_err(|error| error.to_string()));
        file = Some(opened.map_err(|problem| {
            let path = shown(&show_path(path));
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
