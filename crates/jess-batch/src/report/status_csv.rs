//! How the accounts of a job stand, for spreadsheets: one line for each account.

use std::io::{self, Write};

use super::csv::{particulars, write_lines};
use super::status::{AccountStatus, Standing, StatusReport};

/// The names of the JSON report's fields, and those numbers of its `usage` that the table shows.
const HEADINGS: [&str; 19] = [
    "name",
    "email",
    "jess_username",
    "standing",
    "not_ready",
    "outcome",
    "refused_by",
    "error",
    "reason",
    "detail",
    "hint",
    "session_valid",
    "linked_jess_user",
    "suspended",
    "cpu_hours",
    "jobs",
    "cputime",
    "storage",
    "rehearsal",
];

pub(super) fn write(report: &StatusReport, out: &mut dyn Write) -> io::Result<()> {
    let lines = report.accounts.iter().map(|account| cells(account, report.service.sandbox));
    write_lines(HEADINGS, lines, out)
}

fn cells(account: &AccountStatus, rehearsal: bool) -> [String; HEADINGS.len()] {
    let (outcome, [refused_by, error, reason], detail) = match &account.standing {
        Standing::Ready | Standing::NotReady(_) => ("", [""; 3], ""),
        Standing::Unknown { outcome, detail } => (outcome.word(), particulars(outcome), &**detail),
    };
    let not_ready: Vec<&str> = account.standing.reasons().iter().map(|reason| reason.word()).collect();
    [
        account.name.clone(),
        account.email.clone(),
        account.jess_username.clone(),
        account.standing.word().to_owned(),
        not_ready.join(", "),
        outcome.to_owned(),
        refused_by.to_owned(),
        error.to_owned(),
        reason.to_owned(),
        detail.to_owned(),
        account.hint().unwrap_or_default().to_owned(),
        or_nothing(account.session_valid),
        account.linked_jess_user().unwrap_or_default().to_owned(),
        or_nothing(account.suspended()),
        or_nothing(account.cpu_hours()),
        account.used(|line| line.jobs),
        account.used(|line| line.cputime),
        account.used(|line| line.storage),
        rehearsal.to_string(),
    ]
}

fn or_nothing(value: Option<impl ToString>) -> String {
    value.map_or_else(String::new, |value| value.to_string())
}
