//! The JSON Schema of the job file, for editors: made from the types that are parsed.

use std::borrow::Cow;

use schemars::generate::SchemaSettings;
use schemars::transform::RecursiveTransform;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Value, json};

use super::file::{JobFile, SecretText};

/// The durations that the documentation shows, such as `30s`, `1h30m`, `150ms`.
pub(super) const DURATION: &str = "^([0-9]+(\\.[0-9]+)?(h|m|s|ms))+$";

/// The keys of which a credential has one.
const PASSWORDS: [&str; 5] =
    ["password", "password_env", "password_file", "password_credential", "password_command"];

/// The schema as it is written to a file.
pub(crate) fn schema() -> String {
    format!("{:#}", job_file().to_value())
}

fn job_file() -> Schema {
    let settings = SchemaSettings::draft2020_12()
        .with_transform(RecursiveTransform(without_null))
        .with_transform(RecursiveTransform(without_traces));
    settings.into_generator().into_root_schema_for::<JobFile>()
}

/// A key without a value is a mistake, though its type is `Option`.
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

/// Without what only this program's source is about: the bits of a number, and where a comment's lines end.
fn without_traces(schema: &mut Schema) {
    if schema.get("format").and_then(Value::as_str).is_some_and(|format| format.starts_with("uint")) {
        schema.remove("format");
    }
    if let Some(Value::String(text)) = schema.get_mut("description") {
        *text = text.replace('\n', " ");
    }
}

/// That a password is typed where no key gives it (`--ask`) is not known to the file, so a schema must allow it.
pub(super) fn one_password_at_most(schema: &mut Schema) {
    let given = PASSWORDS.map(|key| json!({ "required": [key] }));
    let mut choices = given.to_vec();
    choices.push(json!({ "not": { "anyOf": given } }));
    schema.insert("oneOf".to_owned(), Value::Array(choices));
}

impl JsonSchema for SecretText {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        Cow::Borrowed("SecretText")
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "minLength": 1 })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::job::file::KNOWN_KEYS;

    /// The names of all properties anywhere in a schema.
    fn keys(schema: &Value, into: &mut BTreeSet<String>) {
        match schema {
            Value::Object(map) => {
                if let Some(Value::Object(properties)) = map.get("properties") {
                    into.extend(properties.keys().cloned());
                }
                map.values().for_each(|value| keys(value, into));
            }
            Value::Array(values) => values.iter().for_each(|value| keys(value, into)),
            _ => {}
        }
    }

    #[test]
    fn the_keys_of_the_schema_are_those_that_messages_may_name() {
        let mut keys_of_schema = BTreeSet::new();
        keys(job_file().as_value(), &mut keys_of_schema);
        let known: BTreeSet<String> = KNOWN_KEYS.iter().map(|key| (*key).to_owned()).collect();
        assert_eq!(keys_of_schema, known);
    }
}
