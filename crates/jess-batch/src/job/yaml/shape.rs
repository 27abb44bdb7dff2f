//! Compares the structure of a YAML text with a JSON Schema, and finds every difference in keys and types.
//!
//! A message shows a key only if the schema has it at this place: an unknown key may be half a password.

use serde_json::{Map, Value};

use super::node::{Entry, Kind, Node};
use crate::diagnostics::Location;

/// What can be given where the schema leaves a choice, by the name of the type.
const CHOICES: [(&str, &str); 3] = [
    ("ServiceEntry", "an address, the word 'sandbox', or a map"),
    ("Roster", "a file name, a map with 'file', or a list of these"),
    ("RosterItem", "a file name or a map with 'file'"),
];

const NO_VALUE: &str = "this has no value; give one (in quotes if it is text such as '~'), or remove the key";

/// A part of the text that does not fit the schema.
#[derive(Debug)]
pub(super) struct Mismatch {
    pub(super) location: Location,
    /// The path of the value, such as `accounts[3].ensims`. Empty for the whole text.
    pub(super) path: String,
    pub(super) message: String,
}

/// Every part of the tree that does not fit the schema.
pub(super) fn compare(root: &Node, schema: &Value) -> Vec<Mismatch> {
    let mut comparison = Comparison { schema, path: String::new(), mismatches: Vec::new() };
    comparison.check(root, schema);
    comparison.mismatches
}

struct Comparison<'a> {
    schema: &'a Value,
    /// The path of the value that is being checked.
    path: String,
    mismatches: Vec<Mismatch>,
}

impl<'a> Comparison<'a> {
    fn check(&mut self, node: &Node, schema: &'a Value) {
        match &node.kind {
            Kind::Unusable(message) => return self.mismatch(node.location, *message),
            Kind::Null => return self.mismatch(node.location, NO_VALUE),
            // The value that it stands for is checked where it is written.
            Kind::Alias => return,
            _ => {}
        }
        let Some(schema) = self.fitting(&node.kind, schema, false) else {
            return self.mismatch(node.location, self.requirement(schema));
        };
        match &node.kind {
            Kind::Mapping(entries) => self.check_entries(node.location, entries, schema),
            Kind::Sequence(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.check_below(&format!("[{index}]"), item, &schema["items"]);
                }
            }
            _ => {}
        }
    }

    fn check_below(&mut self, segment: &str, node: &Node, schema: &'a Value) {
        let length = self.path.len();
        self.path.push_str(segment);
        self.check(node, schema);
        self.path.truncate(length);
    }

    fn check_entries(&mut self, start: Location, entries: &[Entry], schema: &'a Value) {
        let Some(properties) = schema["properties"].as_object() else { return };
        let mut probably_meant = Vec::new();
        for (index, entry) in entries.iter().enumerate() {
            let Some(property) = properties.get(&entry.key) else {
                let near = nearest(&entry.key, properties);
                probably_meant.extend(near);
                self.mismatch(entry.location, unknown_key(entry, near, properties));
                continue;
            };
            if entries[..index].iter().any(|earlier| earlier.key == entry.key) {
                self.mismatch(entry.location, "this key is given twice; remove one");
                continue;
            }
            let separator = if self.path.is_empty() { "" } else { "." };
            self.check_below(&format!("{separator}{}", entry.key), &entry.value, property);
        }
        for key in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            if !probably_meant.contains(&key) && !entries.iter().any(|entry| entry.key == key) {
                self.mismatch(start, format!("the key '{key}' is missing; add it"));
            }
        }
    }

    /// The part of a schema that a value of this kind is to be compared with, if its type fits. Where text is the only
    /// type, any plain value can be read as text: a password can look like a number.
    fn fitting(&self, kind: &Kind, schema: &'a Value, is_choice: bool) -> Option<&'a Value> {
        let schema = self.resolve(schema);
        let fits = match (schema["type"].as_str(), kind) {
            (Some("object"), Kind::Mapping(_))
            | (Some("array"), Kind::Sequence(_))
            | (Some("boolean"), Kind::Boolean)
            | (Some("integer"), Kind::Integer)
            | (Some("string"), Kind::Text) => true,
            (Some("string"), Kind::Integer | Kind::Number | Kind::Boolean) => !is_choice,
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
            return format!("give {}", words.join(" or "));
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

    fn mismatch(&mut self, location: Location, message: impl Into<String>) {
        self.mismatches.push(Mismatch { location, path: self.path.clone(), message: message.into() });
    }
}

/// The schemas of which a value must fit one.
fn choices(schema: &Value) -> Option<&Vec<Value>> {
    if schema.get("type").is_some() {
        return None;
    }
    schema.get("anyOf").or_else(|| schema.get("oneOf"))?.as_array()
}

fn unknown_key(entry: &Entry, near: Option<&str>, properties: &Map<String, Value>) -> String {
    if entry.key == "<<" {
        return "YAML merge keys ('<<') are not supported; repeat the keys here".to_owned();
    }
    if let Some(near) = near {
        return format!("unknown key; did you mean '{near}'?");
    }
    if matches!(entry.value.kind, Kind::Null) {
        return "this is not a key with a value; within braces, put a value that contains a comma in single quotes".to_owned();
    }
    let known: Vec<&str> = properties.keys().map(String::as_str).collect();
    format!("unknown key; the keys here are {}", known.join(", "))
}

/// The key that was probably meant: it differs by a letter or two.
fn nearest<'a>(key: &str, properties: &'a Map<String, Value>) -> Option<&'a str> {
    let mut best = None;
    for name in properties.keys() {
        let distance = strsim::osa_distance(key, name);
        if distance <= 2 && distance < name.len() / 2 + 1 && best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, name.as_str()));
        }
    }
    best.map(|(_, name)| name)
}
