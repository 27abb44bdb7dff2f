//! The run after this one: whether it can resume this one, and what to type for it.

use ensims_client::DEFAULT_ADDRESS;

use super::to_do::ToDo;
use crate::report::exit::Exit;
use crate::report::outcome::{Outcome, SkipReason};
use crate::report::run_report::Report;
use crate::report::shell::shell_word;
use crate::report::visible::works_unseen;

/// How to do what this run has left.
pub(super) struct NextRun {
    /// What to do before it, and what it does.
    pub(super) words: String,
    /// What to type, where that is known.
    pub(super) command: Option<Command>,
    /// Whether this run left accounts out that the next one would do.
    pub(super) does_more: bool,
    /// Whether an option may have said which service was asked: it was not the usual one.
    pub(super) asks_elsewhere: bool,
}

/// A command and its option.
pub(super) struct Command {
    pub(super) run: String,
    pub(super) option: Option<&'static str>,
}

impl NextRun {
    /// `to_do`: what is to be done about those who are listed.
    pub(super) fn after(report: &Report, to_do: &[ToDo]) -> Self {
        let (first, then) = if to_do.iter().any(|to_do| to_do.is_mending()) {
            ("Correct first what you can. Then ", "run")
        } else if to_do.iter().all(|to_do| to_do.is_for_the_service()) {
            ("When the service has helped, ", "run")
        } else {
            ("", "Run")
        };
        let command = file(report).map(|file| command(report, file));
        let end = if command.is_some() { ":" } else { "." };
        let left_out = Outcome::Skipped { reason: SkipReason::NotSelected };
        Self {
            words: format!("{first}{then} {}{end}", what(report)),
            asks_elsewhere: command.is_some()
                && !report.service.sandbox
                && report.service.url.trim_end_matches('/') != DEFAULT_ADDRESS,
            does_more: report.accounts.iter().any(|account| account.outcome == left_out),
            command,
        }
    }
}

/// Whether `--resume` would take up this run. Where nothing was sent, there is only the run before to take up.
pub(super) fn can_resume(report: &Report) -> bool {
    let resumes = Outcome::Skipped { reason: SkipReason::AlreadyDone };
    let began = report.accounts.iter().any(|account| account.requests > 0 || account.outcome == resumes);
    began && keeps_a_journal(report)
}

fn keeps_a_journal(report: &Report) -> bool {
    !report.service.sandbox && file(report).is_some()
}

/// What is run, and what it does.
fn what(report: &Report) -> &'static str {
    let cut_short = report.totals.stopped > 0
        || matches!(report.exit(), Exit::ServiceDown | Exit::Interrupted | Exit::Terminated);
    if !can_resume(report) {
        "the job again"
    } else if !cut_short {
        "this, which does only those who did not succeed"
    } else if report.totals.refused == 0 {
        "this, which does the rest"
    } else {
        "this twice, first to do the rest and then to try again what was refused"
    }
}

fn command(report: &Report, file: &str) -> Command {
    let option = if report.service.sandbox {
        // Without it the job's own service would be asked, which may be the real one.
        Some("--service sandbox")
    } else {
        can_resume(report).then_some("--resume")
    };
    Command { run: format!("jess-batch run {}", shell_word(file)), option }
}

/// The job file, where it can be named again: not standard input or a pipe, and nothing in it works unseen.
fn file(report: &Report) -> Option<&str> {
    let file = report.job.file.as_str();
    let passing = file == "standard input" || file.starts_with("/dev/") || file.starts_with("/proc/");
    (!passing && !file.chars().any(works_unseen)).then_some(file)
}
