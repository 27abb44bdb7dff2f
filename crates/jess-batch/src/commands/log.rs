//! The log of a command, as its options and `RUST_LOG` ask for it.

use super::error::CommandError;
use crate::cli::{JobArguments, OutputArguments, WorkArguments};
use crate::console::{LogFile, shown, start_log};

/// Starts the log.
///
/// # Errors
/// When its file cannot be used.
pub(super) fn start(
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
