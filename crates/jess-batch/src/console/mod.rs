//! The only place that prints. Standard output carries data, standard error carries talk.

mod ask;
mod beginning;
mod difference;
mod json_lines;
mod log;
mod progress;
mod run_log;
mod screen;
mod standing;
mod summary;
mod text;

use std::io::{self, Write};

pub(crate) use ask::{NotTyped, can_ask, type_hidden};
pub(crate) use beginning::{FILL_IN, new_job, roster_facts, steps_of_roster};
pub(crate) use difference::difference_text;
pub(crate) use log::{LogFile, LogFormat, start as start_log};
pub(crate) use progress::{Progress, ProgressMode};
pub(crate) use run_log::RunLog;
pub(crate) use standing::{status_table, status_troubles};
pub(crate) use summary::{plan, summary};
pub(crate) use text::shown;

/// Says something to the person at the terminal.
pub(crate) fn say(text: &str) {
    // Nobody is left to tell when standard error is closed.
    let _ = screen::write_lines(format!("{text}\n").as_bytes());
}

/// Gives data to whatever reads standard output.
///
/// # Errors
/// When standard output is closed or full.
pub(crate) fn give(text: &str) -> io::Result<()> {
    give_bytes(format!("{text}\n").as_bytes())
}

/// Gives data of any kind, as it is.
///
/// # Errors
/// When standard output is closed or full.
pub(crate) fn give_bytes(data: &[u8]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(data)?;
    out.flush()
}
