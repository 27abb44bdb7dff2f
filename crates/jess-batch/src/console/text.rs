//! Text from outside, made fit for a terminal.

/// The longest text from outside that a terminal is shown, in characters.
const LONGEST: usize = 300;

/// The text with control and direction characters escaped, cut when it is very long.
pub(crate) fn shown(text: &str) -> String {
    let mut shown = String::new();
    for (count, c) in text.chars().enumerate() {
        if count == LONGEST {
            shown.push('…');
            break;
        }
        if is_unfit(c) {
            shown.extend(c.escape_default());
        } else {
            shown.push(c);
        }
    }
    shown
}

/// Whether a terminal or a reader of lines would obey the character instead of showing it.
pub(super) fn is_unfit(c: char) -> bool {
    let reorders = matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    c.is_control() || reorders || matches!(c, '\u{2028}' | '\u{2029}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::proptest;

    use super::*;

    #[test]
    fn what_could_move_the_cursor_is_escaped() {
        assert_eq!(shown("a\u{1b}[31mb\r\nc\u{202e}d"), "a\\u{1b}[31mb\\r\\nc\\u{202e}d");
        assert_eq!(shown("Grüße 漢字"), "Grüße 漢字");
        assert_eq!(shown(&"x".repeat(400)).chars().count(), LONGEST + 1);
    }

    proptest! {
        #[test]
        fn no_control_character_gets_through(text in ".*|\\PC*|[\\x00-\\x1f\\x7f-\\x9f]*") {
            assert!(!shown(&text).chars().any(char::is_control));
        }
    }
}
