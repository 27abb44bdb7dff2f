//! Standard error, which messages, log lines and the progress bar share.

use std::io::{self, Write};
use std::sync::{Mutex, MutexGuard, PoisonError};

use indicatif::ProgressBar;

/// The bar at the bottom of the terminal. Jobs run one after another, so there is one at most.
static BAR: Mutex<Option<ProgressBar>> = Mutex::new(None);

/// Keeps a bar below all lines until [`remove_bar`].
pub(super) fn set_bar(bar: &ProgressBar) {
    *current_bar() = Some(bar.clone());
}

/// Removes the bar and leaves a clean line.
pub(super) fn remove_bar() {
    if let Some(bar) = current_bar().take() {
        bar.finish_and_clear();
    }
}

/// Writes whole lines. The bar is hidden meanwhile and comes back below.
pub(super) fn write_lines(lines: &[u8]) -> io::Result<()> {
    let write = || io::stderr().lock().write_all(lines);
    match &*current_bar() {
        // Not `MultiProgress::suspend`: that one panics if the terminal is gone.
        Some(bar) => bar.suspend(write),
        None => write(),
    }
}

fn current_bar() -> MutexGuard<'static, Option<ProgressBar>> {
    BAR.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Standard error for the log, which writes one whole line at a time.
pub(super) struct Screen;

impl Write for Screen {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        write_lines(line)?;
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
