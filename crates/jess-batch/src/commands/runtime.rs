//! Where the work of a command runs: its log, the asynchronous runtime, and the signals that end it.

use std::path::PathBuf;
use std::sync::Arc;

use super::error::{CommandError, CommandResult, exit_code_of};
use crate::batch::Stop;
use crate::cli::{OutputArguments, WorkArguments};
use crate::console::{LogFile, shown, start_log, status};
use crate::job::{Job, UnresolvedJob, check_log};
use crate::outcome::ExitCode;
use crate::platform::{Signal, Signals, show_path};

/// Starts the log, as the options and `RUST_LOG` ask for it. Returns its file, if it has one. `jobs`: those that were
/// read, if they have no mistakes.
///
/// # Errors
/// When its file cannot be used: the jobs may read it, or write a report to it.
pub(super) fn start_logging(
    work: &WorkArguments,
    output: &OutputArguments,
    jobs: Option<&[UnresolvedJob]>,
) -> Result<Option<Arc<LogFile>>, CommandError> {
    let mut file = None;
    // What a job with mistakes reads is not known, so no file with content is touched.
    let is_blank = |path: &PathBuf| path.metadata().map_or(true, |file| file.len() == 0);
    if let Some(path) = work.log_file.as_ref().filter(|path| jobs.is_some() || is_blank(path)) {
        let checked = check_log(path, jobs.unwrap_or_default()).map_err(str::to_owned);
        let opened = checked.and_then(|()| LogFile::open(path).map_err(|error| error.to_string()));
        file = Some(Arc::new(opened.map_err(|problem| {
            let path = shown(&show_path(path));
            CommandError::Usage(format!("--log-file {path} cannot be used: {problem}; nothing was sent"))
        })?));
    }
    start_log(output.verbose, std::env::var("RUST_LOG").ok().as_deref(), work.log_format, file.clone());
    Ok(file)
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

/// The work on one job after another, until a second signal: the first one asks it to stop. The exit code is the greatest; a
/// log file that lacks lines raises 0 to 1.
pub(super) fn for_each_job(
    jobs: &[Job],
    log: Option<&LogFile>,
    stop: &Stop,
    quiet: bool,
    work: &impl AsyncFn(&Job) -> CommandResult,
) -> CommandResult {
    let all = async {
        let mut exit_code = ExitCode::Success;
        for job in jobs {
            let ended = if let Some(signal) = stop.requested() {
                // Its last report may be a good one, so it is left alone.
                status(&format!("{}: not started.", shown(&job.settings.source.to_string())));
                signal.exit_code()
            } else {
                // An error of one job does not stop the others.
                exit_code_of(work(job).await)
            };
            exit_code = exit_code.max(ended);
        }
        let lacks_lines = log.is_some_and(LogFile::lacks_lines);
        if lacks_lines { exit_code.max(ExitCode::SomeFailed) } else { exit_code }
    };
    block_on(async {
        tokio::select! {
            exit_code = all => Ok(exit_code),
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
