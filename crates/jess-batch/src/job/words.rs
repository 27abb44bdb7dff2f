//! Lists of words in messages.

/// A choice of words, such as `none, session or account`.
pub(super) fn one_of(words: &[&str]) -> String {
    match words {
        [first @ .., before, last] => [first, &[&*format!("{before} or {last}")]].concat().join(", "),
        _ => words.concat(),
    }
}

#[cfg(test)]
mod tests {
    use super::one_of;

    #[test]
    fn one_of_puts_or_before_the_last_word() {
        for (words, text) in [(&["a"][..], "a"), (&["a", "b"], "a or b"), (&["a", "b", "c"], "a, b or c")] {
            assert_eq!(one_of(words), text);
        }
    }
}
