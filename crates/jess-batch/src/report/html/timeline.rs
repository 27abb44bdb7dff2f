//! How the run went over time: a line for each account, or areas of all together if there are too many.

use super::time::{Mark, Share, marks, span};
use super::{counted, shown};
use crate::outcome::{AccountResult, Step, StepResult};
use crate::report::model::Report;

/// Up to so many accounts have their names beside their lines.
const NAMED: usize = 60;
/// Up to so many accounts have a line each.
const LINES: usize = 200;
/// Parts into which the areas divide the time.
const BINS: usize = 200;
/// The height of the areas, in their own units.
const TOP: u64 = 1000;

/// A drawing of the run over time.
pub(super) struct Timeline {
    /// What the drawing shows, in words.
    pub(super) caption: String,
    pub(super) marks: Vec<Mark>,
    pub(super) drawing: Drawing,
    /// The height of the drawing without its axis, in pixels.
    pub(super) height: usize,
}

pub(super) enum Drawing {
    Lines { lines: Vec<Line>, named: bool },
    Areas(Vec<Area>),
}

/// One account's time, from its first step to its end.
pub(super) struct Line {
    pub(super) name: String,
    /// Its steps in words.
    pub(super) title: String,
    /// The line's middle, in pixels from the top.
    pub(super) y: usize,
    pub(super) from: Share,
    pub(super) to: Share,
    pub(super) bars: Vec<Bar>,
    pub(super) good: bool,
}

/// The time in which the service answered a step.
pub(super) struct Bar {
    pub(super) x: Share,
    pub(super) width: Share,
    pub(super) class: &'static str,
}

/// How many accounts were in one kind of step, over time; each area is stacked on the one before it.
pub(super) struct Area {
    pub(super) class: &'static str,
    /// The kind of step in words.
    pub(super) name: &'static str,
    /// The path of its outline, [`BINS`] wide and [`TOP`] high.
    pub(super) path: String,
}

impl Timeline {
    /// None if nothing was sent.
    pub(super) fn of(report: &Report) -> Option<Self> {
        let accounts: Vec<&AccountResult> =
            report.accounts.iter().filter(|account| account.requests > 0).collect();
        let last = accounts.iter().map(|account| end_of(account)).max()?;
        let end_ms = last.max(report.duration_ms).max(1);
        let caption = caption(&accounts, end_ms);
        let named = accounts.len() <= NAMED;
        let line_height = if named { 18 } else { 5 };
        let (drawing, height) = if accounts.len() <= LINES {
            let mut lines = Vec::new();
            for (n, account) in accounts.iter().enumerate() {
                lines.push(Line::new(account, n * line_height + line_height / 2, end_ms));
            }
            (Drawing::Lines { lines, named }, accounts.len() * line_height)
        } else {
            (Drawing::Areas(areas(&accounts, end_ms)), 160)
        };
        Some(Self { caption, marks: marks(end_ms), drawing, height })
    }
}

impl Line {
    fn new(account: &AccountResult, y: usize, end_ms: u64) -> Self {
        let steps: Vec<String> = account.steps.iter().map(step_in_words).collect();
        Self {
            name: shown(&account.name),
            title: format!("{}: {}", shown(&account.name), steps.join("; ")),
            y,
            from: Share::of(account.start_ms, end_ms),
            to: Share::of(end_of(account), end_ms),
            bars: account.steps.iter().map(|step| Bar::new(step, end_ms)).collect(),
            good: account.is_good(),
        }
    }
}

impl Bar {
    fn new(step: &StepResult, end_ms: u64) -> Self {
        const NARROWEST: Share = Share(25);
        let (start, end) = work_on(step);
        let width = Share::of(end - start, end_ms).max(NARROWEST);
        Self { x: Share::of(start, end_ms), width, class: class_of(step) }
    }
}

/// When the service worked on a step, from and to: all the time, if there was no answer or it was not measured.
fn work_on(step: &StepResult) -> (u64, u64) {
    let work = step.answer_ms.unwrap_or(step.duration_ms).min(step.duration_ms);
    let start = step.start_ms.saturating_add(step.duration_ms - work);
    (start, start.saturating_add(work))
}

fn class_of(step: &StepResult) -> &'static str {
    match step.step {
        _ if step.http_status.is_none() => "silence",
        Step::LogOn => "log-on",
        Step::Update => "update",
        Step::CheckSession
        | Step::CheckAccount
        | Step::CheckUsage
        | Step::VerifySession
        | Step::VerifyAccount => "check",
    }
}

fn end_of(account: &AccountResult) -> u64 {
    account.start_ms.saturating_add(account.duration_ms)
}

