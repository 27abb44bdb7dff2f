//! The page: all that its template shows.

use askama::Template;
use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;

use super::answer::{Answer, Warning, warnings};
use super::histogram::{Histogram, histograms};
use super::next_run::NextRun;
use super::people::{Group, Row, groups};
use super::shown;
use super::state::State;
use super::time::{Share, span};
use super::timeline::{Drawing, Timeline};
use crate::job::{Update, Verify};
use crate::report::run_report::Report;

const STYLE: &str = include_str!("../../../templates/style.css");
const SCRIPT: &str = include_str!("../../../templates/script.js");

/// The most accounts that one page lists: a browser takes seconds for more.
const MOST: usize = 5000;

#[derive(Template)]
#[template(path = "report.html")]
pub(super) struct Page {
    style: &'static str,
    script: &'static str,
    /// What a browser may do with this page: run this script, use this style, and nothing else.
    policy: String,
    rehearsal: bool,
    job: String,
    started: Time,
    answer: Answer,
    warnings: Vec<Warning>,
    states: Vec<Segment>,
    groups: Vec<Group>,
    next: NextRun,
    /// How many more need help than are listed.
    more_need_help: usize,
    accounts: usize,
    /// None where there are too many for a page.
    everyone: Option<Vec<Row>>,
    timeline: Option<Timeline>,
    histograms: Vec<Histogram>,
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

enum Fact {
    Text(String),
    Time(Time),
}

/// A time for programs and for people.
struct Time {
    machine: String,
    people: String,
}

impl Page {
    pub(super) fn of(report: &Report) -> Self {
        let groups = groups(report, MOST);
        let listed: usize = groups.iter().map(Group::len).sum();
        let need_help = report.accounts.iter().filter(|account| !account.is_good()).count();
        let accounts = report.accounts.len();
        Self {
            style: STYLE,
            script: SCRIPT,
            policy: policy(),
            rehearsal: report.service.sandbox,
            job: shown(&report.job.name),
            started: Time::to_the_minute(report.started_at),
            answer: Answer::of(report),
            warnings: warnings(report),
            states: states(report),
            next: NextRun::after(report, &groups.iter().map(|group| group.to_do).collect::<Vec<_>>()),
            groups,
            more_need_help: need_help - listed,
            accounts,
            everyone: (accounts <= MOST).then(|| report.accounts.iter().map(Row::new).collect()),
            timeline: Timeline::of(report),
            histograms: histograms(report),
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

/// The states that there are. Each is wide enough to be seen; the bar is still as long as all accounts.
fn states(report: &Report) -> Vec<Segment> {
    const NARROWEST: u64 = 150;
    const WIDE: u64 = 1200;
    let of = |state| report.accounts.iter().filter(|account| State::of(account) == state).count();
    let counts: Vec<(State, usize)> =
        State::ALL.into_iter().map(|state| (state, of(state))).filter(|(_, count)| *count > 0).collect();
    let width = |count: usize| Share::of(count as u64, report.accounts.len() as u64).0.max(NARROWEST);
    let total: u64 = counts.iter().map(|(_, count)| width(*count)).sum();
    let mut x = 0;
    let segment = |(state, count)| {
        let (start, width) = (x, width(count));
        x += width;
        let (x, width) = (Share::of(start, total), Share::of(width, total));
        Segment { state, count, x, width, wide: width.0 >= WIDE }
    };
    counts.into_iter().map(segment).collect()
}

fn facts(report: &Report) -> Vec<(&'static str, Fact)> {
    let (job, service, totals) = (&report.job, &report.service, &report.totals);
    let text = |text: &str| Fact::Text(shown(text));
    let time = |at| Fact::Time(Time::to_the_second(at));
    let version = |version: &Option<String>| text(version.as_deref().unwrap_or("not told"));
    let update = match job.update {
        Update::Always => "always",
        Update::WhenInvalid => "only where the JESS session is not valid (when-invalid)",
    };
    let verify = match job.verify {
        Verify::None => "nothing (none)",
        Verify::Session => "the JESS session (session)",
        Verify::Account => "the JESS session and the JESS account (account)",
    };
    let mut counts: Vec<String> = vec![format!("{} in all", totals.accounts)];
    counts.extend(totals.by_outcome().iter().filter(|(_, n)| *n > 0).map(|(word, n)| format!("{n} {word}")));
    counts.extend(totals.ready.map(|ready| format!("{ready} ready")));
    let exit = report.exit();
    let mut facts = vec![
        ("Job", text(&job.name)),
        ("Job file", text(&job.file)),
        ("Service", text(&service.url)),
        ("Users API", version(&service.users_version)),
        ("JESS API", version(&service.jess_version)),
        ("Update", text(update)),
        ("Verify", text(verify)),
        ("Accounts", Fact::Text(counts.join(", "))),
        ("Started", time(report.started_at)),
        ("Finished", time(report.finished_at)),
        ("Took", Fact::Text(span(report.duration_ms))),
    ];
    facts.extend(report.last_success_at.map(|at| ("Last full success", time(at))));
    facts.push(("Exit code", Fact::Text(format!("{}: {}", exit as u8, exit.meaning()))));
    facts.push(("Made by", text(&format!("jess-batch {}", report.tool.version))));
    facts
}

impl Time {
    fn to_the_second(at: Timestamp) -> Self {
        Self::told_as("%-d %B %Y, %H:%M:%S UTC", at)
    }

    fn to_the_minute(at: Timestamp) -> Self {
        Self::told_as("%-d %B %Y, %H:%M UTC", at)
    }

    fn told_as(form: &str, at: Timestamp) -> Self {
        Self { machine: at.to_string(), people: at.strftime(form).to_string() }
    }
}
