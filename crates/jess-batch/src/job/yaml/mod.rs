//! Reading YAML strictly. Nothing else in the program names a YAML library, but for the texts that are part of it.
//!
//! The text is read once, into a tree with locations. The tree is compared with a schema, which finds every wrong key and
//! type, and whatever would change a password silently: tags, empty values, an unquoted password that a comment cuts off.
//! What fits the schema becomes the typed value. The messages of the libraries are never shown, because they quote the
//! file.

mod shape;
mod tree;

use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::diagnostics::{Diagnostic, Diagnostics, Location, Position};

pub(super) use tree::Node;

/// How many punctuation characters a text can have: each may be a value for the parser.
const MAX_PUNCTUATION: usize = 500_000;

const ODD_LINE_BREAKS: [char; 4] = ['\r', '\u{85}', '\u{2028}', '\u{2029}'];

const ODD_LINE_BREAK: &str = "this invisible character is a line break for some programs and not for others; remove it, or end the line here";

/// Reads a typed value and the locations of its parts. `file` is what messages call the text.
pub(super) fn read<T: DeserializeOwned>(
    file: &str,
    text: &str,
    schema: &Value,
) -> Result<(T, Node), Diagnostics> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    check_text(file, text)?;
    let mut tree = tree::parse(file, text)?;
    let value = shape::take_values(file, &mut tree, schema).map_err(|errors| {
        let mut diagnostics = Diagnostics { errors, warnings: Vec::new() };
        diagnostics.sort(file);
        diagnostics
    })?;
    match serde_yaml::from_value(value) {
        Ok(value) => Ok((value, tree)),
        Err(_) => Err(Diagnostic::of_file(file, "the file does not fit its schema").into()),
    }
}

/// Refuses what the parser would need too much memory for, and line breaks that an editor may not show as such: a comment
/// could hide keys, and a quoted password would be changed.
fn check_text(file: &str, text: &str) -> Result<(), Diagnostic> {
    let mut punctuation = 0;
    for (index, line) in text.split('\n').enumerate() {
        let error = |column: usize, message: &str| {
            let position = Position { line: index + 1, column: column + 1 };
            Err(Diagnostic { location: Some(Location::Text(position)), ..Diagnostic::of_file(file, message) })
        };
        let line = line.strip_suffix('\r').unwrap_or(line);
        if let Some(column) = line.chars().position(|c| ODD_LINE_BREAKS.contains(&c)) {
            return error(column, ODD_LINE_BREAK);
        }
        // The parser keeps all words of a directive, and all parts of a list in brackets until it has seen its end.
        if line.starts_with('%') {
            return error(0, "YAML directives ('%…') are not supported; remove this line");
        }
        punctuation += line.bytes().filter(u8::is_ascii_punctuation).count();
        if punctuation > MAX_PUNCTUATION {
            return error(0, tree::TOO_MUCH);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::read;
    use super::tree::TOO_MUCH;

    fn error(text: &str) -> String {
        let error = read::<Value>("a.yaml", text, &Value::Null).expect_err("a text with an error");
        error.errors[0].to_string()
    }

    #[test]
    fn odd_line_break_is_refused_wherever_it_is() {
        for c in ["\u{85}", "\u{2028}", "\u{2029}", "\r"] {
            for (text, at) in [("a: b # ä\u{85}service: x", "1:9"), ("a: b\r\nc: 'd\u{85}'\r\n", "2:6")] {
                let start = format!("a.yaml:{at}: this invisible character is a line break");
                let error = error(&text.replace('\u{85}', c));
                assert!(error.starts_with(&start), "{c:?}: {error}");
            }
        }
    }

    #[test]
    fn directive_is_refused() {
        assert!(error("%YAML 1.2\n---\na: b\n").starts_with("a.yaml:1:1: YAML directives"));
    }

    #[test]
    fn more_values_than_a_job_file_can_have_are_refused() {
        let list = format!("list: &a [{}]\n", "a,".repeat(1000));
        for text in [
            format!("list: [{}]\n", "a,".repeat(500_000)),
            format!("list: ['{}\n", "''".repeat(250_000)),
            "a:\n".repeat(250_001),
            format!("{list}more: [{}]\n", "*a,".repeat(250)),
            format!("a: {}a\n", "&a [".repeat(200)),
        ] {
            let error = error(&text);
            assert!(error.ends_with(TOO_MUCH) || error.ends_with("too deeply for a job file"), "{error}");
        }
        read::<Value>("a.yaml", &format!("{list}more: [{}]\n", "*a,".repeat(240)), &Value::Null)
            .expect("aliases within the limit");
    }

    #[test]
    fn tree_locates_the_nearest_value_of_a_path() {
        let text = "\u{feff}accounts:\n  - ensims: { email: a }\n  - b\n";
        let (_, tree) = read::<Value>("a.yaml", text, &Value::Null).expect("valid YAML");
        for (path, line_and_column) in [
            ("accounts[0].ensims.email", Some((2, 22))),
            ("accounts[0].ensims.password", Some((2, 13))),
            ("accounts[1].ensims", Some((3, 5))),
            ("accounts[7]", Some((2, 3))),
            ("limits.rate", None),
        ] {
            let found = tree.locate(path).map(|at| (at.line, at.column));
            assert_eq!(found, line_and_column, "{path}");
        }
    }
}
