//! What to write to a person about an account: the built-in messages, and those that a job has of its own.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use super::remedy::Remedy;

/// A language that there are built-in messages in.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    clap::ValueEnum,
    strum::Display,
    strum::EnumString,
    strum::VariantArray,
    strum::VariantNames,
)]
#[strum(serialize_all = "kebab-case", ascii_case_insensitive)]
pub enum Language {
    /// English.
    #[default]
    En,
    /// German.
    De,
    /// French.
    Fr,
}

/// What to write to a person, with the placeholders `{name}`, `{email}` and `{jess_username}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// The subject, one line.
    pub subject: String,
    /// The text, with its greeting.
    pub body: String,
}

/// The messages that replace those in English, by remedy.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Messages(BTreeMap<Remedy, Message>);

/// What is filled in for the placeholders.
#[derive(Clone, Debug)]
pub struct Person {
    /// Without a name, the placeholder is left out with the blank before it.
    pub name: Option<String>,
    /// For `{email}`.
    pub email: String,
    /// For `{jess_username}`.
    pub jess_username: String,
}

/// A part of a message to somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// The text.
    pub text: String,
    /// Whether a placeholder was here.
    pub is_filled_in: bool,
}

static ENGLISH: LazyLock<Messages> = LazyLock::new(|| Messages::built_in(Language::En));

impl Language {
    /// The messages in this language as the file that they are read from.
    pub fn file(self) -> &'static str {
        match self {
            Self::En => include_str!("messages.en.yaml"),
            Self::De => include_str!("messages.de.yaml"),
            Self::Fr => include_str!("messages.fr.yaml"),
        }
    }
}

impl Messages {
    /// The messages in a language.
    #[expect(clippy::missing_panics_doc, reason = "a test reads the same files")]
    pub fn built_in(language: Language) -> Self {
        serde_yaml::from_str(language.file()).expect("a test reads the same files")
    }

    /// The message for a remedy; the one in English if these do not have it.
    ///
    /// # Panics
    /// Never: a test finds the messages for every remedy.
    pub fn get(&self, remedy: Remedy) -> &Message {
        let message = self.0.get(&remedy).or_else(|| ENGLISH.0.get(&remedy));
        message.expect("a test finds the messages for every remedy")
    }

    /// Whether all messages are those in English.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

const NOBODY: Person = Person { name: None, email: String::new(), jess_username: String::new() };

impl Message {
    /// What is wrong with it: `subject` or `body`, and what to do.
    pub fn problems(&self) -> Vec<(&'static str, &'static str)> {
        let mut problems = Vec::new();
        for (key, text) in [("subject", &self.subject), ("body", &self.body)] {
            let problem = if text.trim().is_empty() {
                "this is empty; give a text, or remove the message to use the one in English"
            } else if parts(text, &NOBODY).iter().any(|part| part.text.contains(['{', '}'])) {
                "braces can contain only {name}, {email} or {jess_username}; correct or remove the others"
            } else if key == "subject" && text.trim().contains('\n') {
                "a subject is one line; make it one"
            } else {
                continue;
            };
            problems.push((key, problem));
        }
        problems
    }

    /// The subject for this person.
    pub fn subject_to(&self, person: &Person) -> String {
        parts(&self.subject, person).into_iter().map(|part| part.text).collect()
    }

    /// The text to this person.
    pub fn body_to(&self, person: &Person) -> Vec<Part> {
        parts(&self.body, person)
    }
}

/// A text with its placeholders filled in. Other braces stay.
fn parts(text: &str, person: &Person) -> Vec<Part> {
    let placeholders = [
        ("{name}", person.name.as_ref()),
        ("{email}", Some(&person.email)),
        ("{jess_username}", Some(&person.jess_username)),
    ];
    let mut parts = Vec::new();
    let mut push = |text: &str, is_filled_in| parts.push(Part { text: text.to_owned(), is_filled_in });
    let mut rest = text.trim();
    while let Some(start) = rest.find('{') {
        let (before, after) = rest.split_at(start);
        let found = placeholders.iter().find(|(placeholder, _)| after.starts_with(placeholder));
        let length = found.map_or(1, |(placeholder, _)| placeholder.len());
        match found {
            None => push(&rest[..=start], false),
            Some((_, None)) => push(before.strip_suffix(' ').unwrap_or(before), false),
            Some((_, Some(value))) => {
                push(before, false);
                push(value, true);
            }
        }
        rest = &after[length..];
    }
    push(rest, false);
    parts
}

#[cfg(test)]
mod tests {
    use strum::VariantArray;

    use super::*;

    fn to(name: Option<&str>) -> Person {
        let (email, jess_username) = ("ada@uni.example".to_owned(), "jess-{name}".to_owned());
        Person { name: name.map(str::to_owned), email, jess_username }
    }

    fn text(text: &str, person: &Person) -> String {
        parts(text, person).into_iter().map(|part| part.text).collect()
    }

    #[test]
    fn every_language_has_a_message_for_every_remedy() {
        for language in Language::VARIANTS {
            let messages = Messages::built_in(*language);
            assert!(messages.0.keys().eq(Remedy::VARIANTS), "{language:?}");
            for (remedy, message) in &messages.0 {
                assert_eq!(message.problems(), [], "{language:?}");
                let body = &message.body;
                // A greeting, a blank line, and sentences in lines of their own.
                let (greeting, rest) = body.split_once("\n\n").expect("a greeting");
                assert!(greeting.ends_with(" {name},") && rest.ends_with(".\n"), "{language:?}: {body}");
                for placeholder in ["{email}", "{jess_username}"] {
                    let in_english = Messages::default().get(*remedy).body.contains(placeholder);
                    assert_eq!(body.contains(placeholder), in_english, "{language:?}: {body}");
                }
                for (word, never) in [
                    ("assword", "Never send us a password."),
                    ("Passwort", "Schicken Sie uns niemals ein Passwort."),
                    ("mot de passe", "Ne nous envoyez jamais de mot de passe."),
                ] {
                    assert!(!body.contains(word) || body.contains(never), "{language:?}: {body}");
                }
            }
        }
    }

    #[test]
    fn placeholders_are_filled_in_once() {
        let ada = to(Some("Ada"));
        assert_eq!(text("Hi {name}, {email} {{jess_username}", &ada), "Hi Ada, ada@uni.example {jess-{name}");
        assert_eq!(parts("{name}", &ada)[1], Part { text: "Ada".to_owned(), is_filled_in: true });
    }

    #[test]
    fn name_is_left_out_with_the_blank_before_it() {
        assert_eq!(text("Hello {name},\n{name}: {email}\n", &to(None)), "Hello,\n: ada@uni.example");
    }

    #[test]
    fn problems_name_the_key() {
        for (subject, body, expected) in [
            ("{name}\n", "{email}", &[][..]),
            ("two\nlines", "{Name}", &["subject", "body"]),
            (" ", "a } b", &["subject", "body"]),
        ] {
            let message = Message { subject: subject.to_owned(), body: body.to_owned() };
            let found: Vec<_> = message.problems().iter().map(|(key, _)| *key).collect();
            assert_eq!(found, expected, "{message:?}");
        }
    }
}
