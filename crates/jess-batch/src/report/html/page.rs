//! The page: everything that its template shows.

use std::io::{self, Write};

use askama::Template;
use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::answer_times::{AnswerTimes, answer_times};
use super::heading::{Heading, warnings};
use super::help::{Group, groups};
use super::next_run::NextRun;
use super::state::State;
use super::timeline::{Share, Timeline};
use super::{text, timeline};
use crate::job::{Update, Verify};
use crate::outcome::AccountResult;
use crate::report::causes::{CauseKind, causes};
use crate::report::model::{Mode, Report};

const STYLE: &str = include_str!("../../../templates/style.css");
const SCRIPT: &str = include_str!("../../../templates/script.js");

/// The most accounts that one page lists: a browser takes seconds for more.
const MOST: usize = 5000;

/// With up to this many accounts, the names are unfolded above a message for all of them.
const UNFOLDED: usize = 8;

const TO_THE_MINUTE: &str = "%-d %B %Y, %H:%M UTC";
const TO_THE_SECOND: &str = "%-d %B %Y, %H:%M:%S UTC";

#[derive(Template)]
#[template(path = "report.html")]
struct Page<'a> {
    report: &'a Report,
    is_status: bool,
    /// What a browser may do with the page: run this script, use this style, and nothing else.
    policy: String,
    heading: Heading,
    warnings: Vec<(&'static str, &'static str)>,
    segments: Vec<Segment>,
    groups: Vec<Group<'a>>,
    next_run: Option<NextRun>,
    /// How many accounts need attention and are not listed.
    unlisted: usize,
    /// All accounts; none if there are too many for a page.
    everyone: Option<&'a [AccountResult]>,
    timeline: Option<Timeline<'a>>,
    answer_times: Vec<AnswerTimes>,
}

/// One state of the accounts: its part of the bar, and its filter.
struct Segment {
    state: State,
    count: usize,
    x: Share,
    width: Share,
    /// Whether its number fits into its part of the bar.
    wide: bool,
}

pub(in crate::report) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let causes = causes(report);
    let page = Page {
        report,
        is_status: report.mode == Mode::Status,
        policy: policy(),
        heading: Heading::of(report, &causes),
        warnings: warnings(report),
        segments: segments(report),
        groups: groups(&causes, &report.job.messages, MOST),
        next_run: NextRun::after(report, &causes),
        unlisted: report.attention().count().saturating_sub(MOST),
        everyone: (report.accounts.len() <= MOST).then_some(&report.accounts),
        timeline: Timeline::of(report),
        answer_times: answer_times(report),
    };
    page.write_into(out)
}

fn policy() -> String {
    let hash = |text: &str| STANDARD.encode(digest(&SHA256, text.as_bytes()));
    format!(
        "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; base-uri 'none'; form-action 'none'",
        hash(STYLE),
        hash(SCRIPT)
    )
}

/// The bar: each state is wide enough to be seen, and all together are as wide as the page.
fn segments(report: &Report) -> Vec<Segment> {
    const NARROWEST: u64 = 150;
    const WIDE: u64 = 1200;
    let counts = State::count(&report.accounts);
    let width = |count: usize| Share::of(count as u64, report.accounts.len() as u64).0.max(NARROWEST);
    let total: u64 = counts.iter().map(|(_, count)| width(*count)).sum();
    let mut segments = Vec::new();
    let mut start = 0;
    for (state, count) in counts {
        let (x, share) = (Share::of(start, total), Share::of(width(count), total));
        segments.push(Segment { state, count, x, width: share, wide: share.0 >= WIDE });
        start += width(count);
    }
    segments
}
