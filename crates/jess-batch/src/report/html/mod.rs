//! The HTML report: one page for people that needs no other file.
//!
//! Its contents are made here; its layout is in `templates/report.html`, which escapes all text.

mod answer_times;
mod heading;
mod help;
mod next_run;
mod page;
mod state;
mod text;
mod timeline;

pub(super) use page::write;
