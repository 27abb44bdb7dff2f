//! Text from outside and durations, as the page shows them.

use crate::diagnostics::LONGEST_SHOWN;
pub(super) use crate::diagnostics::shown;

/// How many characters a text has, if the page shows only its beginning.
pub(super) fn cut_from(text: &str) -> Option<usize> {
    Some(text.chars().count()).filter(|length| *length > LONGEST_SHOWN)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn span_is_as_exact_as_a_reader_needs() {
        let words = [0, 999, 1000, 4120, 60_000, 125_000, 3_780_000].map(span);
        assert_eq!(words, ["0 ms", "999 ms", "1 s", "4.1 s", "1 min", "2 min 5 s", "1 h 3 min"]);
    }
}
