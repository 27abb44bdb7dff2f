//! The report for spreadsheets: one line for each account.

use std::io::{self, Write};

use ::csv::{Terminator, WriterBuilder};
use ensims_client::Api;

use super::outcome::Outcome;
use super::run_report::{AccountReport, Report};

/// Without it, Excel takes UTF-8 for the code page of its country.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// The names of the JSON report's fields.
const HEADINGS: [&str; 18] = [
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
];

pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let lines = report.accounts.iter().map(|account| cells(account, report.service.sandbox));
    write_lines(HEADINGS, lines, out)
}

/// Writes headings and lines as spreadsheets like them, and makes every cell harmless.
pub(super) fn write_lines<const CELLS: usize>(
    headings: [&str; CELLS],
    lines: impl Iterator<Item = [String; CELLS]>,
    out: &mut dyn Write,
) -> io::Result<()> {
    out.write_all(BYTE_ORDER_MARK)?;
    let mut writer = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(out);
    writer.write_record(headings)?;
    for cells in lines {
        writer.write_record(cells.map(|cell| harmless(&cell)))?;
    }
    writer.flush()
}

fn cells(account: &AccountReport, rehearsal: bool) -> [String; HEADINGS.len()] {
    let [refused_by, error, reason] = particulars(&account.outcome);
    let not_ready: Vec<&str> = account.not_ready().iter().map(|reason| reason.word()).collect();
    [
        account.index.to_string(),
        account.name.clone(),
        account.email.clone(),
        account.jess_username.clone(),
        account.outcome.word().to_owned(),
        refused_by.to_owned(),
        error.to_owned(),
        reason.to_owned(),
        account.readiness.is_ready().map_or_else(String::new, |ready| ready.to_string()),
        not_ready.join(", "),
        account.detail.clone().unwrap_or_default(),
        account.hint().unwrap_or_default().to_owned(),
        account.service_message.clone().unwrap_or_default(),
        account.start_ms.to_string(),
        account.duration_ms.to_string(),
        account.waited_ms.to_string(),
        account.requests.to_string(),
        rehearsal.to_string(),
    ]
}

/// `refused_by`, `error` and `reason`.
pub(super) fn particulars(outcome: &Outcome) -> [&'static str; 3] {
    match outcome {
        Outcome::Updated | Outcome::Unchanged => ["", "", ""],
        Outcome::Refused { refused_by: Api::Ensims } => ["ensims", "", ""],
        Outcome::Refused { refused_by: Api::Jess } => ["jess", "", ""],
        Outcome::Failed { error } => ["", error.word(), ""],
        Outcome::Stopped { reason } => ["", "", reason.word()],
        Outcome::Skipped { reason } => ["", "", reason.word()],
    }
}

/// The text with an apostrophe before each part that a spreadsheet would run.
///
/// A part is what stands between two characters that separate cells for one spreadsheet or another: a German Excel
/// takes the semicolon, and heeds no quotes then.
fn harmless(text: &str) -> String {
    let begins_with_trouble = text.starts_with(['\t', '\r', '\n']);
    let mut harmless = String::from(if begins_with_trouble { "'" } else { "" });
    for part in text.split_inclusive([';', '\t', '\r', '\n']) {
        if part.trim_start_matches(is_passed_over).starts_with(FORMULA_SIGNS) {
            harmless.push('\'');
        }
        harmless.push_str(part);
    }
    harmless
}

/// The signs that begin a formula, and their full-width forms.
const FORMULA_SIGNS: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];

/// What may stand before a formula: blanks, quotes, and what is not seen.
fn is_passed_over(c: char) -> bool {
    let unseen =
        matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}');
    c.is_whitespace() || c.is_control() || c == '"' || unseen
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_spreadsheet_would_run_gets_an_apostrophe() {
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
            assert_eq!(harmless(text), written);
        }
    }
}
