//! Standard output, and standard error, which messages, log lines and the progress bar share.

use std::io::{self, Write};
use std::sync::{Mutex, MutexGuard, PoisonError};

use indicatif::ProgressBar;

use super::text::{Stream, error_label, shown, wrap};
use crate::job::JobSource;

/// The bar at the bottom of the terminal. Jobs run one after another, so there is one at most.
static BAR: Mutex<Option<ProgressBar>> = Mutex::new(None);

fn current_bar() -> MutexGuard<'static, Option<ProgressBar>> {
    BAR.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Keeps a bar below all lines until [`remove_bar`].
pub(super) fn set_bar(bar: ProgressBar) {
    *current_bar() = Some(bar);
}

/// Removes the bar and leaves a clean line.
pub(super) fn remove_bar() {
    if let Some(bar) = current_bar().take() {
        bar.finish_and_clear();
    }
}

/// Standard error. Each write is of whole lines; the bar is hidden meanwhile and comes back below.
pub(super) struct Screen;

impl Write for Screen {
    fn write(&mut self, lines: &[u8]) -> io::Result<usize> {
        let write = || io::stderr().lock().write_all(lines);
        match &*current_bar() {
            // Not `MultiProgress::suspend`: that one panics if the terminal is gone.
            Some(bar) => bar.suspend(write)?,
            None => write()?,
        }
        Ok(lines.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Writes a message for the person at the terminal to standard error.
pub fn status(text: &str) {
    // Nobody is left to hear it if standard error is closed.
    let _ = Screen.write(format!("{text}\n").as_bytes());
}

/// Writes a sentence to standard error, within the width of the terminal.
pub fn status_wrapped(sentence: &str) {
    status(&wrap(sentence, Stream::Err.width()));
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
