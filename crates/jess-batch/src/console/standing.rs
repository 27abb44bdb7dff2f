//! How the accounts of a job stand, for people.

use ensims_client::JessUsage;

use super::shown;
use super::summary::table;
use crate::report::{AccountStatus, Standing, StatusReport};

/// One line for each account. Numbers are as the service gives them: it documents no units but the name "CPU hours".
pub(crate) fn status_table(report: &StatusReport) -> String {
    let header = [
        "account",
        "stands",
        "JESS session",
        "JESS user",
        "suspended",
        "CPU hours",
        "jobs",
        "CPU time",
        "storage",
    ];
    let mut table = table(&header);
    for account in &report.accounts {
        table.add_row([
            shown(&account.name),
            account.stands(),
            word(account.session_valid, "valid", "not valid"),
            shown(account.linked_jess_user().unwrap_or("-")),
            word(account.suspended(), "yes", "no"),
            account.cpu_hours().map_or("-".to_owned(), |hours| hours.to_string()),
            usage(account, |line| line.jobs),
            usage(account, |line| line.cputime),
            usage(account, |line| line.storage),
        ]);
    }
    table.trim_fmt()
}

/// Who is not ready and why, then the totals.
pub(crate) fn status_troubles(report: &StatusReport) -> String {
    let mut text = String::new();
    for account in &report.accounts {
        let why = match &account.standing {
            Standing::Ready => continue,
            Standing::NotReady(reasons) => {
                let reasons: Vec<&str> = reasons.iter().map(|reason| reason.phrase()).collect();
                format!("not ready: {}", reasons.join(", "))
            }
            Standing::Unknown { outcome, detail } => format!("{}: {}", outcome.phrase(), shown(detail)),
        };
        text.push_str(&format!("  {}: {why}\n", shown(&account.name)));
        if let Some(hint) = account.hint() {
            text.push_str(&format!("    {hint}\n"));
        }
    }
    let totals = &report.totals;
    let noun = if totals.accounts == 1 { "account" } else { "accounts" };
    text.push_str(&format!("{} {noun}: {} ready", totals.accounts, totals.ready));
    for (count, word) in [(totals.not_ready, "not ready"), (totals.unknown, "unknown")] {
        if count > 0 {
            text.push_str(&format!(", {count} {word}"));
        }
    }
    text + "."
}

fn word(answer: Option<bool>, yes: &str, no: &str) -> String {
    answer.map_or("-", |answer| if answer { yes } else { no }).to_owned()
}

fn usage(account: &AccountStatus, number: impl Fn(&JessUsage) -> Option<i64>) -> String {
    let numbers = account.used(number);
    if numbers.is_empty() { "-".to_owned() } else { numbers }
}
