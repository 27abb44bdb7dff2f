//! The report to paste into a wiki, an issue or a mail: one table.

use std::io::{self, Write};

use super::run_report::{AccountReport, REHEARSAL, Report};
use super::visible::beginning;

/// The longest text from outside that a cell has, in characters. The other formats have it whole.
const LONGEST: usize = 300;

pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "# {}\n", escaped(&report.job.name))?;
    if report.service.sandbox {
        writeln!(out, "{REHEARSAL}\n")?;
    }
    writeln!(out, "{}\n", report.totals.sentence())?;
    let (from, to) = (report.started_at, report.finished_at);
    writeln!(out, "Run from {from} to {to}; exit code {}.\n", report.exit() as u8)?;
    row(
        out,
        &["account", "e-mail", "JESS user", "outcome", "what happened", "the service said", "what to do"],
    )?;
    row(out, &["---"; 7])?;
    for account in &report.accounts {
        row(out, &cells(account))?;
    }
    Ok(())
}

fn cells(account: &AccountReport) -> [String; 7] {
    [
        escaped(&account.name),
        escaped(&account.email),
        escaped(&account.jess_username),
        account.phrase(),
        escaped(account.detail.as_deref().unwrap_or_default()),
        escaped(account.service_message.as_deref().unwrap_or_default()),
        account.hint().unwrap_or_default().to_owned(),
    ]
}

fn row(out: &mut dyn Write, cells: &[impl AsRef<str>]) -> io::Result<()> {
    for cell in cells {
        // The blank keeps a backslash at the end of a cell away from the pipe.
        write!(out, "| {} ", cell.as_ref())?;
    }
    writeln!(out, "|")
}

/// The text as it may stand within a line: nothing in it is markup, a link or a mention, and no line ends.
fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for piece in beginning(text, LONGEST).split_inclusive(|c| !in_address(c)) {
        let word = piece.trim_end_matches(|c| !in_address(c));
        if word.contains('@') {
            // As code, because GitHub makes links and mentions of an "@" even when it is escaped.
            escaped.push_str(&format!("`{word}`"));
            escape(&piece[word.len()..], &mut escaped);
        } else {
            escape(piece, &mut escaped);
        }
    }
    escaped
}

/// What an e-mail address is mostly made of, none of which needs care in code.
fn in_address(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '@' | '.' | '-' | '+' | '_')
}

fn escape(text: &str, escaped: &mut String) {
    for c in text.chars() {
        // The dot and the colon are in the addresses of web pages, which would become links.
        if matches!(
            c,
            '\\' | '`'
                | '*'
                | '_'
                | '['
                | ']'
                | '<'
                | '>'
                | '&'
                | '|'
                | '~'
                | '#'
                | '$'
                | '!'
                | '^'
                | '.'
                | ':'
        ) {
            escaped.push('\\');
        }
        escaped.push(c);
    }
}
