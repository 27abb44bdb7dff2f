//! From the source of a job to its job file, and the JSON Schema that the text is compared with.

use std::io::{self, ErrorKind};
use std::sync::LazyLock;

use schemars::Schema;
use schemars::generate::SchemaSettings;
use schemars::transform::RecursiveTransform;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::file::JobFile;
use super::paths::JobSource;
use super::yaml::{self, Node};
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::platform::{read_input, read_to_limit};

/// The largest job file that is read, in bytes.
const MAX_FILE_BYTES: u64 = 8 * 1024 * 1024;

/// Reads the text of a job.
///
/// # Errors
/// When the source cannot be read, or is too large.
pub fn read_text(source: &JobSource) -> io::Result<Zeroizing<Vec<u8>>> {
    let text = match source.path() {
        Some(path) => read_input(path, MAX_FILE_BYTES),
        None => read_to_limit(io::stdin().lock(), MAX_FILE_BYTES, MAX_FILE_BYTES),
    };
    text.map_err(|error| match error.kind() {
        ErrorKind::FileTooLarge => {
            io::Error::new(ErrorKind::FileTooLarge, format!("{error}; split it into smaller files"))
        }
        _ => error,
    })
}

/// Reads the job file in a text, and the locations of its parts.
pub(super) fn parse(source: &JobSource, text: &[u8]) -> Result<(JobFile, Node), Diagnostics> {
    parse_as(&source.to_string(), text, &SCHEMA)
}

/// Reads a typed value in a text, and the locations of its parts. `file` is what messages call the text.
pub(super) fn parse_as<T: DeserializeOwned>(
    file: &str,
    text: &[u8],
    schema: &Value,
) -> Result<(T, Node), Diagnostics> {
    match std::str::from_utf8(text) {
        Ok(text) => yaml::read(file, text, schema),
        Err(_) => Err(Diagnostic::of_file(file, "the file is not valid UTF-8; save it as UTF-8").into()),
    }
}

/// The JSON Schema of a job file, made from the types that are read.
pub(super) static SCHEMA: LazyLock<Value> = LazyLock::new(|| {
    let settings = SchemaSettings::draft2020_12()
        .with_transform(RecursiveTransform(without_null))
        .with_transform(RecursiveTransform(without_traces_of_rust));
    settings.into_generator().into_root_schema_for::<JobFile>().to_value()
});

/// The JSON Schema of a job file as text, for editors.
pub fn schema() -> String {
    format!("{:#}", *SCHEMA)
}

/// Allows no `null`: a key without a value is an error, although its type is `Option`.
fn without_null(schema: &mut Schema) {
    if let Some(Value::Array(types)) = schema.get_mut("type") {
        types.retain(|name| name != "null");
        if let [only] = &types[..] {
            let only = only.clone();
            schema.insert("type".to_owned(), only);
        }
    }
    let Some(Value::Array(choices)) = schema.get_mut("anyOf") else { return };
    choices.retain(|choice| *choice != json!({ "type": "null" }));
    if let [Value::Object(only)] = &choices[..] {
        let only = only.clone();
        schema.remove("anyOf");
        for (key, value) in only {
            schema.ensure_object().entry(key).or_insert(value);
        }
    }
}

/// Removes the size of numbers, and where the lines of a comment end.
fn without_traces_of_rust(schema: &mut Schema) {
    if schema.get("format").and_then(Value::as_str).is_some_and(|format| format.starts_with("uint")) {
        schema.remove("format");
    }
    if let Some(Value::String(text)) = schema.get_mut("description") {
        *text = text.replace('\n', " ");
    }
}
