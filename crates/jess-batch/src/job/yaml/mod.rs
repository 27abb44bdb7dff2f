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
    use std::collections::HashMap;

    use proptest::collection::vec;
    use proptest::prelude::{ProptestConfig, prop_assert_eq, proptest};
    use proptest::sample::select;
    use serde_json::Value;

    use super::read;
    use super::tree::TOO_MUCH;

    type Map = HashMap<String, String>;

    /// What YAML texts consist of.
    const PARTS: &[&str] = &[
        "a",
        "b c",
        "ä",
        "1e5",
        "0x1",
        "~",
        " ",
        "  ",
        "\n",
        "\n  ",
        "\r\n",
        "\t",
        "'",
        "\"",
        "''",
        "\\",
        "\\n",
        "#",
        " # c",
        "password: ",
        ": ",
        ":",
        ", ",
        ",",
        "- ",
        "? ",
        "{",
        "}",
        "[",
        "]",
        "|",
        ">",
        "|-\n",
        ">+\n",
        "&a ",
        "*a",
        "!b ",
        "%",
        "@",
        "`",
        "---\n",
        "...\n",
        "\n\n",
        "\u{feff}",
        "\nb: ",
        "\nb_password: ",
        "<<",
        "\u{0}",
        "\\x41",
    ];

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

    #[test]
    fn unquoted_password_is_compared_with_its_line() {
        let start = "\u{feff}name: 'ä漢😀' # ä\r\n";
        for (rest, problem) in [
            ("password: ä#b c \r\nother: { jess_password: x, c: y } # no\r\n", None),
            ("password: ab #c\r\n", Some("a.yaml:2:11")),
            ("a_password: ä\r\npassword: ä #c\r\n", Some("a.yaml:3:11")),
            ("a: { password: ä, a_password: b # c\r\n }\r\n", Some("a.yaml:2:31")),
            ("password: a\r\n  b\r\n", Some("a.yaml:2:11")),
        ] {
            let read = read::<Value>("a.yaml", &format!("{start}{rest}"), &Value::Null);
            let place = read.err().map(|found| found.errors[0].to_string());
            assert_eq!(place.as_deref().and_then(|text| text.split(": ").next()), problem, "{rest}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20_000))]
        #[test]
        fn read_agrees_with_serde_yaml_on_maps_of_text(parts in vec(select(PARTS), 0..20)) {
            // Without the line end, they differ in the last line of a block.
            let text = format!("a: {}\n", parts.concat());
            if let (Ok((ours, _)), Ok(theirs)) =
                (read::<Map>("a.yaml", &text, &Value::Null), serde_yaml::from_str::<Map>(&text))
            {
                prop_assert_eq!(ours, theirs);
            }
        }
    }
}
