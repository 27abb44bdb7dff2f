//! The report to paste into a wiki, an issue or a mail: one table.

use std::io::{self, Write};

use super::model::{Mode, REHEARSAL, Report};
use crate::diagnostics::{counted, shown};
use crate::outcome::AccountResult;
use crate::remedies::Remedy;

const HEADINGS: [&str; 7] =
    ["account", "e-mail", "JESS user", "outcome", "what happened", "the service said", "what to do"];

pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "# {}\n", escaped(&report.job.name))?;
    if report.service.sandbox {
        writeln!(out, "{REHEARSAL}\n")?;
    }
    let accounts = counted(report.totals.accounts, "account", "accounts");
    writeln!(out, "{accounts}: {}.\n", report.totals_in_words())?;
    let verb = match report.mode {
        Mode::Run => "Run",
        Mode::Status => "Checked",
    };
    let (from, to, exit_code) = (report.started_at, report.finished_at, report.exit_code().number());
    writeln!(out, "{verb} from {from} to {to}; exit code {exit_code}.\n")?;
    row(out, &HEADINGS)?;
    row(out, &["---"; HEADINGS.len()])?;
    for account in &report.accounts {
        row(out, &cells(account))?;
    }
    Ok(())
}

fn cells(account: &AccountResult) -> [String; HEADINGS.len()] {
    [
        escaped(&account.name),
        escaped(&account.email),
        escaped(&account.jess_username),
        account.phrase(),
        escaped(account.detail.as_deref().unwrap_or_default()),
        escaped(account.service_message.as_deref().unwrap_or_default()),
        Remedy::of(account).map_or_else(String::new, |remedy| remedy.texts().hint.clone()),
    ]
}

fn row(out: &mut dyn Write, cells: &[impl AsRef<str>]) -> io::Result<()> {
    for cell in cells {
        // The blank keeps a backslash at the end of a cell away from the pipe.
        write!(out, "| {} ", cell.as_ref())?;
    }
    writeln!(out, "|")
}

/// The text as it may appear within a line: nothing in it is markup, a link, a reference, a mention or a line end.
fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for piece in shown(text).split_inclusive(|c| !in_reference(c)) {
        let word = piece.trim_end_matches(|c| !in_reference(c));
        if is_reference(word) {
            // As code, because GitHub makes links and mentions of such words even when they are escaped.
            escaped.push_str(&format!("`{word}`"));
            escape(&piece[word.len()..], &mut escaped);
        } else {
            escape(piece, &mut escaped);
        }
    }
    escaped
}

/// Whether addresses and references consist of such characters. None of them needs escaping in code.
fn in_reference(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '@' | '.' | '-' | '+' | '_' | '#' | '/' | ':')
}

/// Whether GitHub would make a link of a word: an e-mail or web address, a mention, an issue or a commit.
fn is_reference(word: &str) -> bool {
    let small = word.to_ascii_lowercase();
    let has_number = word.split('#').skip(1).any(|after| after.starts_with(|c: char| c.is_ascii_digit()));
    let is_commit = (7..=40).contains(&word.len()) && word.chars().all(|c| c.is_ascii_hexdigit());
    word.contains('@')
        || has_number
        || word.contains("://")
        || small.starts_with("www.")
        || small.starts_with("gh-")
        || is_commit
}

/// What begins markup. The dot and the colon are in the addresses of web pages, which would become links.
const MARKUP: &str = "\\`*_[]<>&|~#$!^.:";

fn escape(text: &str, escaped: &mut String) {
    for c in text.chars() {
        if MARKUP.contains(c) {
            escaped.push('\\');
        }
        escaped.push(c);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn word_that_github_would_link_is_code() {
        for (text, written) in [
            ("see #123, or lab/jobs#4", "see `#123`, or `lab/jobs#4`"),
            ("@ada: GH-7", "`@ada:` `GH-7`"),
            ("https://uni.example/a?b=c", "`https://uni.example/a`?b=c"),
            ("(www.uni.example)", "(`www.uni.example`)"),
            ("in 4d3e9b2a", "in `4d3e9b2a`"),
            ("#one: a.b", "\\#one\\: a\\.b"),
        ] {
            assert_eq!(escaped(text), written);
        }
    }
}
