//! The answer at the top of the page, and what a reader must know before trusting it.

use super::next_run::can_resume;
use crate::job::Verify;
use crate::report::exit::Exit;
use crate::report::outcome::{Outcome, SkipReason, StopReason};
use crate::report::run_report::{AccountReport, Report};

/// How the run came out, in a few sentences.
pub(super) struct Answer {
    /// Such as "57 of 60 can simulate."
    pub(super) headline: String,
    /// Such as "3 need help.", in pieces that stay in one line.
    pub(super) open: Vec<String>,
    /// What else belongs to the numbers.
    pub(super) notes: Vec<String>,
}

/// Something that makes the run unlike an ordinary one.
pub(super) struct Warning {
    pub(super) title: &'static str,
    pub(super) text: String,
}

impl Answer {
    pub(super) fn of(report: &Report) -> Self {
        let count = |is: &dyn Fn(&AccountReport) -> bool| report.accounts.iter().filter(|a| is(a)).count();
        let skipped = |reason| count(&|account| account.outcome == Outcome::Skipped { reason });
        let left_out = skipped(SkipReason::NotSelected);
        let done_before = skipped(SkipReason::AlreadyDone);
        let unfinished = count(&|account| matches!(account.outcome, Outcome::Stopped { .. }));
        let asked = report.accounts.len() - left_out;
        let good = count(&AccountReport::is_good) - left_out;
        let need_help = asked - good - unfinished;

        let how = if report.job.verify != Verify::None {
            "can simulate"
        } else if report.totals.unchanged + done_before > 0 {
            "up to date"
        } else {
            "updated"
        };
        let headline = match (good, asked) {
            (1, 1) => format!("1 of 1 {how}."),
            (good, asked) if good == asked && how == "can simulate" => format!("All {asked} {how}."),
            (good, asked) if good == asked => format!("All {asked} are {how}."),
            (good, asked) => format!("{good} of {asked} {how}."),
        };
        let help = (need_help > 0).then(|| many(need_help, "needs help", "need help"));
        let rest = (unfinished > 0).then(|| many(unfinished, "was not finished", "were not finished"));
        let open = match (help, rest) {
            (Some(help), Some(rest)) => vec![help + ",", rest + "."],
            (help, rest) => help.or(rest).map(|only| only + ".").into_iter().collect(),
        };

        let mut notes = Vec::new();
        if report.totals.unchanged > 0 {
            notes.push(many(report.totals.unchanged, "was valid already", "were valid already") + ".");
        }
        if done_before > 0 {
            notes.push(many(done_before, "was", "were") + " done by the run that this one resumes.");
        }
        if left_out > 0 {
            notes.push(many(left_out, "was", "were") + " left out of this run.");
        }
        Self { headline, open, notes }
    }
}

/// The warnings of a run, the weightiest first.
pub(super) fn warnings(report: &Report) -> Vec<Warning> {
    let mut warnings = Vec::new();
    if report.service.sandbox {
        let text =
            "Nothing was sent to ENSIMS. The answers are made up, so send nobody a message from this page.";
        warnings.push(Warning { title: "This is a rehearsal", text: text.to_owned() });
    }
    let again = if can_resume(report) {
        "Run the job again with --resume to do what is left."
    } else {
        "Run the job again."
    };
    let max_failures = Outcome::Stopped { reason: StopReason::MaxFailures };
    match report.exit() {
        Exit::Interrupted | Exit::Terminated => {
            let text = format!("What was done until then is below. {again}");
            warnings.push(Warning { title: "This run was interrupted", text });
        }
        Exit::ServiceDown => {
            let text = format!("It could not be reached, or did not answer any more. {again}");
            warnings.push(Warning { title: "The service was down", text });
        }
        _ if report.accounts.iter().any(|account| account.outcome == max_failures) => {
            let text = format!(
                "As many accounts as --max-failures allows did not succeed. Look at them first. {again}"
            );
            warnings.push(Warning { title: "This run stopped early", text });
        }
        _ => {}
    }
    warnings
}

pub(super) fn many(count: usize, one: &str, more: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { more })
}
