//! The only place that prints. Standard output carries data, standard error carries talk.

mod color;
mod difference;
mod json_lines;
mod log;
mod no_echo;
mod plan;
mod progress;
mod prompt;
mod run_log;
mod screen;
mod setup;
mod status_table;
mod summary;
mod table;
mod text;

use std::io::{self, Write};

use crate::job::JobSource;

pub use color::{ColorMode, set_color};
pub use difference::difference_text;
pub use log::{LogFile, LogFormat, start_log};
pub use plan::plan;
pub use progress::{Progress, ProgressMode};
pub use prompt::{PromptError, can_prompt, prompt_hidden};
pub use run_log::RunLog;
pub use setup::{new_job_text, roster_text, steps_for_examples, steps_for_roster};
pub use status_table::{status_table, status_text};
pub use summary::summary;
pub use text::{count, shown, styled_error};

/// Writes a message for the person at the terminal to standard error.
pub fn status(text: &str) {
    // Nobody is left to hear it if standard error is closed.
    let _ = screen::write_lines(format!("{text}\n").as_bytes());
}

/// Reports what is wrong with the work on a job.
pub fn job_error(job: &JobSource, problem: &str) {
    let job = shown(&job.to_string());
    tracing::error!(target: "jess_batch::run", job, problem, "error");
    status(&format!("{} {job}: {problem}.", styled_error("error:")));
}

/// Reports what is wrong with the command line or with the machine.
pub fn usage_error(problem: &str) {
    tracing::error!(target: "jess_batch::run", problem, "error");
    status(&format!("{} {problem}", styled_error("error:")));
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
