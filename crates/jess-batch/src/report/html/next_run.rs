//! What to do after the corrections: the command that runs the job again.

use crate::outcome::{ExitCode, Remedy};
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
            ("Correct first what you can. Then ", "run")
        } else if causes.iter().all(|cause| cause.remedy.is_for_service()) {
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
    let resumes = report.rerun.as_ref().is_some_and(|rerun| rerun.resumes);
    match (resumes, ended_early) {
        (false, _) if report.mode == Mode::Status => "the job",
        (false, _) => "the job again",
        (true, false) => "this, which does only the accounts that did not succeed",
        (true, true) if report.totals.refused == 0 => "this, which does the rest",
        (true, true) => "this twice, first to do the rest and then to try the refused accounts again",
    }
}

#[cfg(test)]
mod tests {
    use ensims_client::Api;

    use super::*;
    use crate::outcome::{AccountResult, NotReady, Outcome, Readiness, StopReason};
    use crate::report::causes::causes;
    use crate::report::testing::{account, interrupted, report, status};

    const RESUME: [&str; 3] = ["run", "my lab.yaml", "--resume"];

    fn rerun(resumes: bool, arguments: Option<&[&str]>) -> Rerun {
        let arguments = arguments.map(|words| words.iter().map(|word| (*word).to_owned()).collect());
        Rerun { resumes, arguments }
    }

    /// The words and the command that the page shows.
    fn next(mut report: Report, rerun: Option<Rerun>) -> Option<(String, Option<String>)> {
        report.rerun = rerun;
        NextRun::after(&report, &causes(&report)).map(|next| (next.words, next.command))
    }

    fn assert_next(report: Report, rerun: Option<Rerun>, words: &str, command: Option<&str>) {
        let expected = Some((words.to_owned(), command.map(str::to_owned)));
        assert_eq!(next(report, rerun), expected);
    }

    #[test]
    fn next_run_shows_the_exact_command_and_what_it_does() {
        let refused = account(0, Outcome::Refused { refused_by: Api::Ensims });
        let stopped = account(1, Outcome::Stopped { reason: StopReason::Interrupted });
        let suspended = AccountResult {
            readiness: Readiness::NotReady(vec![NotReady::Suspended]),
            ..account(2, Outcome::Updated)
        };
        let resume = || Some(rerun(true, Some(&RESUME)));
        let command = Some("jess-batch run 'my lab.yaml' --resume");

        let both = interrupted(vec![refused.clone(), stopped.clone()]);
        let twice = "Correct first what you can. Then run this twice, first to do the rest and then to try the \
                     refused accounts again:";
        assert_next(both, resume(), twice, command);
        let rest = interrupted(vec![stopped]);
        assert_next(rest, resume(), "Run this, which does the rest:", command);
        let service = report(vec![suspended.clone()]);
        let helped =
            "When the service has helped, run this, which does only the accounts that did not succeed:";
        assert_next(service, resume(), helped, command);

        let piped = "Correct first what you can. Then run the job again.";
        assert_next(report(vec![refused.clone()]), None, piped, None);
        let service = "Correct first what you can. Then start the systemd service again.";
        let systemd = Some(rerun(true, None));
        assert_next(report(vec![refused]), systemd, service, None);

        assert_eq!(next(report(vec![account(0, Outcome::Updated)]), resume()), None);
        let checked = AccountResult { outcome: Outcome::Checked, ..suspended };
        assert_eq!(next(status(vec![checked]), resume()), None);
    }
}
