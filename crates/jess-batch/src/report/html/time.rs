//! Durations in words, and as parts of a drawing.

use std::fmt;

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

/// A duration in words, as exact as a reader needs it.
pub(super) fn span(ms: u64) -> String {
    let seconds = ms / 1000;
    match seconds {
        0 => format!("{ms} ms"),
        1..60 if ms.is_multiple_of(1000) => format!("{seconds} s"),
        1..60 => format!("{seconds}.{} s", ms % 1000 / 100),
        60..3600 if seconds.is_multiple_of(60) => format!("{} min", seconds / 60),
        60..3600 => format!("{} min {} s", seconds / 60, seconds % 60),
        _ => format!("{} h {} min", seconds / 3600, seconds / 60 % 60),
    }
}

/// A mark on a time axis.
pub(super) struct Mark {
    pub(super) at: Share,
    pub(super) label: String,
}

/// Round times from 0 to the end of an axis, no more than fit side by side on a phone.
pub(super) fn marks(end_ms: u64) -> Vec<Mark> {
    const MOST: u64 = 5;
    const SECOND: u64 = 1000;
    const MINUTE: u64 = 60 * SECOND;
    const HOUR: u64 = 60 * MINUTE;
    let below_a_second = [1, 2, 5, 10, 20, 50, 100, 200, 500].into_iter();
    let seconds = [1, 2, 5, 10, 30].map(|n| n * SECOND);
    let minutes = [1, 2, 5, 10, 30].map(|n| n * MINUTE);
    let hours = [1, 2, 6, 12, 24].map(|n| n * HOUR);
    let mut steps = below_a_second.chain(seconds).chain(minutes).chain(hours);
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
    fn span_is_as_exact_as_a_reader_needs() {
        let words = [0, 999, 1000, 4120, 60_000, 125_000, 3_780_000].map(span);
        assert_eq!(words, ["0 ms", "999 ms", "1 s", "4.1 s", "1 min", "2 min 5 s", "1 h 3 min"]);
    }

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
