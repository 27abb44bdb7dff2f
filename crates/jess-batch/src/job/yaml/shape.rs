//! Compares the structure of a YAML text with a JSON Schema: either every value has the type that the schema wants, or
//! there is an error for every difference in keys and types.
//!
//! A message shows a key only if the schema has it at this place: an unknown key may be half a password.

use std::mem;

use serde_json::{Map, Value};
use serde_yaml::Mapping;

use super::tree::{Entry, Kind, Node, Scalar};
use crate::diagnostics::{Diagnostic, Location, Position, one_of};

/// What can be given where the schema leaves a choice, by the name of the type.
const CHOICES: [(&str, &str); 3] = [
    ("ServiceEntry", "an address, the word 'sandbox', or a map"),
    ("Roster", "a file name, a map with 'file', or a list of these"),
    ("RosterItem", "a file name or a map with 'file'"),
];

/// The key that takes over the keys of another map.
const MERGE_KEY: &str = "<<";

const NO_VALUE: &str = "this has no value; give one (in quotes if it is text such as '~'), or remove the key";

/// The most errors that are reported.
const MAX_ERRORS: usize = 1000;

/// Takes the values out of a tree, and leaves their locations. What the schema wants as text stays exactly as it is
/// written, or there would be passwords that are numbers.
///
/// # Errors
/// One for every part of the tree that does not fit the schema. `file` is what messages call the text.
pub(super) fn take_values(
    file: &str,
    root: &mut Node,
    schema: &Value,
) -> Result<serde_yaml::Value, Vec<Diagnostic>> {
    let mut comparison = Comparison { file, schema, path: String::new(), errors: Vec::new() };
    let value = comparison.take(root, schema);
    if comparison.errors.is_empty() {
        return Ok(value);
    }
    if comparison.is_full() {
        comparison.errors.push(Diagnostic::of_file(file, "there are more mistakes; correct these first"));
    }
    Err(comparison.errors)
}

struct Comparison<'a> {
    file: &'a str,
    schema: &'a Value,
    /// The path of the value that is being checked, such as `accounts[3].ensims`. Empty for the whole text.
    path: String,
    errors: Vec<Diagnostic>,
}

impl<'a> Comparison<'a> {
    /// The value of a node; `null` if it has an error.
    fn take(&mut self, node: &mut Node, schema: &'a Value) -> serde_yaml::Value {
        if self.is_full() {
            return serde_yaml::Value::Null;
        }
        match &node.kind {
            Kind::Unusable(message) => return self.error(node.location, *message),
            Kind::Null => return self.error(node.location, NO_VALUE),
            _ => {}
        }
        let Some(schema) = self.fitting(&node.kind, schema, false) else {
            return self.error(node.location, self.requirement(schema));
        };
        match &mut node.kind {
            Kind::Mapping(entries) => self.take_entries(node.location, entries, schema).into(),
            Kind::Sequence(items) => {
                let mut values = Vec::with_capacity(items.len());
                for (index, item) in items.iter_mut().enumerate() {
                    values.push(self.take_below(&format!("[{index}]"), item, &schema["items"]));
                }
                values.into()
            }
            Kind::Scalar(_, text) => {
                let text = mem::take(&mut **text);
                match schema["type"].as_str() {
                    Some("integer") => text.parse::<u64>().map_or(serde_yaml::Value::Null, Into::into),
                    Some("boolean") => text.eq_ignore_ascii_case("true").into(),
                    _ => text.into(),
                }
            }
            Kind::Null | Kind::Unusable(_) => serde_yaml::Value::Null,
        }
    }

    fn take_below(&mut self, segment: &str, node: &mut Node, schema: &'a Value) -> serde_yaml::Value {
        let length = self.path.len();
        self.path.push_str(segment);
        let value = self.take(node, schema);
        self.path.truncate(length);
        value
    }

