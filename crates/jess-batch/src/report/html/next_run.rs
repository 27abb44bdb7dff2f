//! What to do after the corrections: the command that runs the job again.

use crate::outcome::ExitCode;
use crate::remedies::Remedy;
use crate::report::causes::Cause;
use crate::report::model::{Mode, Report, Rerun};

/// How to run the job again.
pub(super) struct NextRun {
    /// What to do before it, and what it does.
    pub(super) words: String,
    /// What to type, if that is known.
    pub(super) command: Option<String>,
}

impl NextRun {
    /// None if a new run would not help: nothing needs attention, or a status check found nothing for a run to do.
    pub(super) fn after(report: &Report, causes: &[Cause<'_>]) -> Option<Self> {
        let has_corrections = causes.iter().any(|cause| cause.remedy.is_correction());
        let needs_run = causes.iter().any(|cause| cause.remedy == Remedy::RunJob);
        if causes.is_empty() || (report.mode == Mode::Status && !has_corrections && !needs_run) {
            return None;
        }
        let (before, run) = if has_corrections {
            ("First correct what you can. Then ", "run")
        } else if causes.iter().all(|cause| cause.remedy == Remedy::AskWhySuspended) {
            ("When the service has helped, ", "run")
        } else {
            ("", "Run")
        };
        let command = report.rerun.as_ref().and_then(Rerun::command);
        let by_systemd = report.rerun.as_ref().is_some_and(|rerun| rerun.arguments.is_none());
        let words = if by_systemd {
            let start = if before.is_empty() { "Start" } else { "start" };
            format!("{before}{start} the systemd service again.")
        } else {
            format!("{before}{run} {}{}", what_it_does(report), if command.is_some() { ":" } else { "." })
        };
        Some(Self { words, command })
    }
}

/// What is to be run, and what it does.
fn what_it_does(report: &Report) -> &'static str {
    let ended_early = report.totals.stopped > 0
        || matches!(report.exit_code(), ExitCode::ServiceDown | ExitCode::Interrupted | ExitCode::Terminated);
    match (report.is_resumable(), ended_early) {
        (false, _) if report.mode == Mode::Status => "the job",
        (false, _) => "the job again",
        (true, false) => "this, which attempts only the accounts that did not succeed",
        (true, true) if report.totals.refused == 0 => "this, which does the rest",
        (true, true) => "this twice, first to do the rest and then to try the refused accounts again",
    }
}
