//! The JSON Schema of the job file, made from the types that are read: for editors, and for checking a file.

use std::sync::LazyLock;

use schemars::Schema;
use schemars::generate::SchemaSettings;
use schemars::transform::RecursiveTransform;
use serde_json::{Value, json};

use super::file::JobFile;

/// The schema of a job file.
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

#[cfg(test)]
mod tests {
    use super::schema;

    #[test]
    fn schema_in_the_repository_is_current() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../jobs/job.schema.json");
        let committed = std::fs::read_to_string(path).expect("the schema");
        assert!(committed == schema() + "\n", "type: cargo run -- schema > jobs/job.schema.json");
    }
}