    fn take_entries(&mut self, start: Position, entries: &mut [Entry], schema: &'a Value) -> Mapping {
        let mut mapping = Mapping::with_capacity(entries.len());
        let properties = schema["properties"].as_object();
        let is_closed = schema["additionalProperties"] == false;
        let mut probably_meant = Vec::new();
        for entry in &mut *entries {
            if let Some(property) = properties.and_then(|properties| properties.get(&entry.key)) {
                if mapping.contains_key(&entry.key) {
                    self.error(entry.location, "this key is given twice; remove one");
                } else {
                    let separator = if self.path.is_empty() { "" } else { "." };
                    let value =
                        self.take_below(&format!("{separator}{}", entry.key), &mut entry.value, property);
                    mapping.insert(entry.key.as_str().into(), value);
                }
            } else if is_closed {
                let known: Vec<&str> =
                    properties.into_iter().flat_map(Map::keys).map(String::as_str).collect();
                let near = nearest(&entry.key, &known);
                probably_meant.extend(near);
                self.error(entry.location, unknown_key(entry, near, &known));
            } else {
                let value = self.take(&mut entry.value, &Value::Null);
                mapping.insert(entry.key.as_str().into(), value);
            }
        }
        for key in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            let is_given = |entry: &Entry| entry.key == key || entry.key == MERGE_KEY;
            if !probably_meant.contains(&key) && !entries.iter().any(is_given) {
                self.error(start, format!("the key '{key}' is missing; add it"));
            }
        }
        mapping
    }

    /// The part of a schema that a value of this kind is to be compared with, if its type fits. Where text is the only
    /// type, any plain value can be read as text: a password can look like a number.
    fn fitting(&self, kind: &Kind, schema: &'a Value, is_choice: bool) -> Option<&'a Value> {
        let schema = self.resolve(schema);
        let fits = match (schema["type"].as_str(), kind) {
            (Some("object"), Kind::Mapping(_))
            | (Some("array"), Kind::Sequence(_))
            | (Some("boolean"), Kind::Scalar(Scalar::Boolean, _))
            | (Some("integer"), Kind::Scalar(Scalar::Integer, _))
            | (Some("string"), Kind::Scalar(Scalar::Text, _)) => true,
            (Some("string"), Kind::Scalar(..)) => !is_choice,
            (Some(_), _) => false,
            (None, _) => match choices(schema) {
                Some(choices) => return choices.iter().find_map(|choice| self.fitting(kind, choice, true)),
                None => true,
            },
        };
        fits.then_some(schema)
    }

    /// What a value must be, as a message.
    fn requirement(&self, schema: &Value) -> String {
        let name = schema["$ref"].as_str().and_then(|name| name.rsplit('/').next());
        if let Some((_, words)) = CHOICES.iter().find(|(known, _)| Some(*known) == name) {
            return format!("this must be {words}");
        }
        let schema = self.resolve(schema);
        if let Some(choices) = choices(schema) {
            let words: Vec<&str> = choices.iter().filter_map(|choice| choice["const"].as_str()).collect();
            return format!("give {}", one_of(&words));
        }
        match schema["type"].as_str() {
            Some("object") => "this must be a map of keys and values".to_owned(),
            Some("array") => "this must be a list".to_owned(),
            Some("boolean") => "this must be true or false".to_owned(),
            Some("integer") if schema["const"].is_u64() => format!("this must be {}", schema["const"]),
            Some("integer") => {
                let (minimum, maximum) = (&schema["minimum"], &schema["maximum"]);
                format!("this must be a whole number, {minimum} to {maximum}")
            }
            _ => "this must be text; put it in single quotes".to_owned(),
        }
    }

    fn resolve<'s>(&self, schema: &'s Value) -> &'s Value
    where
        'a: 's,
    {
        match schema["$ref"].as_str().and_then(|name| name.strip_prefix("#/$defs/")) {
            Some(name) => &self.schema["$defs"][name],
            None => schema,
        }
    }

    fn is_full(&self) -> bool {
        self.errors.len() >= MAX_ERRORS
    }

    /// Reports an error. What is in the place of the value does not matter then.
    fn error(&mut self, location: Position, message: impl Into<String>) -> serde_yaml::Value {
        if !self.is_full() {
            self.errors.push(Diagnostic {
                location: Some(Location::Text(location)),
                subject: self.path.clone(),
                ..Diagnostic::of_file(self.file, message)
            });
        }
        serde_yaml::Value::Null
    }
}

/// The schemas of which a value must fit one.
fn choices(schema: &Value) -> Option<&Vec<Value>> {
    if schema.get("type").is_some() {
        return None;
    }
    schema.get("anyOf").or_else(|| schema.get("oneOf"))?.as_array()
}

fn unknown_key(entry: &Entry, near: Option<&str>, known: &[&str]) -> String {
    if entry.key == MERGE_KEY {
        return "YAML merge keys ('<<') are not supported; repeat the keys here".to_owned();
    }
    if let Some(near) = near {
        return format!("unknown key; did you mean '{near}'?");
    }
    if matches!(entry.value.kind, Kind::Null) {
        return "this is not a key with a value; within braces, put a value that contains a comma in single quotes".to_owned();
    }
    format!("unknown key; the keys here are {}", known.join(", "))
}

/// The key that was probably meant: it differs by a letter or two.
fn nearest<'a>(key: &str, known: &[&'a str]) -> Option<&'a str> {
    let distances = known.iter().map(|name| (strsim::osa_distance(key, name), *name));
    let near = distances.filter(|(distance, name)| *distance <= 2 && *distance < name.len() / 2 + 1);
    near.min_by_key(|(distance, _)| *distance).map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::super::tree;
    use super::*;
    use crate::job::parse::SCHEMA;

    /// Each error as `:line:column: path: message`.
    fn errors(text: &str) -> Vec<String> {
        let mut tree = tree::parse("", text).expect("valid YAML");
        let taken = take_values("", &mut tree, &SCHEMA);
        taken.err().unwrap_or_default().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn take_values_accepts_what_fits_the_schema() {
        for lines in [
            "name: 2026",
            "name: true\nupdate: when-invalid",
            "limits: { concurrency: 3 }\nservice: { allow_http: False }\nreports: [1e5, 'null']",
            "roster: a.csv",
            "roster: [a.csv, { file: 2026, delimiter: tab }]",
            "service: sandbox",
            "service: { sandbox: {} }",
            "jess: { username: 1e5, password: 0x10 }",
            "name: &a x\nreports: [*a]",
        ] {
            assert_eq!(errors(&format!("version: 1\n{lines}\n")), [""; 0], "{lines}");
        }
    }

    #[test]
    fn take_values_reports_all_errors_of_a_text() {
        let found = errors("name: [a]\nlimits: { attempts: x, hunter2: 1 }\nreports: [~, [b]]\n");
        let starts: Vec<&str> = found.iter().filter_map(|text| text.split(": ").next()).collect();
        assert_eq!(starts, [":1:7", ":2:21", ":2:24", ":3:11", ":3:14", ":1:1"], "{found:?}");
    }

    #[test]
    fn take_values_stops_at_1000_errors() {
        let found = errors(&("a: 1\n".repeat(5000) + &"version: 1\n".repeat(5000)));
        assert_eq!(found.len(), 1001);
        assert_eq!(found[1000], ": there are more mistakes; correct these first");
    }
}
