//! Whether the accounts of a job are ready, for people.

use super::summary::attention;
use super::table::{stderr_width, stdout_width, table_within};
use super::text::{count, shown, wrap};
use crate::outcome::{AccountResult, JessState, Outcome, Readiness, UsageRecord};
use crate::report::{Report, was_deselected};

const HEADINGS: [&str; 5] = ["account", "readiness", "JESS session", "JESS user", "suspended"];
const USAGE_HEADINGS: [&str; 4] = ["CPU hours", "jobs", "CPU time", "storage"];

/// One row for each selected account, within the width of the terminal. `long` adds the usage, with numbers as the service
/// gives them: it documents no units but the name "CPU hours".
pub fn status_table(report: &Report, long: bool) -> String {
    let mut headings = HEADINGS.to_vec();
    if long {
        headings.extend(USAGE_HEADINGS);
    }
    let mut table = table_within(&headings, stdout_width());
    for account in report.accounts.iter().filter(|account| !was_deselected(account)) {
        table.add_row(row(account, long));
    }
    table.trim_fmt()
}

fn row(account: &AccountResult, long: bool) -> Vec<String> {
    let unknown = JessState::default();
    let jess = account.jess.as_ref().unwrap_or(&unknown);
    let mut row = vec![
        shown(&account.name),
        readiness(account),
        yes_or_no(jess.session_valid, "valid", "not valid"),
        shown(jess.linked_jess_user.as_deref().unwrap_or("-")),
        yes_or_no(jess.suspended, "yes", "no"),
    ];
    if long {
        row.push(jess.cpu_hours.map_or("-".to_owned(), |hours| hours.to_string()));
        row.push(usage(jess, |record| record.jobs));
        row.push(usage(jess, |record| record.cputime));
        row.push(usage(jess, |record| record.storage));
    }
    row
}

fn readiness(account: &AccountResult) -> String {
    match (&account.outcome, &account.readiness) {
        (Outcome::Checked, Readiness::Ready | Readiness::NotAsked) => "ready".to_owned(),
        (Outcome::Checked, Readiness::NotReady(_)) => "not ready".to_owned(),
        (Outcome::Checked, Readiness::Unknown) => "not verified".to_owned(),
        (outcome, _) => format!("unknown ({})", outcome.phrase()),
    }
}

fn yes_or_no(answer: Option<bool>, yes: &str, no: &str) -> String {
    answer.map_or("-", |answer| if answer { yes } else { no }).to_owned()
}

/// One number of each line of usage; the service gives one line, as far as is known.
fn usage(jess: &JessState, number: impl Fn(&UsageRecord) -> Option<i64>) -> String {
    let mut numbers = Vec::new();
    for record in jess.usage.iter().flatten() {
        numbers.extend(number(record).map(|number| number.to_string()));
    }
    if numbers.is_empty() { "-".to_owned() } else { numbers.join(", ") }
}

/// Which accounts are not ready and why, then the totals; within the width of the terminal.
pub fn status_text(report: &Report) -> String {
    let mut text = attention(report);
    let (mut ready, mut not_ready, mut unknown) = (0, 0, 0);
    for account in report.accounts.iter().filter(|account| !was_deselected(account)) {
        match account.readiness {
            Readiness::Ready => ready += 1,
            Readiness::NotReady(_) => not_ready += 1,
            Readiness::NotAsked | Readiness::Unknown => unknown += 1,
        }
    }
    text.push_str(&format!("{}: {ready} ready", count(ready + not_ready + unknown, "account")));
    for (number, word) in [(not_ready, "not ready"), (unknown, "unknown")] {
        if number > 0 {
            text.push_str(&format!(", {number} {word}"));
        }
    }
    text.push('.');
    let lines: Vec<String> = text.lines().map(|line| wrap(line, stderr_width())).collect();
    lines.join("\n")
}
