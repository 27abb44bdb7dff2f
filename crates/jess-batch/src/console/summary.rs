//! How a run or a status check ended, and what changed between two, for people.

use super::text::{Stream, bad, heading, shown, wrap};
use crate::diagnostics::counted;
use crate::outcome::{AccountResult, Readiness};
use crate::report::{Cause, CauseKind, Difference, Report, causes};

/// A cause with more accounts than this names the first ones only.
const MAX_NAMES: usize = 10;

/// Which accounts need attention and what to do, then the totals.
pub fn summary(report: &Report, stream: Stream) -> String {
    let accounts = counted(report.totals.accounts, "account", "accounts");
    format!("{}{accounts}: {}.", attention(report, stream), report.totals_in_words())
}

/// How to continue a run, below its summary. None if all accounts succeeded or it cannot be resumed.
pub fn resume_advice(report: &Report) -> Option<String> {
    let rerun = report.rerun.as_ref().filter(|rerun| rerun.resumes)?;
    // All may have succeeded, and only a report could not be written.
    if report.accounts.iter().all(AccountResult::is_good) {
        return None;
    }
    let what = match (report.totals.stopped, report.totals.refused) {
        (0, _) => "To attempt only the accounts that did not succeed",
        (_, 0) => "To do the rest",
        _ => "To do the rest, but not what was refused",
    };
    let how = match rerun.command() {
        Some(command) => command,
        None if rerun.arguments.is_none() => "start the systemd service again".to_owned(),
        None => "run the job with --resume".to_owned(),
    };
    Some(format!("{what}: {how}"))
}

/// Which accounts are not ready and why, then the totals; within the width of the terminal.
pub fn status_text(report: &Report, stream: Stream) -> String {
    let mut text = attention(report, stream);
    let (mut ready, mut not_ready, mut unknown) = (0, 0, 0);
    for account in report.selected_accounts() {
        match account.readiness {
            Readiness::Ready => ready += 1,
            Readiness::NotReady(_) => not_ready += 1,
            Readiness::NotAsked | Readiness::Unknown => unknown += 1,
        }
    }
    text.push_str(&format!("{}: {ready} ready", counted(report.selected(), "account", "accounts")));
    for (number, word) in [(not_ready, "not ready"), (unknown, "unknown")] {
        if number > 0 {
            text.push_str(&format!(", {number} {word}"));
        }
    }
    text.push('.');
    let lines: Vec<String> = text.lines().map(|line| wrap(line, stream.width())).collect();
    lines.join("\n")
}

/// Which accounts need attention, grouped by cause; empty if none does. It ends with a line end.
fn attention(report: &Report, stream: Stream) -> String {
    let mut text = String::new();
    // How to continue a run that stopped early is in `resume_advice`, once.
    for cause in causes(report) {
        if text.is_empty() {
            text = heading("Needs attention:", stream) + "\n";
        }
        let has_hint = !(report.is_resumable() && cause.kind == CauseKind::Stopped);
        push_cause(&cause, has_hint, stream, &mut text);
    }
    text
}

fn push_cause(cause: &Cause<'_>, has_hint: bool, stream: Stream, text: &mut String) {
    let mut lines = vec![first_line(cause, stream)];
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

/// What happened to whom: "ben: refused by ENSIMS", "40 accounts: refused by JESS, shared JESS user lab-2026".
fn first_line(cause: &Cause<'_>, stream: Stream) -> String {
    let phrase = match cause.kind {
        CauseKind::SharedCredential { jess_username } => {
            format!("{}, shared JESS user {}", cause.phrase, shown(jess_username))
        }
        CauseKind::Outage | CauseKind::Stopped | CauseKind::Same => cause.phrase.clone(),
    };
    format!("{}: {}", who(&cause.accounts), bad(&phrase, stream))
}

/// The name of an account, or how many there are.
fn who(accounts: &[&AccountResult]) -> String {
    match accounts {
        [account] => shown(&account.name),
        _ => counted(accounts.len(), "account", "accounts"),
    }
}

/// The first ten names, and how many more there are.
fn names(accounts: &[&AccountResult]) -> String {
    let (first, more) = accounts.split_at(accounts.len().min(MAX_NAMES));
    // Not commas: a name may be "Lee, Kim".
    let names = first.iter().map(|account| shown(&account.name)).collect::<Vec<_>>().join("; ");
    if more.is_empty() { names } else { format!("{names}; and {} more", more.len()) }
}

/// A paragraph for each kind of change that there is.
pub fn difference_text<'a>(difference: &Difference<'a>) -> String {
    let changed = |pairs: &[(&'a AccountResult, &'a AccountResult)]| {
        grouped(
            pairs
                .iter()
                .map(|(before, now)| (*now, format!("{}, before: {}", now.phrase(), before.phrase()))),
        )
    };
    let listed =
        |accounts: &[&'a AccountResult]| grouped(accounts.iter().map(|account| (*account, account.phrase())));
    let paragraphs = [
        ("Began to fail", difference.began_to_fail.len(), changed(&difference.began_to_fail)),
        ("Still failing", difference.still_failing.len(), listed(&difference.still_failing)),
        ("Recovered", difference.recovered.len(), changed(&difference.recovered)),
        ("New", difference.new.len(), listed(&difference.new)),
        ("Gone", difference.gone.len(), listed(&difference.gone)),
    ];
    let mut texts = Vec::new();
    for (title, number, lines) in paragraphs {
        if number > 0 {
            texts.push(heading(&format!("{title} ({number}):"), Stream::Out) + &lines);
        }
    }
    if texts.is_empty() {
        texts.push("Nothing changed; no account that was compared needs attention.".to_owned());
    }
    if difference.not_compared > 0 {
        texts.push(format!("Not compared, because a run left them out: {}.", difference.not_compared));
    }
    texts.join("\n")
}

/// An entry for all accounts with the same phrase, in the order of the first ones.
fn grouped<'a>(accounts: impl Iterator<Item = (&'a AccountResult, String)>) -> String {
    let mut groups: Vec<(String, Vec<&AccountResult>)> = Vec::new();
    for (account, phrase) in accounts {
        match groups.iter_mut().find(|(other, _)| *other == phrase) {
            Some((_, group)) => group.push(account),
            None => groups.push((phrase, vec![account])),
        }
    }
    let mut text = String::new();
    for (phrase, group) in &groups {
        text.push_str(&format!("\n  {}: {phrase}", who(group)));
        if group.len() > 1 {
            text.push_str(&format!("\n    {}", names(group)));
        }
    }
    text
}
