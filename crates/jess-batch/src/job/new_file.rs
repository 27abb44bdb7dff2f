//! The text of a new job file, for `init`, and writing one text as YAML.

use std::path::Path;

use askama::Template;

use super::accounts::USERNAME_PLACEHOLDER;
use crate::roster::{RecognizedHeadings, RosterSummary};

/// A job file for a user who starts. All texts in it are YAML.
#[derive(Template)]
#[template(path = "job.yaml", escape = "none")]
struct NewJobFile<'a> {
    name: Option<String>,
    page: String,
    json: String,
    /// Its path from the job file, and what is in it.
    roster: Option<(&'a str, &'a RosterSummary)>,
    username: &'static str,
}

/// The entries of `columns` for the headings that are recognized.
fn known_columns(headings: &RecognizedHeadings) -> String {
    let entries = headings.known.iter().map(|(column, heading)| format!("{column}: {}", yaml_text(heading)));
    entries.collect::<Vec<_>>().join(", ")
}

/// The headings that are not recognized.
fn other_headings(headings: &RecognizedHeadings) -> String {
    headings.others.iter().map(|heading| yaml_text(heading)).collect::<Vec<_>>().join(", ")
}

/// The text of a new job file at `path`. A roster is named relative to it.
///
/// # Errors
/// When the template cannot be filled in.
pub fn new_job_file(
    path: &Path,
    name: Option<&str>,
    roster: Option<(&str, &RosterSummary)>,
) -> Result<String, String> {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    // In the name of a report, braces are for the date.
    let stem = stem.replace(['{', '}'], "_");
    let template = NewJobFile {
        name: name.map(yaml_text),
        page: yaml_text(&format!("reports/{stem}.html")),
        json: yaml_text(&format!("reports/{stem}.json")),
        roster,
        username: USERNAME_PLACEHOLDER,
    };
    let text = template.render().map_err(|error| error.to_string())?;
    Ok(text.trim_end().to_owned() + "\n")
}

/// The text as a value that every YAML reader reads as exactly this text: without quotes if that is surely so, otherwise
/// in double quotes.
pub(super) fn yaml_text(text: &str) -> String {
    if is_plain(text) { text.to_owned() } else { quote(text) }
}

fn is_plain(text: &str) -> bool {
    let is_word = WORDS.iter().any(|word| text.eq_ignore_ascii_case(word));
    let is_harmless = |c: char| c.is_alphanumeric() || " ._/-".contains(c);
    text.starts_with(char::is_alphabetic) && text.chars().all(is_harmless) && !text.ends_with(' ') && !is_word
}

/// What YAML 1.1 or 1.2 reads as something else than text.
const WORDS: [&str; 9] = ["null", "true", "false", "yes", "no", "on", "off", "y", "n"];

fn quote(text: &str) -> String {
    let mut quoted = String::from('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            ' '..='~' => quoted.push(c),
            _ if c.is_alphanumeric() => quoted.push(c),
            _ => quoted.push_str(&format!("\\U{:08x}", u32::from(c))),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::{prop_assert_eq, proptest};
    use serde_json::Value;

    use super::*;
    use crate::job::yaml;

    type Map = HashMap<String, HashMap<String, String>>;

    fn read_back(text: &str) -> String {
        // Within braces, where the rules are strictest.
        let file = format!("names: {{ name: {} }}\n", yaml_text(text));
        let (map, _) = yaml::read::<Map>("new.yaml", &file, &Value::Null).expect("valid YAML");
        map["names"]["name"].clone()
    }

    #[test]
    fn yaml_text_quotes_whatever_is_not_harmless() {
        for text in ["Building physics lab", "Übungsgruppe B.2", "lists/students-2.csv", "学生"] {
            assert_eq!(yaml_text(text), text);
        }
        for text in ["", "Null", "no", "~", "2026", "1e5", "a: b", "a #b", "a, b", "- a", "*a", "../a", "a "]
        {
            assert!(yaml_text(text).starts_with('"'), "{text}");
        }
    }

    proptest! {
        #[test]
        fn yaml_text_reads_back_unchanged(text in ".*|\\PC*|[\\x00-\\x7f]*|[a-z: #'\"{}\\[\\],~!&*|>%@`-]*") {
            prop_assert_eq!(read_back(&text), text);
        }
    }
}
