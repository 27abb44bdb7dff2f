//! The heading of the page, and what a reader must know before trusting it.

use crate::diagnostics::counted;
use crate::job::Verify;
use crate::outcome::{AccountResult, ExitCode, Outcome, StopReason};
use crate::report::causes::Cause;
use crate::report::model::{Mode, Report};

/// The result in a few sentences.
pub(super) struct Heading {
    /// "57 of 60 can simulate."
    pub(super) result: String,
    /// "3 need help." in parts that are not broken across lines.
    pub(super) open: Vec<String>,
    /// More sentences about the numbers.
    pub(super) notes: Vec<String>,
}

impl Heading {
    pub(super) fn of(report: &Report, causes: &[Cause<'_>]) -> Self {
        let (mut need_help, mut wait) = (0, 0);
        for cause in causes {
            let count = if cause.remedy.is_wait() { &mut wait } else { &mut need_help };
            *count += cause.accounts.len();
        }
        let selected = report.selected();
        let good = selected - need_help - wait;
        let can_simulate = report.mode == Mode::Status || report.job.verify != Verify::None;
        let success = if can_simulate { "can simulate" } else { done(report) };
        let result = if good < selected || selected == 1 {
            format!("{good} of {selected} {success}.")
        } else if can_simulate {
            format!("All {selected} {success}.")
        } else {
            format!("All {selected} are {success}.")
        };
        Self { result, open: open(need_help, wait, report.mode), notes: notes(report) }
    }
}

/// What a run has done with an account that succeeded.
fn done(report: &Report) -> &'static str {
    let done_before = report.accounts.iter().any(AccountResult::was_done_earlier);
    if report.totals.unchanged > 0 || done_before { "up to date" } else { "updated" }
}

fn open(need_help: usize, wait: usize, mode: Mode) -> Vec<String> {
    let what = if mode == Mode::Status { "check" } else { "run" };
    let help = counted(need_help, "needs help", "need help");
    let rest = format!("{} for another {what}.", counted(wait, "waits", "wait"));
    match (need_help, wait) {
        (0, 0) => Vec::new(),
        (_, 0) => vec![help + "."],
        (0, _) => vec![rest],
        (_, _) => vec![help + ",", rest],
    }
}

fn notes(report: &Report) -> Vec<String> {
    let done_before = report.accounts.iter().filter(|account| account.was_done_earlier()).count();
    let left_out = report.accounts.len() - report.selected();
    let mut notes = Vec::new();
    if report.totals.unchanged > 0 {
        notes.push(counted(report.totals.unchanged, "was valid already.", "were valid already."));
    }
    if done_before > 0 {
        let was_done = counted(done_before, "was done", "were done");
        notes.push(format!("{was_done} by the run that this one resumes."));
    }
    if left_out > 0 {
        notes.push(counted(left_out, "was left out.", "were left out."));
    }
    notes
}

/// What makes the run unlike an ordinary one, in a title and a text; the most important first.
pub(super) fn warnings(report: &Report) -> Vec<(&'static str, &'static str)> {
    let mut warnings = Vec::new();
    if report.service.sandbox {
        warnings.push((
            "This is a rehearsal",
            "Nothing was sent to ENSIMS. The answers are invented, so do not send anybody a message from this page.",
        ));
    }
    let max_failures = Outcome::Stopped { reason: StopReason::MaxFailures };
    match (report.exit_code(), report.mode) {
        (ExitCode::Interrupted | ExitCode::Terminated, Mode::Run) => warnings.push((
            "This run was interrupted",
            "The page shows what was done until then. Run the job again to do the rest.",
        )),
        (ExitCode::Interrupted | ExitCode::Terminated, Mode::Status) => {
            warnings.push(("This check was interrupted", "The page shows what was found until then."));
        }
        (ExitCode::ServiceDown, _) => {
            warnings.push(("The service was down", "It could not be reached, or stopped answering."));
        }
        _ if report.accounts.iter().any(|account| account.outcome == max_failures) => warnings.push((
            "This run stopped early",
            "As many accounts as --max-failures allows did not succeed. Check them first, then run the job again.",
        )),
        _ => {}
    }
    warnings
}
