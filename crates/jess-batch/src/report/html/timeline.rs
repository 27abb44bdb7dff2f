//! How the run went over time: a line for each account, if there are not too many.

use std::fmt;

use super::text::{shown, span};
use crate::diagnostics::counted;
use crate::outcome::{AccountResult, Step, StepResult};
use crate::report::model::Report;

/// With up to this many accounts, names are shown beside the lines.
const NAMED: usize = 60;
/// With up to this many accounts, each has a line.
const LINES: usize = 200;

/// The run over time, in words and as a drawing.
pub(super) struct Timeline<'a> {
    pub(super) caption: String,
    /// None if there are too many accounts.
    pub(super) drawing: Option<Drawing<'a>>,
}

/// A line for each account, and the bars of its steps on it.
pub(super) struct Drawing<'a> {
    pub(super) accounts: Vec<&'a AccountResult>,
    pub(super) named: bool,
    end_ms: u64,
}

/// A part of a drawing's width, in hundredths of a percent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Share(pub(super) u64);

impl Share {
    pub(super) const WHOLE: u64 = 10_000;

    pub(super) fn of(part: u64, whole: u64) -> Self {
        let share = u128::from(part) * u128::from(Self::WHOLE) / u128::from(whole.max(1));
        Self(u64::try_from(share).unwrap_or(u64::MAX).min(Self::WHOLE))
    }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:02}%", self.0 / 100, self.0 % 100)
    }
}

impl<'a> Timeline<'a> {
    /// None if nothing was sent.
    pub(super) fn of(report: &'a Report) -> Option<Self> {
        let accounts: Vec<&AccountResult> =
            report.accounts.iter().filter(|account| account.requests > 0).collect();
        let last = accounts.iter().map(|account| end_of(account)).max()?;
        let end_ms = last.max(report.duration_ms).max(1);
        let caption = caption(&accounts, end_ms);
        let named = accounts.len() <= NAMED;
        let drawing = (accounts.len() <= LINES).then_some(Drawing { accounts, named, end_ms });
        Some(Self { caption, drawing })
    }
}

impl Drawing<'_> {
    fn line_height(&self) -> usize {
        if self.named { 18 } else { 5 }
    }

    /// The height without the axis, in pixels.
    pub(super) fn height(&self) -> usize {
        self.accounts.len() * self.line_height()
    }

    /// The middle of a line, in pixels from the top.
    pub(super) fn y(&self, line: usize) -> usize {
        line * self.line_height() + self.line_height() / 2
    }

    /// When an account's first step began, and when its last ended.
    pub(super) fn ends(&self, account: &AccountResult) -> (Share, Share) {
        (Share::of(account.start_ms, self.end_ms), Share::of(end_of(account), self.end_ms))
    }

    /// The start and the width of the time in which the service worked on a step; wide enough to be seen.
    pub(super) fn bar(&self, step: &StepResult) -> (Share, Share) {
        const NARROWEST: Share = Share(25);
        let (start, end) = work_on(step);
        (Share::of(start, self.end_ms), Share::of(end - start, self.end_ms).max(NARROWEST))
    }

    pub(super) fn marks(&self) -> Vec<Mark> {
        marks(self.end_ms)
    }
}

/// The steps of an account in words.
pub(super) fn title(account: &AccountResult) -> String {
    let steps: Vec<String> = account.steps.iter().map(step_in_words).collect();
    format!("{}: {}", shown(&account.name), steps.join("; "))
}

/// When the service worked on a step, from and to: all the time, if there was no answer or it was not measured.
fn work_on(step: &StepResult) -> (u64, u64) {
    let work = step.answer_ms.unwrap_or(step.duration_ms).min(step.duration_ms);
    let start = step.start_ms.saturating_add(step.duration_ms - work);
    (start, start.saturating_add(work))
}

/// What kind of step it is, for the style.
pub(super) fn class_of(step: &StepResult) -> &'static str {
    match step.step {
        _ if step.http_status.is_none() => "silence",
        Step::LogOn => "log-on",
        Step::Update => "update",
        _ => "check",
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

/// A mark on a time axis.
pub(super) struct Mark {
    pub(super) at: Share,
    pub(super) label: String,
}

/// Round times from 0 to the end of an axis, no more than fit side by side on a phone.
fn marks(end_ms: u64) -> Vec<Mark> {
    const MOST: u64 = 5;
    const SECOND: u64 = 1000;
    const MINUTE: u64 = 60 * SECOND;
    const HOUR: u64 = 60 * MINUTE;
    let below_a_second = [1, 2, 5, 10, 20, 50, 100, 200, 500].into_iter();
    let seconds_and_minutes =
        [SECOND, MINUTE].into_iter().flat_map(|unit| [1, 2, 5, 10, 30].map(|n| n * unit));
    let hours = [1, 2, 6, 12, 24].map(|n| n * HOUR);
    let mut steps = below_a_second.chain(seconds_and_minutes).chain(hours);
    let step = steps.find(|step| end_ms / step <= MOST).unwrap_or(end_ms / MOST);
    let label = |at| match at {
        0 => "0".to_owned(),
        // Shorter than minutes and seconds in words.
        MINUTE.. if step < MINUTE => format!("{}:{:02} min", at / MINUTE, at % MINUTE / SECOND),
        _ => span(at),
    };
    (0..=end_ms / step).map(|n| Mark { at: Share::of(n * step, end_ms), label: label(n * step) }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axis_has_few_marks_at_round_times() {
        let labels = |end_ms| marks(end_ms).into_iter().map(|mark| mark.label).collect::<Vec<_>>();
        assert_eq!(labels(4120), ["0", "1 s", "2 s", "3 s", "4 s"]);
        assert_eq!(labels(95_000), ["0", "30 s", "1:00 min", "1:30 min"]);
        for end_ms in [0, 1, u64::MAX] {
            assert!(labels(end_ms).len() <= 7);
        }
    }
}
