//! Single messages and data, and where they go.

use std::io::{self, Write};

use super::screen;
use super::table::stderr_width;
use super::text::{error_label, shown, wrap};
use crate::job::JobSource;

/// Writes a message for the person at the terminal to standard error.
pub fn status(text: &str) {
    // Nobody is left to hear it if standard error is closed.
    let _ = screen::write_lines(format!("{text}\n").as_bytes());
}

/// Writes a sentence to standard error, within the width of the terminal.
pub fn status_wrapped(sentence: &str) {
    status(&wrap(sentence, stderr_width()));
}

/// Reports what is wrong with the work on a job.
pub fn job_error(job: &JobSource, problem: &str) {
    let job = shown(&job.to_string());
    tracing::error!(target: "jess_batch::run", job, problem, "error");
    status(&format!("{} {job}: {problem}.", error_label()));
}

/// Reports what is wrong with the command line or with the machine.
pub fn usage_error(problem: &str) {
    tracing::error!(target: "jess_batch::run", problem, "error");
    status(&format!("{} {problem}", error_label()));
}

/// Writes data to standard output as it is.
///
/// # Errors
/// When standard output cannot be written. [`io::ErrorKind::BrokenPipe`] means that a reader such as `head` has enough.
pub fn data(bytes: &[u8]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(bytes)?;
    out.flush()
}

/// Writes a text and a line end to standard output.
///
/// # Errors
/// As [`data`].
pub fn data_line(text: &str) -> io::Result<()> {
    data(format!("{text}\n").as_bytes())
}
