//! The report for spreadsheets: one line for each account.

use std::io::{self, Write};

use ::csv::{Terminator, WriterBuilder};

use super::model::Report;
use crate::outcome::{AccountResult, Outcome, Remedy, UsageRecord};

/// Without it, Excel takes UTF-8 for the code page of its country.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// The names of the JSON report's fields. Those from `session_valid` on are empty in the report of a run.
const HEADINGS: [&str; 27] = [
    "index",
    "name",
    "email",
    "jess_username",
    "outcome",
    "refused_by",
    "error",
    "reason",
    "ready",
    "not_ready",
    "detail",
    "hint",
    "service_message",
    "start_ms",
    "duration_ms",
    "waited_ms",
    "requests",
    "rehearsal",
    "remedy",
    "mode",
    "session_valid",
    "linked_jess_user",
    "suspended",
    "cpu_hours",
    "jobs",
    "cputime",
    "storage",
];

pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(BYTE_ORDER_MARK)?;
    let mut writer = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(out);
    writer.write_record(HEADINGS)?;
    for account in &report.accounts {
        writer.write_record(cells(account, report).map(|cell| neutralize_formula(&cell)))?;
    }
    writer.flush()
}

fn cells(account: &AccountResult, report: &Report) -> [String; HEADINGS.len()] {
    let [refused_by, error, reason] = particulars(&account.outcome);
    let not_ready: Vec<String> = account.readiness.reasons().iter().map(ToString::to_string).collect();
    let remedy = Remedy::of(account);
    let jess = account.jess.clone().unwrap_or_default();
    let usage = jess.usage.unwrap_or_default();
    [
        account.index.to_string(),
        account.name.clone(),
        account.email.clone(),
        account.jess_username.clone(),
        account.outcome.word().to_owned(),
        refused_by,
        error,
        reason,
        or_empty(account.readiness.is_ready()),
        not_ready.join(", "),
        account.detail.clone().unwrap_or_default(),
        or_empty(remedy.map(|remedy| &remedy.texts().hint)),
        account.service_message.clone().unwrap_or_default(),
        account.start_ms.to_string(),
        account.duration_ms.to_string(),
        account.waited_ms.to_string(),
        account.requests.to_string(),
        report.service.sandbox.to_string(),
        or_empty(remedy),
        report.mode.to_string(),
        or_empty(jess.session_valid),
        jess.linked_jess_user.unwrap_or_default(),
        or_empty(jess.suspended),
        or_empty(jess.cpu_hours),
        numbers(&usage, |record| record.jobs),
        numbers(&usage, |record| record.cputime),
        numbers(&usage, |record| record.storage),
    ]
}

/// `refused_by`, `error` and `reason`.
fn particulars(outcome: &Outcome) -> [String; 3] {
    let none = String::new;
    match outcome {
        Outcome::Updated | Outcome::Unchanged | Outcome::Checked => [none(), none(), none()],
        Outcome::Refused { refused_by } => [refused_by.to_string().to_lowercase(), none(), none()],
        Outcome::Failed { error } => [none(), error.to_string(), none()],
        Outcome::Stopped { reason } => [none(), none(), reason.to_string()],
        Outcome::Skipped { reason } => [none(), none(), reason.to_string()],
    }
}

fn or_empty(value: Option<impl ToString>) -> String {
    value.map_or_else(String::new, |value| value.to_string())
}

/// One number of each usage record. As far as is known, the service gives one record.
fn numbers(usage: &[UsageRecord], number: impl Fn(&UsageRecord) -> Option<i64>) -> String {
    let numbers: Vec<String> = usage.iter().filter_map(number).map(|number| number.to_string()).collect();
    numbers.join(", ")
}

/// The text with an apostrophe before each part that a spreadsheet would run as a formula.
///
/// A part is what stands between two characters that separate cells for one spreadsheet or another: a German Excel
/// splits at semicolons, and ignores quotes then.
fn neutralize_formula(text: &str) -> String {
    let mut neutral = String::new();
    if text.starts_with(['\t', '\r', '\n']) {
        neutral.push('\'');
    }
    for part in text.split_inclusive([';', '\t', '\r', '\n']) {
        if part.trim_start_matches(is_ignored).starts_with(FORMULA_SIGNS) {
            neutral.push('\'');
        }
        neutral.push_str(part);
    }
    neutral
}

/// The signs that begin a formula, and their full-width forms.
const FORMULA_SIGNS: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];

/// Whether a spreadsheet may ignore the character before a formula: blanks, quotes, and invisible characters.
fn is_ignored(c: char) -> bool {
    let invisible =
        matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}');
    c.is_whitespace() || c.is_control() || c == '"' || invisible
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formula_gets_an_apostrophe_and_other_text_does_not() {
        for (text, written) in [
            ("=1+1", "'=1+1"),
            ("  @SUM(A1)", "'  @SUM(A1)"),
            ("\u{feff}-1", "'\u{feff}-1"),
            ("＝1", "'＝1"),
            ("\ttext", "'\ttext"),
            ("\r\n=1", "'\r\n'=1"),
            ("a; \"=1", "a;' \"=1"),
            ("a-b; c=d", "a-b; c=d"),
            ("", ""),
        ] {
            assert_eq!(neutralize_formula(text), written);
        }
    }
}
