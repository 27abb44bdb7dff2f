//! What changed between two reports, for people.

use super::shown;
use crate::report::{AccountReport, Difference};

/// A paragraph for each kind of change that there is.
pub(crate) fn difference_text(difference: &Difference<'_>) -> String {
    let change = |(before, now): &(&AccountReport, &AccountReport)| {
        format!("{}: {}; it was {}", shown(&now.name), state(now), state(before))
    };
    let entry = |account: &&AccountReport| format!("{}: {}", shown(&account.name), state(account));
    let paragraphs = [
        ("Began to fail", difference.began_to_fail.iter().map(change).collect()),
        ("Still failing", difference.still_failing.iter().map(entry).collect()),
        ("Recovered", difference.recovered.iter().map(change).collect()),
        ("New", difference.new.iter().map(entry).collect()),
        ("Gone", difference.gone.iter().map(entry).collect::<Vec<String>>()),
    ];
    let told: Vec<String> = paragraphs
        .into_iter()
        .filter(|(_, lines)| !lines.is_empty())
        .map(|(title, lines)| format!("{title} ({}):\n  {}", lines.len(), lines.join("\n  ")))
        .collect();
    if told.is_empty() { "Nothing changed; all accounts are as wanted.".to_owned() } else { told.join("\n") }
}

/// The outcome, and what keeps the account from simulating.
fn state(account: &AccountReport) -> String {
    let not_ready: Vec<&str> = account.not_ready().iter().map(|reason| reason.phrase()).collect();
    match &not_ready[..] {
        [] => account.outcome.phrase(),
        reasons => format!("{}, not ready ({})", account.outcome.phrase(), reasons.join(", ")),
    }
}
