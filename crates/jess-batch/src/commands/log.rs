//! The log of a command, as its flags and `RUST_LOG` ask for it.

use crate::cli::{JobArguments, LogArguments};
use crate::console::{LogFile, say, shown, start_log};
use crate::report::Exit;

/// Starts the log. Where its file cannot be used, this says so.
pub(super) fn log(log: &LogArguments, job: &JobArguments) -> Result<(), Exit> {
    let mut file = None;
    if let Some(path) = &log.log_file {
        let opened = if job.names(path) {
            Err("it is a job file".to_owned())
        } else {
            LogFile::open(path).map_err(|error| error.to_string())
        };
        match opened {
            Ok(opened) => file = Some(opened),
            Err(problem) => {
                let path = shown(&path.display().to_string());
                say(&format!("error: --log-file {path} cannot be used: {problem}; nothing was sent"));
                return Err(Exit::BadInput);
            }
        }
    }
    start_log(log.verbose, std::env::var("RUST_LOG").ok().as_deref(), log.log_format, file);
    Ok(())
}
