//! Text from outside, made fit for a terminal.

use crate::report::beginning;

/// The longest text from outside that a terminal is shown, in characters.
const LONGEST: usize = 300;

/// The text with control and direction characters escaped, cut when it is very long.
pub(crate) fn shown(text: &str) -> String {
    beginning(text, LONGEST)
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
