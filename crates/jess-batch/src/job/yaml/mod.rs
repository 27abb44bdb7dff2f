//! Reading YAML strictly. Nothing else in the program names a YAML library.
//!
//! The text is read twice. First its structure is compared with a schema, which finds every wrong key and type, and
//! whatever would change a password silently: tags, empty values, an unquoted password that a comment cuts off. Then the
//! typed value is read. The messages of the libraries are never shown, because they quote the file.

mod shape;
mod tree;

use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::diagnostics::{Diagnostic, Diagnostics, Location, Position};

pub(super) use tree::Node;

/// Reads a typed value and the locations of its parts. `file` is what messages call the text.
pub(super) fn read<T: DeserializeOwned>(
    file: &str,
    text: &str,
    schema: &Value,
) -> Result<(T, Node), Diagnostics> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let tree = tree::parse(file, text)?;
    let errors = shape::compare(file, &tree, schema);
    if !errors.is_empty() {
        let mut diagnostics = Diagnostics { errors, warnings: Vec::new() };
        diagnostics.sort(file);
        return Err(diagnostics);
    }
    match serde_yaml::from_str(text) {
        Ok(value) => Ok((value, tree)),
        // Only what is behind an alias has not been compared.
        Err(error) => Err(Diagnostics::from(Diagnostic {
            location: error
                .location()
                .map(|at| Location::Text(Position { line: at.line(), column: at.column() })),
            ..Diagnostic::of_file(
                file,
                "this value does not fit its key; if it is an alias, repeat the value here",
            )
        })),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::read;

    #[test]
    fn read_does_not_quote_the_file_where_serde_would() {
        let error = read::<Vec<String>>("a.yaml", "hunter2", &Value::Null).expect_err("text for a list");
        assert_eq!(
            error.errors[0].to_string(),
            "a.yaml:1:1: this value does not fit its key; if it is an alias, repeat the value here"
        );
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
