//! Standard error, which words, log lines and the progress bar share.

use std::io::{self, Write};
use std::sync::{Mutex, MutexGuard, PoisonError};

use indicatif::ProgressBar;

/// The bar at the bottom of the terminal. Jobs run one after another, so there is one at most.
static BAR: Mutex<Option<ProgressBar>> = Mutex::new(None);

/// Keeps a bar below all lines until [`take_bar_away`].
pub(super) fn show_bar(bar: &ProgressBar) {
    *shown_bar() = Some(bar.clone());
}

/// Leaves a clean line where the bar was.
pub(super) fn take_bar_away() {
    if let Some(bar) = shown_bar().take() {
        bar.finish_and_clear();
    }
}

/// Writes whole lines. The bar makes way for them and comes back below.
pub(super) fn write_lines(lines: &[u8]) -> io::Result<()> {
    let write = || io::stderr().lock().write_all(lines);
    match &*shown_bar() {
        // Not the `suspend` of indicatif's `MultiProgress`: that one panics when the terminal is gone.
        Some(bar) => bar.suspend(write),
        None => write(),
    }
}

fn shown_bar() -> MutexGuard<'static, Option<ProgressBar>> {
    BAR.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Standard error for the log, which gives it one whole line at a time.
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
