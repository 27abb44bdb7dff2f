//! How a run ended, for people: which accounts need attention, grouped by cause, then the totals.

use super::text::{bad, count, heading, shown};
use crate::outcome::{AccountResult, Outcome, SkipReason};
use crate::report::{Cause, CauseKind, Report, causes};

/// A cause with more accounts than this names the first ones only.
const MAX_NAMES: usize = 10;

/// Which accounts need attention and what to do, then the totals.
pub fn summary(report: &Report) -> String {
    attention(report) + &totals(report)
}

/// Which accounts need attention, grouped by cause; empty if none does. It ends with a line end.
pub(super) fn attention(report: &Report) -> String {
    let mut text = String::new();
    // A run that stopped early and can be resumed says how below the totals, once.
    let is_resumable = report.rerun.as_ref().is_some_and(|rerun| rerun.resumes);
    for cause in causes(report) {
        if text.is_empty() {
            text = heading("Needs attention:") + "\n";
        }
        let has_hint = !(is_resumable && cause.kind == CauseKind::Stopped);
        push_cause(&cause, has_hint, &mut text);
    }
    text
}

fn push_cause(cause: &Cause<'_>, has_hint: bool, text: &mut String) {
    let mut lines = vec![first_line(cause)];
    if cause.accounts.len() > 1 {
        lines.push(names(&cause.accounts));
    }
    if let Some(detail) = cause.detail {
        lines.push(shown(detail));
    }
    if let Some(message) = cause.service_message {
        lines.push(format!("the service said: '{}'", shown(message)));
    }
    if has_hint {
        lines.push(cause.remedy.texts().hint.clone());
    }
    text.push_str("  ");
    text.push_str(&lines.join("\n    "));
    text.push('\n');
}

/// What happened to whom: "ben: refused by ENSIMS", "40 accounts: refused by JESS (shared user name lab-2026)".
fn first_line(cause: &Cause<'_>) -> String {
    let phrase = match cause.kind {
        CauseKind::SharedCredential { jess_username } => {
            format!("{} (shared JESS user {})", cause.phrase, shown(jess_username))
        }
        CauseKind::Outage | CauseKind::Stopped | CauseKind::Same => cause.phrase.clone(),
    };
    let who = match &cause.accounts[..] {
        [account] => shown(&account.name),
        accounts => count(accounts.len(), "account"),
    };
    format!("{who}: {}", bad(&phrase))
}

/// The first ten names, and how many more there are.
fn names(accounts: &[&AccountResult]) -> String {
    let (first, more) = accounts.split_at(accounts.len().min(MAX_NAMES));
    let names: Vec<String> = first.iter().map(|account| shown(&account.name)).collect();
    match more.len() {
        0 => names.join(", "),
        more => format!("{} and {more} more", names.join(", ")),
    }
}

/// The counts that are not 0: "6 accounts: 4 updated, 2 refused; 3 ready." What an earlier run has done is counted as that.
fn totals(report: &Report) -> String {
    let done_earlier = Outcome::Skipped { reason: SkipReason::AlreadyDone };
    let done_earlier = report.accounts.iter().filter(|account| account.outcome == done_earlier).count();
    let mut counts = Vec::new();
    for (word, number) in report.totals.by_outcome() {
        let number = if word == "skipped" { number - done_earlier } else { number };
        if number > 0 {
            counts.push(format!("{number} {word}"));
        }
    }
    if done_earlier > 0 {
        counts.push(format!("{done_earlier} done earlier"));
    }
    let ready = report.totals.ready.map_or_else(String::new, |ready| format!("; {ready} ready"));
    format!("{}: {}{ready}.", count(report.totals.accounts, "account"), counts.join(", "))
}
