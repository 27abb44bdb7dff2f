//! How long the service took to answer, operation by operation.

use super::answer::many;
use super::time::{Share, span};
use crate::report::run_report::Report;
use crate::report::step::Step;

/// Where one bar ends and the next begins. Answer times differ by orders of magnitude, so the bounds grow.
const BOUNDS: [u64; 28] = [
    0, 2, 5, 10, 15, 20, 30, 50, 70, 100, 150, 200, 300, 500, 700, 1000, 1500, 2000, 3000, 5000, 7000,
    10_000, 15_000, 20_000, 30_000, 50_000, 70_000, 100_000,
];
/// Fewer bars than this look like a wall.
const FEWEST_BARS: usize = 9;
/// Up to so many bars have room for their numbers.
const NUMBERED: usize = 14;
/// The height of the tallest bar, in pixels.
const HEIGHT: usize = 88;

/// The answer times of one operation.
pub(super) struct Histogram {
    pub(super) operation: &'static str,
    /// What the drawing tells, in words.
    pub(super) caption: String,
    pub(super) bars: Vec<Bar>,
    pub(super) bounds: Vec<Bound>,
}

/// How many answers took so long.
pub(super) struct Bar {
    pub(super) x: Share,
    pub(super) width: Share,
    pub(super) middle: Share,
    pub(super) y: usize,
    pub(super) height: usize,
    pub(super) count: usize,
    pub(super) numbered: bool,
    /// Such as "50 ms to 100 ms".
    pub(super) range: String,
}

/// A bound between bars; only those at a power of ten have words.
pub(super) struct Bound {
    pub(super) at: Share,
    pub(super) label: Option<String>,
}

/// One histogram for each operation that was answered, all with the same bars.
pub(super) fn histograms(report: &Report) -> Vec<Histogram> {
    const OPERATIONS: [(&str, &[Step]); 5] = [
        ("Log on", &[Step::LogOn]),
        ("Update the JESS session", &[Step::Update]),
        ("Look at the JESS session", &[Step::LookSession, Step::VerifySession]),
        ("Look at the JESS account", &[Step::LookAccount, Step::VerifyAccount]),
        ("Look at the usage", &[Step::LookUsage]),
    ];
    let answers = |steps: &[Step]| -> Vec<u64> {
        let all = report.accounts.iter().flat_map(|account| &account.steps);
        let mut answers: Vec<u64> =
            all.filter(|step| steps.contains(&step.step)).filter_map(|step| step.answer_ms).collect();
        answers.sort_unstable();
        answers
    };
    let all = OPERATIONS.map(|(operation, steps)| (operation, answers(steps)));
    let Some(fastest) = all.iter().filter_map(|(_, answers)| answers.first()).min() else {
        return Vec::new();
    };
    let slowest = all.iter().filter_map(|(_, answers)| answers.last()).max().unwrap_or(fastest);
    let (first, last) = range(bin_of(*fastest), bin_of(*slowest));
    all.into_iter()
        .filter_map(|(operation, answers)| Histogram::of(operation, &answers, first, last))
        .collect()
}

impl Histogram {
    /// The answers come sorted.
    fn of(operation: &'static str, answers: &[u64], first: usize, last: usize) -> Option<Self> {
        let slowest = answers.last()?;
        let median = answers[answers.len() / 2];
        let caption = format!(
            "{}. Half took up to {}, the slowest {}.",
            many(answers.len(), "answer", "answers"),
            span(median),
            span(*slowest)
        );
        let mut counts = vec![0; last - first + 1];
        for answer in answers {
            counts[bin_of(*answer) - first] += 1;
        }
        Some(Self { operation, caption, bars: bars(&counts, first), bounds: bounds(counts.len(), first) })
    }
}

fn bars(counts: &[usize], first: usize) -> Vec<Bar> {
    let tallest = counts.iter().copied().max().unwrap_or_default().max(1);
    let bar = |(n, count): (usize, &usize)| {
        let (start, end) = (place(n, counts.len()).0, place(n + 1, counts.len()).0);
        // One answer among thousands is still seen.
        let height = (count * HEIGHT).div_ceil(tallest);
        Bar {
            x: Share(start),
            width: Share(end - start),
            middle: Share(start.midpoint(end)),
            y: HEIGHT - height,
            height,
            count: *count,
            numbered: *count == tallest || counts.len() <= NUMBERED,
            range: range_in_words(first + n),
        }
    };
    counts.iter().enumerate().map(bar).collect()
}

fn bounds(bars: usize, first: usize) -> Vec<Bound> {
    let bound = |n: usize| {
        let ms = BOUNDS.get(first + n).filter(|ms| matches!(ms, 10 | 100 | 1000 | 10_000 | 100_000));
        Bound { at: place(n, bars), label: ms.map(|ms| span(*ms)) }
    };
    (0..=bars).map(bound).collect()
}

/// Where the bar with this number begins.
fn place(n: usize, bars: usize) -> Share {
    Share::of(n as u64, bars as u64)
}

fn bin_of(ms: u64) -> usize {
    BOUNDS.iter().rposition(|bound| *bound <= ms).unwrap_or_default()
}

/// The bins from the first to the last one used, and some beside them where these are few.
fn range(mut first: usize, mut last: usize) -> (usize, usize) {
    while last - first + 1 < FEWEST_BARS {
        if first > 0 && (last + 1 == BOUNDS.len() || (last - first).is_multiple_of(2)) {
            first -= 1;
        } else {
            last += 1;
        }
    }
    (first, last)
}

fn range_in_words(bin: usize) -> String {
    match BOUNDS.get(bin + 1) {
        Some(end) => format!("{} to {}", span(BOUNDS[bin]), span(*end)),
        None => format!("{} or more", span(BOUNDS[bin])),
    }
}
