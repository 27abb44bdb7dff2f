//! The only place that prints. Standard output carries data, standard error carries talk.

mod color;
mod difference;
mod json_lines;
mod log;
mod message;
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

pub use color::{ColorMode, set_color};
pub use difference::difference_text;
pub use log::{LogFile, LogFormat, start_log};
pub use message::{data, data_line, job_error, status, status_wrapped, usage_error};
pub use plan::plan;
pub use progress::{Progress, ProgressMode};
pub use prompt::{PromptError, can_prompt, prompt_hidden};
pub use run_log::RunLog;
pub use setup::{new_job_text, roster_text, steps_for_examples, steps_for_roster};
pub use status_table::{status_table, status_text};
pub use summary::summary;
pub use text::{count, shown};
