//! The page: everything that its template shows.

use askama::Template;
use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::answer_times::{AnswerTimes, answer_times};
use super::facts::{Fact, Time, facts};
use super::heading::{Heading, Warning, warnings};
use super::help::{Group, groups, listed};
use super::next_run::NextRun;
use super::shown;
use super::state::State;
use super::table::Row;
use super::time::Share;
use super::timeline::{Drawing, Timeline};
use crate::report::causes::causes;
use crate::report::model::{Mode, Report};

const STYLE: &str = include_str!("../../../templates/style.css");
const SCRIPT: &str = include_str!("../../../templates/script.js");

/// The most accounts that one page lists: a browser takes seconds for more.
const MOST: usize = 5000;

#[derive(Template)]
#[template(path = "report.html")]
pub(super) struct Page {
    style: &'static str,
    script: &'static str,
    /// What a browser may do with the page: run this script, use this style, and nothing else.
    policy: String,
    rehearsal: bool,
    is_status: bool,
    job: String,
    started: Time,
    heading: Heading,
    warnings: Vec<Warning>,
    segments: Vec<Segment>,
    groups: Vec<Group>,
    next_run: Option<NextRun>,
    /// How many accounts need attention and are not listed.
    unlisted: usize,
    accounts: usize,
    /// None if there are too many for a page.
    rows: Option<Vec<Row>>,
    timeline: Option<Timeline>,
    answer_times: Vec<AnswerTimes>,
    facts: Vec<(&'static str, Fact)>,
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

impl Page {
    pub(super) fn new(report: &Report) -> Self {
        let causes = causes(report);
        let groups = groups(&causes, MOST);
        let accounts = report.accounts.len();
        Self {
            style: STYLE,
            script: SCRIPT,
            policy: policy(),
            rehearsal: report.service.sandbox,
            is_status: report.mode == Mode::Status,
            job: shown(&report.job.name),
            started: Time::to_the_minute(report.started_at),
            heading: Heading::of(report, &causes),
            warnings: warnings(report),
            segments: segments(report),
            next_run: NextRun::after(report, &causes),
            unlisted: report.attention().count() - listed(&groups),
            groups,
            accounts,
            rows: (accounts <= MOST).then(|| report.accounts.iter().map(Row::of).collect()),
            timeline: Timeline::of(report),
            answer_times: answer_times(report),
            facts: facts(report),
        }
    }
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
