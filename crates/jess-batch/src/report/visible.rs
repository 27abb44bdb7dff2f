//! Text from outside, with nothing in it that works unseen.

/// The text with control and direction characters escaped.
pub(crate) fn visible(text: &str) -> String {
    beginning(text, usize::MAX)
}

/// The same, cut after so many characters of the text.
pub(crate) fn beginning(text: &str, longest: usize) -> String {
    let mut visible = String::new();
    for (count, c) in text.chars().enumerate() {
        if count == longest {
            visible.push('…');
            break;
        }
        if works_unseen(c) {
            visible.extend(c.escape_default());
        } else {
            visible.push(c);
        }
    }
    visible
}

/// Whether a terminal or a reader of lines would obey the character instead of showing it.
pub(crate) fn works_unseen(c: char) -> bool {
    c.is_control() || reorders(c) || is_no_text(c)
}

/// Line ends in other clothes, and two that XML does not allow.
fn is_no_text(c: char) -> bool {
    matches!(c, '\u{2028}' | '\u{2029}' | '\u{fffe}' | '\u{ffff}')
}

fn reorders(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}
