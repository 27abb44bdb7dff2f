//! The report for spreadsheets: one line for each account.

use std::io::{self, Write};

use ::csv::{Terminator, WriterBuilder};
use serde_json::Value;

use super::model::{JsonAccount, Report};

/// Without it, Excel reads UTF-8 in the encoding of its country.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// The names of the JSON report's fields. Those from `session_valid` on are empty in the report of a run.
const HEADINGS: &str = "index,name,email,jess_username,outcome,refused_by,error,reason,ready,not_ready,detail,hint,\
    service_message,start_ms,duration_ms,waited_ms,requests,rehearsal,remedy,mode,session_valid,linked_jess_user,\
    suspended,cpu_hours,jobs,cputime,storage";

pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(BYTE_ORDER_MARK)?;
    let mut writer = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(out);
    writer.write_record(HEADINGS.split(','))?;
    for account in &report.accounts {
        let account = serde_json::to_value(JsonAccount::of(account))?;
        for heading in HEADINGS.split(',') {
            let cell = match heading {
                "rehearsal" => report.service.sandbox.to_string(),
                "mode" => report.mode.to_string(),
                // One number of each usage record. As far as is known, the service gives one record.
                "jobs" | "cputime" | "storage" => {
                    joined(account["usage"].as_array().into_iter().flatten().map(|record| &record[heading]))
                }
                _ => text(&account[heading]),
            };
            writer.write_field(neutralize_formula(&cell))?;
        }
        writer.write_record(None::<&[u8]>)?;
    }
    writer.flush()
}

fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(values) => joined(values.iter()),
        // JSON has 91.0 for what is 91 in a spreadsheet.
        Value::Number(number) if number.is_f64() => number.as_f64().unwrap_or_default().to_string(),
        other => other.to_string(),
    }
}

fn joined<'a>(values: impl Iterator<Item = &'a Value>) -> String {
    values.filter(|value| !value.is_null()).map(text).collect::<Vec<_>>().join(", ")
}

/// The text with an apostrophe before each part that a spreadsheet would run as a formula.
///
/// A part is what comes between two characters that separate cells for one spreadsheet or another: a German Excel
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
