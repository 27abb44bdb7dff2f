//! The only place that prints. Standard output carries data, standard error carries talk.

mod check;
mod json_lines;
mod log;
mod notes;
mod output;
mod progress;
mod prompt;
mod run_log;
mod setup;
mod summary;
mod tables;
mod text;

pub use check::{check_json, check_text};
pub use log::{LogFile, LogFormat, start_log};
pub use notes::{
    print_coverage, print_diagnostics, print_previous, print_unreachable, print_unrecorded, print_warnings,
    print_written,
};
pub use output::{data, data_line, job_error, status, status_wrapped, usage_error};
pub use progress::{Progress, ProgressMode};
pub use prompt::{PromptError, can_prompt, prompt_hidden};
pub use run_log::RunLog;
pub use setup::{new_job_text, roster_text, steps_for_examples, steps_for_roster};
pub use summary::{difference_text, resume_advice, status_text, summary};
pub use tables::status_table;
pub use text::{ColorMode, Stream, set_color, shown};
