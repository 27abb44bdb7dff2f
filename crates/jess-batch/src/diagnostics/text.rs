//! Text from outside, made fit to be shown to a person or typed into a shell.

use std::borrow::Borrow;
use std::fmt::Display;
use std::path::Path;

use crate::platform::{shell_quote, show_path};

/// The text with control and direction characters escaped.
pub fn escape_invisible(text: &str) -> String {
    shorten(text, usize::MAX)
}

/// The longest text from outside that people are shown, in characters; the JSON report has all of it.
pub const LONGEST_SHOWN: usize = 300;

/// Text from outside with control and direction characters escaped, cut if it is very long.
pub fn shown(text: &str) -> String {
    shorten(text, LONGEST_SHOWN)
}

/// The text with control and direction characters escaped, cut after `longest` characters of the original.
pub fn shorten(text: &str, longest: usize) -> String {
    let mut shown = String::with_capacity(text.len().min(longest));
    for (count, c) in text.chars().enumerate() {
        if count == longest {
            shown.push('…');
            break;
        }
        if is_invisible(c) {
            shown.extend(c.escape_default());
        } else {
            shown.push(c);
        }
    }
    shown
}

/// Whether a terminal or a text reader would obey the character instead of showing it.
pub fn is_invisible(c: char) -> bool {
    let changes_direction =
        matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    // Line and paragraph separators, and two code points that XML does not allow.
    let is_not_text = matches!(c, '\u{2028}' | '\u{2029}' | '\u{fffe}' | '\u{ffff}');
    c.is_control() || changes_direction || is_not_text
}

/// The path as a shell and a command line parser read it unchanged: a leading hyphen gets `./` before it.
pub fn shell_quote_path(path: &Path) -> String {
    if path.as_os_str().as_encoded_bytes().starts_with(b"-") {
        shell_quote(&show_path(&Path::new(".").join(path)))
    } else {
        shell_quote(&show_path(path))
    }
}

/// Whether a text may be an e-mail address: just enough to catch a name or a password in the wrong field, because the
/// service decides about the rest.
pub fn looks_like_email(text: &str) -> bool {
    let plain = text.chars().all(|c| !c.is_whitespace() && !c.is_control());
    plain && text.split_once('@').is_some_and(|(user, host)| !user.is_empty() && !host.is_empty())
}

/// A choice of words, such as `none, session or account`.
pub fn one_of<S: Borrow<str> + Display>(words: &[S]) -> String {
    match words {
        [first @ .., last] if !first.is_empty() => format!("{} or {last}", first.join(", ")),
        _ => words.concat(),
    }
}

/// A count with the right form of its noun or verb: "1 account", "2 accounts".
pub fn counted(count: usize, one: &str, more: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { more })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::proptest;

    use super::*;

    #[test]
    fn shorten_escapes_what_could_move_the_cursor() {
        assert_eq!(shorten("a\u{1b}[31mb\r\nc\u{202e}d", 300), "a\\u{1b}[31mb\\r\\nc\\u{202e}d");
        assert_eq!(shorten("Grüße 漢字", 300), "Grüße 漢字");
        assert_eq!(shorten(&"x".repeat(400), 300).chars().count(), 301);
    }

    #[test]
    fn shell_quote_path_keeps_a_name_from_being_an_option() {
        assert_eq!(shell_quote_path(Path::new("-x.yaml")), "./-x.yaml");
        assert_eq!(shell_quote_path(Path::new("my lab.yaml")), "'my lab.yaml'");
    }

    #[test]
    fn one_of_puts_or_before_the_last_word() {
        for (words, text) in [(&["a"][..], "a"), (&["a", "b"], "a or b"), (&["a", "b", "c"], "a, b or c")] {
            assert_eq!(one_of(words), text);
        }
    }

    proptest! {
        #[test]
        fn escape_invisible_leaves_no_control_character(text in ".*|\\PC*|[\\x00-\\x1f\\x7f-\\x9f]*") {
            assert!(!escape_invisible(&text).chars().any(is_invisible));
        }
    }
}
