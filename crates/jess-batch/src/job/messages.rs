//! The messages to persons that a job asks for: those in a language, or a file of its own.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::LazyLock;

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::{Map, Value, json};
use strum::VariantNames;

use super::collector::Collector;
use super::parse::{parse_as, read_text};
use super::paths::JobSource;
use crate::diagnostics::{Diagnostic, Location, one_of};
use crate::remedies::{Language, Message, Messages, Remedy};

/// The messages that replace those in English. Every error is reported.
pub(super) fn validate(key: Option<&str>, folder: &Path, collector: &mut Collector) -> Messages {
    let Some(key) = key else { return Messages::default() };
    if let Ok(language) = key.parse() {
        return if language == Language::En { Messages::default() } else { Messages::built_in(language) };
    }
    let source = JobSource::of(&folder.join(key));
    let text = read_text(&source).map_err(|error| {
        format!(
            "this is neither a language ({}) nor a file that can be read: {error}: {source}",
            one_of(Language::VARIANTS)
        )
    });
    let Some(text) = collector.value("messages", text) else { return Messages::default() };
    read(&source.to_string(), &text, collector)
}

fn read(file: &str, text: &[u8], collector: &mut Collector) -> Messages {
    // What is wrong in a message is reported beside what is wrong in others, so each is read on its own too.
    if let Ok((entries, tree)) = parse_as::<BTreeMap<String, Entry>>(file, text, &Value::Bool(true)) {
        for (remedy, entry) in &entries {
            let Entry::Message(message) = entry else { continue };
            for (key, problem) in message.problems() {
                let subject = format!("{remedy}.{key}");
                let location = tree.locate(&subject).map(Location::Text);
                let error = Diagnostic { location, subject, ..Diagnostic::of_file(file, problem) };
                collector.diagnostics.errors.push(error);
            }
        }
    }
    match parse_as::<Messages>(file, text, &SCHEMA) {
        Ok((messages, _)) => messages,
        Err(found) => {
            collector.diagnostics.extend(found);
            Messages::default()
        }
    }
}

/// An entry of such a file, whatever is wrong with it.
#[derive(Deserialize)]
#[serde(untagged)]
enum Entry {
    Message(Message),
    Other(IgnoredAny),
}

/// The JSON Schema of such a file.
static SCHEMA: LazyLock<Value> = LazyLock::new(|| {
    let message = json!({
        "type": "object",
        "properties": { "subject": { "type": "string" }, "body": { "type": "string" } },
        "required": ["subject", "body"],
        "additionalProperties": false,
    });
    let remedies: Map<_, _> =
        Remedy::VARIANTS.iter().map(|remedy| ((*remedy).to_owned(), message.clone())).collect();
    json!({ "type": "object", "properties": remedies, "additionalProperties": false })
});
