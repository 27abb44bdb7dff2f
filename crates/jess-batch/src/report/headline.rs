//! The report in one line, for mails and logs.

use ensims_client::Error;

use super::causes::{CauseKind, causes};
use super::model::{Mode, Report};
use crate::batch::Ending;
use crate::diagnostics::{counted, shorten};
use crate::outcome::{AccountResult, ExitCode, Outcome};

/// The longest name of a job or a file in the line, in characters.
const LONGEST: usize = 80;

/// The report in one line: "Building physics lab (nightly.yaml): 1 of 60 accounts refused by JESS; exit code 1".
pub fn headline(report: &Report, ending: &Ending) -> String {
    let name = shorten(&report.job.name, LONGEST);
    let file = shorten(&report.job.file, LONGEST);
    let job = match (name == file, report.service.sandbox) {
        (true, false) => name,
        (true, true) => format!("{name} (rehearsal)"),
        (false, false) => format!("{name} ({file})"),
        (false, true) => format!("{name} ({file}, rehearsal)"),
    };
    format!("{job}: {}; exit code {}", result(report, ending), report.exit_code().number())
}

fn result(report: &Report, ending: &Ending) -> String {
    match ending {
        Ending::Complete if report.exit_code() == ExitCode::Success => success(report),
        Ending::Complete => attention(report),
        Ending::WentDown => format!("the service went down{}", rest(report)),
        Ending::Unreachable(error) => format!("{}{}", outage(error), rest(report)),
        Ending::Interrupted(_) => format!("interrupted{}", rest(report)),
    }
}

/// Why no account could be started.
fn outage(error: &Error) -> String {
    match (error, error.http_status()) {
        (_, Some(status)) => format!("the service answered HTTP {status}"),
        (Error::Proxy { .. }, None) => "the proxy could not be reached".to_owned(),
        (Error::Tls { .. }, None) => "there is no secure connection to the service".to_owned(),
        (_, None) => "the service could not be reached".to_owned(),
    }
}

/// What the run left undone: "; 57 of 60 accounts not done, 1 refused by JESS".
fn rest(report: &Report) -> String {
    match &counts(report)[..] {
        [] => String::new(),
        [(label, count), more @ ..] => {
            let more: Vec<String> = more.iter().map(|(label, count)| format!(", {count} {label}")).collect();
            format!("; {count} of {} {label}{}", selected_accounts(report), more.concat())
        }
    }
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
    counted(report.selected(), "account", "accounts")
}

/// How many accounts need attention, by what became of them, in the order of the causes.
fn counts(report: &Report) -> Vec<(String, usize)> {
    let mut not_done = 0;
    let mut counts: Vec<(String, usize)> = Vec::new();
    for cause in causes(report) {
        if matches!(cause.kind, CauseKind::Outage | CauseKind::Stopped) {
            not_done += cause.accounts.len();
            continue;
        }
        let label = label(cause.accounts[0]);
        match counts.iter_mut().find(|(other, _)| *other == label) {
            Some((_, count)) => *count += cause.accounts.len(),
            None => counts.push((label, cause.accounts.len())),
        }
    }
    if not_done > 0 {
        // It is the first thing to know of a run that ended early.
        counts.insert(0, ("not done".to_owned(), not_done));
    }
    counts
}

fn label(account: &AccountResult) -> String {
    match &account.outcome {
        outcome @ (Outcome::Refused { .. } | Outcome::Failed { .. }) => outcome.phrase(),
        _ => account.readiness.word().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{account, down, report, status};
    use super::*;
    use crate::outcome::{NotReady, Readiness, StopReason};

    #[test]
    fn headline_names_the_job_the_result_and_the_exit_code() {
        let two = |outcome: Outcome| vec![account(0, outcome.clone()), account(1, outcome)];
        let mut unwritten = report(two(Outcome::Updated));
        unwritten.mark_unwritten();
        let mut unreached = two(Outcome::Stopped { reason: StopReason::ServiceDown });
        let mut ready = two(Outcome::Checked);
        for index in 0..2 {
            unreached[index].steps.clear();
            ready[index].readiness = Readiness::Ready;
        }
        let mut unready = ready.clone();
        unready[0].readiness = Readiness::NotReady(vec![NotReady::Suspended]);
        unready[1].readiness = Readiness::Unknown;
        let unavailable =
            Ending::Unreachable(Error::Http { http_status: 503, message: None, retry_after: None });
        let complete = Ending::Complete;
        for (report, ending, result) in [
            (report(two(Outcome::Updated)), &complete, "all 2 accounts updated; exit code 0"),
            (report(two(Outcome::Unchanged)), &complete, "all 2 accounts up to date; exit code 0"),
            (
                unwritten,
                &complete,
                "all 2 accounts updated, but the run history or a report could not be written; exit code 1",
            ),
            (
                down(unreached),
                &unavailable,
                "the service answered HTTP 503; 2 of 2 accounts not done; exit code 3",
            ),
            (status(ready), &complete, "all 2 accounts ready; exit code 0"),
            (
                status(unready),
                &complete,
                "2 of 2 accounts need attention (1 not verified, 1 not ready); exit code 1",
            ),
        ] {
            assert_eq!(headline(&report, ending), format!("Building physics lab (nightly.yaml): {result}"));
        }
    }
}
