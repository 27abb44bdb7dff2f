//! The only place that prints. Standard output carries data, standard error carries talk.

mod ask;
mod beginning;
mod difference;
mod hidden;
mod json_lines;
mod log;
mod progress;
mod run_log;
mod screen;
mod standing;
mod summary;
mod text;

use std::io::{self, Write};

use crate::job::Source;
use crate::report::Exit;

pub(crate) use ask::{NotTyped, can_ask, type_hidden};
pub(crate) use beginning::{first_steps, new_job, roster_facts, steps_of_roster};
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

/// Says what is wrong with the work on a job.
pub(crate) fn trouble(job: &Source, problem: &str) {
    let job = shown(&job.to_string());
    tracing::error!(target: "jess_batch::run", job, problem, "trouble");
    say(&format!("error: {job}: {problem}."));
}

/// Says what is wrong with the command line.
pub(crate) fn misuse(problem: &str) {
    tracing::error!(target: "jess_batch::run", problem, "trouble");
    say(&format!("error: {problem}"));
}

/// Gives data to whatever reads standard output. Where that cannot be, it says so, and the program is to end with the
/// exit code that this returns.
pub(crate) fn give(text: &str) -> Exit {
    give_bytes(format!("{text}\n").as_bytes())
}

/// The same with data of any kind, as it is.
pub(crate) fn give_bytes(data: &[u8]) -> Exit {
    let mut out = io::stdout().lock();
    match out.write_all(data).and_then(|()| out.flush()) {
        Ok(()) => Exit::Success,
        Err(error) => {
            // A reader such as `head` that has enough needs no word.
            if error.kind() != io::ErrorKind::BrokenPipe {
                say(&format!("error: standard output cannot be written: {error}."));
            }
            Exit::SomeFailed
        }
    }
}
