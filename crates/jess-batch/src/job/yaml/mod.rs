//! Reading YAML strictly. Nothing else in the program names a YAML library.
//!
//! The text is read twice. First its structure is compared with a schema, which finds every wrong key and type, and
//! whatever would change a password silently: tags, empty values, an unquoted password that a comment cuts off. Then the
//! typed value is read. The messages of the libraries are never shown, because they quote the file.

mod node;
mod shape;
mod tree;

use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::diagnostics::{Diagnostic, Diagnostics, Location};

pub(super) use node::Node;

/// Reads a typed value and the locations of its parts. `file` is what messages call the text.
pub(super) fn read<T: DeserializeOwned>(
    file: &str,
    text: &str,
    schema: &Value,
) -> Result<(T, Node), Diagnostics> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let tree = tree::parse(text).map_err(|error| Diagnostic {
        location: error.location,
        ..Diagnostic::of_file(file, error.message)
    })?;
    let mut diagnostics = Diagnostics::default();
    for mismatch in shape::compare(&tree, schema) {
        diagnostics.errors.push(Diagnostic {
            file: file.to_owned(),
            location: Some(mismatch.location),
            subject: mismatch.path,
            message: mismatch.message,
        });
    }
    if diagnostics.has_errors() {
        diagnostics.sort(file);
        return Err(diagnostics);
    }
    match serde_yaml::from_str(text) {
        Ok(value) => Ok((value, tree)),
        // Only what is behind an alias has not been compared.
        Err(error) => Err(Diagnostics::from(Diagnostic {
            location: error.location().map(|at| Location { line: at.line(), column: at.column() }),
            ..Diagnostic::of_file(
                file,
                "this value does not fit its key; write it out instead of using an alias",
            )
        })),
    }
}
