//! The HTML report: one page for people that needs no other file.
//!
//! Its contents are made here; its layout is in `templates/report.html`, which escapes all text.

mod answer_times;
mod facts;
mod heading;
mod help;
mod next_run;
mod page;
mod state;
mod table;
mod time;
mod timeline;

use std::io::{self, Write};

use askama::Template;

use super::model::Report;
use crate::diagnostics::shorten;

/// The longest text from outside on the page, in characters; the JSON report has all of it.
const LONGEST: usize = 300;

pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    page::Page::new(report).write_into(out)
}

/// Text from outside with invisible characters escaped, and cut if it is very long.
fn shown(text: &str) -> String {
    shorten(text, LONGEST)
}

/// A count with the right form of its noun or verb: "1 account", "2 accounts".
fn counted(count: usize, one: &str, more: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { more })
}