fn step_in_words(step: &StepResult) -> String {
    let (start, end) = work_on(step);
    let answer = if step.http_status.is_some() { "answered" } else { "no answer" };
    let mut words = format!("{} at {}, {answer} in {}", step.step, span(step.start_ms), span(end - start));
    if step.attempts > 1 {
        words.push_str(&format!(" at attempt {}", step.attempts));
    }
    words
}

/// The greatest number of accounts in progress at the same time.
fn most_at_once(accounts: &[&AccountResult]) -> usize {
    let mut changes: Vec<(u64, bool)> = Vec::new();
    for account in accounts {
        changes.push((account.start_ms, true));
        changes.push((end_of(account), false));
    }
    // At the same time, one ends before another begins.
    changes.sort_unstable();
    let (mut count, mut most) = (0_usize, 0);
    for (_, begins) in changes {
        count = if begins { count + 1 } else { count.saturating_sub(1) };
        most = most.max(count);
    }
    most
}

/// What all accounts together were doing, over time.
fn areas(accounts: &[&AccountResult], end_ms: u64) -> Vec<Area> {
    let mut bottom = [0_u64; BINS];
    let mut layers = Vec::new();
    for (class, name) in
        [("log-on", "log-on"), ("update", "update"), ("check", "check"), ("silence", "no answer")]
    {
        let steps = accounts.iter().flat_map(|account| &account.steps);
        let time = time_in_bins(steps.filter(|step| class_of(step) == class).map(work_on), end_ms);
        let top: [u64; BINS] = std::array::from_fn(|bin| bottom[bin].saturating_add(time[bin]));
        layers.push((class, name, bottom, top));
        bottom = top;
    }
    let all = time_in_bins(accounts.iter().map(|account| (account.start_ms, end_of(account))), end_ms);
    let top: [u64; BINS] = std::array::from_fn(|bin| bottom[bin].max(all[bin]));
    layers.push(("waiting", "waiting", bottom, top));
    let highest = top.iter().copied().max().unwrap_or_default().max(1);
    layers
        .into_iter()
        .filter(|(_, _, bottom, top)| bottom != top)
        .map(|(class, name, bottom, top)| Area { class, name, path: outline(&bottom, &top, highest) })
        .collect()
}

/// How much of these times is in each part of the run.
fn time_in_bins(times: impl Iterator<Item = (u64, u64)>, end_ms: u64) -> [u64; BINS] {
    // In fractions of a millisecond, so that a short run has bins as well.
    let in_bins = |ms: u64| ms.saturating_mul(BINS as u64);
    let mut bins = [0_u64; BINS];
    for (start, end) in times {
        let (start, end) = (in_bins(start), in_bins(end));
        let first = usize::try_from(start / end_ms).unwrap_or(BINS).min(BINS);
        for (bin, time) in bins.iter_mut().enumerate().skip(first) {
            let from = (bin as u64).saturating_mul(end_ms);
            if from >= end {
                break;
            }
            *time = time.saturating_add(end.min(from.saturating_add(end_ms)) - start.max(from));
        }
    }
    bins
}

/// Along the top to the right, and along the bottom back.
fn outline(bottom: &[u64; BINS], top: &[u64; BINS], highest: u64) -> String {
    let y = |level: u64| {
        TOP - u64::try_from(u128::from(level) * u128::from(TOP) / u128::from(highest)).unwrap_or(TOP)
    };
    let mut path = format!("M0 {}", y(bottom[0]));
    for (x, level) in top.iter().enumerate() {
        path.push_str(&format!("V{}H{}", y(*level), x + 1));
    }
    for (x, level) in bottom.iter().enumerate().rev() {
        path.push_str(&format!("V{}H{x}", y(*level)));
    }
    path + "Z"
}

fn caption(accounts: &[&AccountResult], end_ms: u64) -> String {
    let (count, most) = (counted(accounts.len(), "account", "accounts"), most_at_once(accounts));
    let mut words = format!("{count} in {}, at most {most} at once.", span(end_ms));
    if let Some(slowest) = accounts.iter().max_by_key(|account| account.duration_ms) {
        let (name, duration) = (shown(&slowest.name), span(slowest.duration_ms));
        words.push_str(&format!(" {name} took longest: {duration}."));
    }
    let mut repeated = 0;
    for step in accounts.iter().flat_map(|account| &account.steps) {
        repeated += step.attempts.saturating_sub(1) as usize;
    }
    if repeated > 0 {
        words.push_str(&format!(" {}.", counted(repeated, "request was repeated", "requests were repeated")));
    }
    words
}
