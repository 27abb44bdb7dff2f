//! The report in one line, for mails and logs.

use super::causes::{CauseKind, causes};
use super::model::{Mode, Report};
use crate::diagnostics::shorten;
use crate::outcome::{AccountResult, ExitCode, Outcome, Readiness};

/// The longest name of a job or a file in the line, in characters.
const LONGEST: usize = 80;

/// The report in one line: "Building physics lab (nightly.yaml): 1 of 60 accounts refused by JESS; exit code 1".
pub fn headline(report: &Report) -> String {
    let name = shorten(&report.job.name, LONGEST);
    let file = shorten(&report.job.file, LONGEST);
    let job = match (name == file, report.service.sandbox) {
        (true, false) => name,
        (true, true) => format!("{name} (rehearsal)"),
        (false, false) => format!("{name} ({file})"),
        (false, true) => format!("{name} ({file}, rehearsal)"),
    };
    format!("{job}: {}; exit code {}", result(report), report.exit_code().number())
}

fn result(report: &Report) -> String {
    match report.exit_code() {
        ExitCode::ServiceDown if answered(report) => format!("the service went down{}", rest(report)),
        ExitCode::ServiceDown => format!("the service could not be reached{}", rest(report)),
        ExitCode::Interrupted | ExitCode::Terminated => format!("interrupted{}", rest(report)),
        ExitCode::Success => success(report),
        _ => attention(report),
    }
}

/// Whether the service answered at all.
fn answered(report: &Report) -> bool {
    let version = report.service.users_version.is_some() || report.service.jess_version.is_some();
    let mut steps = report.accounts.iter().flat_map(|account| &account.steps);
    version || steps.any(|step| step.http_status.is_some())
}

/// What the run left undone: "; 57 of 60 accounts not done, 1 refused by JESS".
fn rest(report: &Report) -> String {
    let counts = counts(report);
    let mut text = String::new();
    for (n, (label, count)) in counts.iter().enumerate() {
        if n == 0 {
            text.push_str(&format!("; {count} of {} {label}", selected_accounts(report)));
        } else {
            text.push_str(&format!(", {count} {label}"));
        }
    }
    text
}

fn attention(report: &Report) -> String {
    let selected = selected_accounts(report);
    match &counts(report)[..] {
        [] => format!("{}, but the run history or a report could not be written", success(report)),
        [(label, count)] => format!("{count} of {selected} {label}"),
        counts => {
            let total: usize = counts.iter().map(|(_, count)| count).sum();
            let each: Vec<String> = counts.iter().map(|(label, count)| format!("{count} {label}")).collect();
            format!("{total} of {selected} need attention ({})", each.join(", "))
        }
    }
}

fn success(report: &Report) -> String {
    let selected = report.selected();
    let updated = match report.mode {
        Mode::Status => "ready",
        Mode::Run if report.totals.updated == selected => "updated",
        Mode::Run => "up to date",
    };
    let verified = report.mode == Mode::Run && report.totals.ready == Some(selected);
    let and_ready = if verified { " and ready" } else { "" };
    let all = if selected == 1 { "" } else { "all " };
    format!("{all}{} {updated}{and_ready}", selected_accounts(report))
}

/// "60 accounts", those that `--only` and `--skip` left out not counted.
fn selected_accounts(report: &Report) -> String {
    match report.selected() {
        1 => "1 account".to_owned(),
        selected => format!("{selected} accounts"),
    }
}

/// How many accounts need attention, by what became of them, in the order of the causes.
fn counts(report: &Report) -> Vec<(String, usize)> {
    let mut counts: Vec<(String, usize)> = Vec::new();
    for cause in causes(report) {
        let label = match cause.kind {
            CauseKind::Outage | CauseKind::Stopped => "not done".to_owned(),
            CauseKind::SharedCredential { .. } | CauseKind::Same => label(cause.accounts[0]),
        };
        match counts.iter_mut().find(|(other, _)| *other == label) {
            Some((_, count)) => *count += cause.accounts.len(),
            None => counts.push((label, cause.accounts.len())),
        }
    }
    // What was not done is the first thing to know of a run that ended early.
    counts.sort_by_key(|(label, _)| label != "not done");
    counts
}

