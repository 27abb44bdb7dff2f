//! The HTML report: one page for people, with all that it needs in it.
//!
//! What it shows is made here, where it stands is in `templates/report.html`. The template escapes all text by itself.

mod answer;
mod histogram;
mod next_run;
mod page;
mod people;
mod sentence;
mod state;
mod time;
mod timeline;
mod to_do;

use std::io::{self, Write};

use askama::Template;

use super::run_report::Report;
use super::visible::beginning;

/// The longest text from outside on the page, in characters; the JSON report has all of it.
const LONGEST: usize = 300;

pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    page::Page::of(report).write_into(out)
}

/// Text from outside: with nothing in it that works unseen, and cut when it is very long.
fn shown(text: &str) -> String {
    beginning(text, LONGEST)
}
