//! Text made fit for the terminal.

use super::color::paint;
use crate::diagnostics::shorten;

/// The longest text from outside that the terminal shows, in characters.
const MAX_LENGTH: usize = 300;

/// Text from outside with control and direction characters escaped, cut if it is very long.
pub fn shown(text: &str) -> String {
    shorten(text, MAX_LENGTH)
}

/// The word that begins an error message.
pub(super) fn error_label() -> String {
    paint("1;31", "error:")
}

pub(super) fn heading(text: &str) -> String {
    paint("1", text)
}

pub(super) fn bad(text: &str) -> String {
    paint("31", text)
}

/// The count and the noun in its right number: "1 account", "3 accounts".
pub fn count(number: usize, singular: &str) -> String {
    if number == 1 { format!("1 {singular}") } else { format!("{number} {singular}s") }
}

/// The text broken into lines of at most `width` columns at spaces. Each line but the first begins with the indent of the
/// first, and two columns more.
pub(super) fn wrap(line: &str, width: Option<usize>) -> String {
    let Some(width) = width.filter(|width| line.chars().count() > *width) else { return line.to_owned() };
    let indent = line.len() - line.trim_start().len();
    let hanging = " ".repeat(indent + 2);
    let mut wrapped = " ".repeat(indent);
    let mut column = indent;
    let mut is_first_word = true;
    for word in line.split_whitespace() {
        let length = word.chars().count();
        if !is_first_word && column + 1 + length > width {
            wrapped.push('\n');
            wrapped.push_str(&hanging);
            column = hanging.len();
        } else if !is_first_word {
            wrapped.push(' ');
            column += 1;
        }
        wrapped.push_str(word);
        column += length;
        is_first_word = false;
    }
    wrapped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrap_breaks_at_spaces_and_keeps_the_indent() {
        let text = "  one two three four";
        assert_eq!(wrap(text, None), text);
        assert_eq!(wrap(text, Some(80)), text);
        assert_eq!(wrap(text, Some(11)), "  one two\n    three\n    four");
        assert_eq!(wrap("a-word-too-long x", Some(5)), "a-word-too-long\n  x");
    }
}
