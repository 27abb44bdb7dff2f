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

/// The text as it may stand within a line: nothing in it is markup, a link, a reference or a mention, and no line ends.
fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for piece in beginning(text, LONGEST).split_inclusive(|c| !in_reference(c)) {
        let word = piece.trim_end_matches(|c| !in_reference(c));
        if refers(word) {
            // As code, because GitHub makes links and mentions of such words even when they are escaped.
            escaped.push_str(&format!("`{word}`"));
            escape(&piece[word.len()..], &mut escaped);
        } else {
            escape(piece, &mut escaped);
        }
    }
    escaped
}

/// What addresses and references are mostly made of, none of which needs care in code.
fn in_reference(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '@' | '.' | '-' | '+' | '_' | '#' | '/' | ':')
}

/// Whether GitHub would make a link of a word: an e-mail or web address, a mention, an issue or a commit.
fn refers(word: &str) -> bool {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_github_would_link_are_code() {
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