fn label(account: &AccountResult) -> String {
    match (&account.outcome, &account.readiness) {
        (Outcome::Updated | Outcome::Unchanged | Outcome::Checked, Readiness::NotReady(_)) => {
            "not ready".to_owned()
        }
        (Outcome::Updated | Outcome::Unchanged | Outcome::Checked, _) => "not verified".to_owned(),
        (outcome, _) => outcome.phrase(),
    }
}

#[cfg(test)]
mod tests {
    use ensims_client::Api;

    use super::super::testing::{account, down, interrupted, report, status};
    use super::*;
    use crate::outcome::{FailureKind, NotReady, StopReason};

    /// Sixty accounts, the first of which ended differently.
    fn sixty(outcomes: &[Outcome]) -> Vec<AccountResult> {
        let outcome = |index| outcomes.get(index).cloned().unwrap_or(Outcome::Updated);
        (0..60).map(|index| account(index, outcome(index))).collect()
    }

    const ENSIMS: Outcome = Outcome::Refused { refused_by: Api::Ensims };
    const JESS: Outcome = Outcome::Refused { refused_by: Api::Jess };
    const DOWN: Outcome = Outcome::Stopped { reason: StopReason::ServiceDown };
    const INTERRUPTED: Outcome = Outcome::Stopped { reason: StopReason::Interrupted };

    #[test]
    fn headline_names_the_job_the_result_and_the_exit_code() {
        let cases = [
            (report(sixty(&[])), "all 60 accounts updated; exit code 0"),
            (report(sixty(&[Outcome::Unchanged])), "all 60 accounts up to date; exit code 0"),
            (report(sixty(&[JESS])), "1 of 60 accounts refused by JESS; exit code 1"),
            (
                report(sixty(&[JESS, ENSIMS, ENSIMS])),
                "3 of 60 accounts need attention (2 refused by ENSIMS, 1 refused by JESS); exit code 1",
            ),
            (
                down(sixty(&[Outcome::Failed { error: FailureKind::Connect }, DOWN, DOWN])),
                "the service went down; 3 of 60 accounts not done; exit code 3",
            ),
            (
                interrupted(sixty(&[JESS, INTERRUPTED])),
                "interrupted; 1 of 60 accounts not done, 1 refused by JESS; exit code 130",
            ),
            (report(vec![account(0, ENSIMS)]), "1 of 1 account refused by ENSIMS; exit code 1"),
        ];
        for (report, expected) in cases {
            assert_eq!(headline(&report), format!("Building physics lab (nightly.yaml): {expected}"));
        }
    }

    #[test]
    fn headline_of_status_counts_who_is_ready() {
        let mut accounts = sixty(&vec![Outcome::Checked; 60]);
        for account in &mut accounts {
            account.readiness = Readiness::Ready;
        }
        assert!(headline(&status(accounts.clone())).ends_with(": all 60 accounts ready; exit code 0"));
        accounts[3].readiness = Readiness::NotReady(vec![NotReady::Suspended]);
        accounts[4].readiness = Readiness::Unknown;
        let expected = "2 of 60 accounts need attention (1 not verified, 1 not ready); exit code 1";
        assert!(headline(&status(accounts)).ends_with(expected));
    }

    #[test]
    fn headline_escapes_names_and_does_not_repeat_the_file() {
        let mut report = report(sixty(&[]));
        report.job.name = "a\u{1b}[31m.yaml".to_owned();
        report.job.file.clone_from(&report.job.name);
        report.service.sandbox = true;
        let expected = "a\\u{1b}[31m.yaml (rehearsal): all 60 accounts updated; exit code 0";
        assert_eq!(headline(&report), expected);
    }

    #[test]
    fn service_that_never_answered_could_not_be_reached() {
        let mut accounts = sixty(&vec![DOWN; 60]);
        for account in &mut accounts {
            account.steps.clear();
        }
        let expected = ": the service could not be reached; 60 of 60 accounts not done; exit code 3";
        assert!(headline(&down(accounts)).ends_with(expected));
    }

    #[test]
    fn unwritten_report_is_the_only_thing_to_report() {
        let mut report = report(sixty(&[]));
        report.mark_unwritten();
        assert!(headline(&report).contains(": all 60 accounts updated, but the run history or a report"));
    }
}
