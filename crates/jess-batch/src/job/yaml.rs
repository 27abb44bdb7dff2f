//! Reading YAML strictly. Nothing else in the program names a YAML library.
//!
//! Two readers look at the text. The first walks its events and refuses what would change a password in
//! silence: tags, empty values, duplicate keys, an unquoted secret cut off by a comment. It also remembers
//! where everything stands. The second one reads the typed job file. The words of either library are never
//! shown, because they quote the file.

use std::collections::{HashMap, HashSet};

use saphyr_parser::{Event, Marker, Parser, ScalarStyle};
use serde::de::DeserializeOwned;
use serde_path_to_error::Segment;

use super::mistake::Place;

/// The largest job file that is read, in bytes.
pub(crate) const MAX_FILE_BYTES: usize = 8 * 1024 * 1024;

/// Keys that the design of the job file has, and this version does not.
const LATER_KEYS: &[&str] = &["roster", "password_command"];

/// The first thing that is wrong with a YAML text.
#[derive(Debug)]
pub(crate) struct YamlMistake {
    pub(crate) place: Option<Place>,
    pub(crate) path: String,
    pub(crate) problem: String,
}

/// Where each value of a file stands, by its path.
#[derive(Debug, Default)]
pub(crate) struct Places(HashMap<String, Place>);

impl Places {
    /// The place of a path, or of the nearest thing that it is in.
    pub(crate) fn find(&self, path: &str) -> Option<Place> {
        let mut path = path;
        loop {
            if let Some(place) = self.0.get(path) {
                return Some(*place);
            }
            path = &path[..path.rfind(['.', '['])?];
        }
    }
}

/// Reads a typed value and the places of its parts.
pub(crate) fn read<T: DeserializeOwned>(text: &str) -> Result<(T, Places), YamlMistake> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let places = Walk::over(text)?;
    let value = serde_path_to_error::deserialize(serde_yaml::Deserializer::from_str(text));
    match value {
        Ok(value) => Ok((value, places)),
        Err(error) => {
            let path = our_part(error.path());
            let error = error.into_inner();
            let place = error
                .location()
                .map(|at| Place { line: at.line(), column: at.column() })
                .or_else(|| places.find(&path));
            Err(YamlMistake { place, path, problem: in_our_words(&error.to_string()) })
        }
    }
}

/// The path up to the first key that is none of ours: such a key may be half a password.
fn our_part(path: &serde_path_to_error::Path) -> String {
    let mut text = String::new();
    for segment in path {
        match segment {
            Segment::Seq { index } => text.push_str(&format!("[{index}]")),
            Segment::Map { key } if is_our_word(key) => {
                if !text.is_empty() {
                    text.push('.');
                }
                text.push_str(key);
            }
            Segment::Map { .. } | Segment::Enum { .. } | Segment::Unknown => break,
        }
    }
    text
}

/// What serde says, without the parts that come from the file. A value may look like a message, so only our
/// own words are taken over.
fn in_our_words(message: &str) -> String {
    // A path may stand before the message.
    let from = |start: &str| message.find(start).map(|at| &message[at + start.len()..]);
    if let Some((field, _)) = from("missing field `").and_then(|rest| rest.split_once('`'))
        && is_our_word(field)
    {
        return format!("the key '{field}' is missing");
    }
    if let Some(rest) = from("unknown field `") {
        let (key, known) = rest.rsplit_once("`, expected ").unwrap_or((rest, ""));
        return unknown_key(key, known);
    }
    let expected = message.rsplit_once(", expected ").map(|(_, expected)| expected);
    let wanted = [
        ("a password", "a password; put it in single quotes"),
        ("an address", "an address, the word 'sandbox' or a map"),
        ("a boolean", "true or false"),
        ("u64", "a whole number"),
        ("a string", "text"),
        ("a sequence", "a list"),
        ("struct ", "a map of keys"),
    ]
    .into_iter()
    .find(|(start, _)| expected.is_some_and(|expected| expected.starts_with(start)));
    match wanted {
        Some((_, wanted)) => format!("this is not {wanted}"),
        None => "this cannot be read".to_owned(),
    }
}

fn unknown_key(key: &str, known: &str) -> String {
    if key == "<<" {
        return "merge keys ('<<') cannot be used here; write the keys out".to_owned();
    }
    if LATER_KEYS.contains(&key) {
        return format!("'{key}' is not supported yet");
    }
    let known: Vec<&str> = known.split('`').filter(|word| is_our_word(word)).collect();
    if known.is_empty() {
        return "this cannot be read".to_owned();
    }
    let near = known
        .iter()
        .map(|name| (strsim::osa_distance(key, name), *name))
        .min()
        .filter(|(distance, name)| *distance <= 2 && *distance < name.len() / 2 + 1);
    match near {
        Some((_, name)) => format!("unknown key, did you mean '{name}'?"),
        None => format!("unknown key; known here: {}", known.join(", ")),
    }
}

enum Frame {
    Mapping { path: String, key: Option<String>, seen: HashSet<String> },
    Sequence { path: String, next: usize },
}

struct Walk<'a> {
    lines: Vec<&'a str>,
    frames: Vec<Frame>,
    places: Places,
}

impl<'a> Walk<'a> {
    fn over(text: &'a str) -> Result<Places, YamlMistake> {
        let mut walk = Self { lines: text.lines().collect(), frames: Vec::new(), places: Places::default() };
        let mut documents = 0;
        let mut anything = false;
        for event in Parser::new_from_str(text) {
            let (event, span) = event.map_err(|error| YamlMistake {
                place: Some(place(*error.marker())),
                path: String::new(),
                problem: "this is not YAML; look just before for a missing quote, colon or indent, and put passwords in single quotes".to_owned(),
            })?;
            match event {
                Event::DocumentStart(_) => {
                    documents += 1;
                    if documents > 1 {
                        return walk.refuse(span.start, "a job file holds one document; remove '---'");
                    }
                }
                Event::Scalar(value, style, _, tag) => {
                    anything = anything || !is_null(&value, style);
                    walk.scalar(&value, style, tag.is_some(), span.start)?;
                }
                Event::Alias(_) => {
                    walk.value(span.start)?;
                    walk.settle();
                }
                Event::SequenceStart(_, tag) => {
                    anything = true;
                    walk.open(span.start, tag.is_some(), true)?;
                }
                Event::MappingStart(_, tag) => {
                    anything = true;
                    walk.open(span.start, tag.is_some(), false)?;
                }
                Event::SequenceEnd | Event::MappingEnd => {
                    walk.frames.pop();
                    walk.settle();
                }
                Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => {}
            }
        }
        if !anything {
            return Err(YamlMistake {
                place: None,
                path: String::new(),
                problem: "the file is empty".to_owned(),
            });
        }
        Ok(walk.places)
    }

    fn scalar(
        &mut self,
        text: &str,
        style: ScalarStyle,
        tagged: bool,
        at: Marker,
    ) -> Result<(), YamlMistake> {
        if tagged {
            return self
                .refuse(at, "YAML tags ('!…') cannot be used here; quote a value that begins with '!'");
        }
        if let Some(Frame::Mapping { key: key @ None, seen, .. }) = self.frames.last_mut() {
            if !seen.insert(text.to_owned()) {
                return self.refuse(at, "this key stands here twice; remove one");
            }
            *key = Some(text.to_owned());
            return Ok(());
        }
        self.value(at)?;
        // A document of one null has no key to speak of: the file counts as empty.
        if is_null(text, style) && !self.frames.is_empty() {
            return self.refuse(at, self.no_value());
        }
        if style == ScalarStyle::Plain && self.path().ends_with("password") && !self.stands_alone(text, at) {
            let problem = "YAML ends this password at ' #' or joins its lines; put it in single quotes";
            return self.refuse(at, problem);
        }
        self.settle();
        Ok(())
    }

    fn no_value(&self) -> &'static str {
        match self.frames.last() {
            Some(Frame::Mapping { key: Some(key), .. }) if !is_our_word(key) => {
                "this is no key with a value; within braces, put a value with a comma in single quotes"
            }
            _ => "this has no value; give one (in quotes if it is text such as '~'), or remove the key",
        }
    }

    /// Whether a plain value is all that its line holds, but for the punctuation of YAML.
    fn stands_alone(&self, text: &str, at: Marker) -> bool {
        let line = self.lines.get(at.line().saturating_sub(1)).copied().unwrap_or_default();
        let start = line.char_indices().nth(at.col()).map_or(line.len(), |(byte, _)| byte);
        line[start..].strip_prefix(text).is_some_and(|rest| !rest.trim_start().starts_with('#'))
    }

    fn open(&mut self, at: Marker, tagged: bool, sequence: bool) -> Result<(), YamlMistake> {
        if tagged {
            return self.refuse(at, "YAML tags ('!…') cannot be used here");
        }
        if self.frames.len() > 16 {
            return self.refuse(at, "this is nested too deeply for a job file");
        }
        if !self.frames.is_empty() {
            self.value(at)?;
        }
        let path = self.path();
        self.frames.push(if sequence {
            Frame::Sequence { path, next: 0 }
        } else {
            Frame::Mapping { path, key: None, seen: HashSet::new() }
        });
        Ok(())
    }

    /// Remembers where the value of the present path stands.
    fn value(&mut self, at: Marker) -> Result<(), YamlMistake> {
        if matches!(self.frames.last(), Some(Frame::Mapping { key: None, .. })) {
            return self.refuse(at, "a key must be plain text");
        }
        self.places.0.insert(self.path(), place(at));
        Ok(())
    }

    /// The value of the present path is complete.
    fn settle(&mut self) {
        match self.frames.last_mut() {
            Some(Frame::Mapping { key, .. }) => *key = None,
            Some(Frame::Sequence { next, .. }) => *next += 1,
            None => {}
        }
    }

    fn path(&self) -> String {
        match self.frames.last() {
            Some(Frame::Mapping { path, key: Some(key), .. }) if path.is_empty() => key.clone(),
            Some(Frame::Mapping { path, key: Some(key), .. }) => format!("{path}.{key}"),
            Some(Frame::Mapping { path, .. }) => path.clone(),
            Some(Frame::Sequence { path, next }) => format!("{path}[{next}]"),
            None => String::new(),
        }
    }

    /// Names the enclosing list or map only: a key of the file may be half a password.
    fn refuse<T>(&self, at: Marker, problem: &str) -> Result<T, YamlMistake> {
        let path = match self.frames.last() {
            Some(Frame::Mapping { path, key: Some(key), .. }) if is_our_word(key) => {
                if path.is_empty() {
                    key.clone()
                } else {
                    format!("{path}.{key}")
                }
            }
            Some(Frame::Mapping { path, .. } | Frame::Sequence { path, .. }) => path.clone(),
            None => String::new(),
        };
        let path = our_start(&path).to_owned();
        Err(YamlMistake { place: Some(place(at)), path, problem: problem.to_owned() })
    }
}

/// A path of the walk up to the first key that is none of ours.
fn our_start(path: &str) -> &str {
    let mut end = 0;
    for part in path.split('.') {
        let key = part.split_once('[').map_or(part, |(key, _)| key);
        if !is_our_word(key) {
            break;
        }
        end += part.len() + 1;
    }
    path.get(..end.saturating_sub(1)).unwrap_or_default()
}

fn is_our_word(key: &str) -> bool {
    super::file::KNOWN_KEYS.contains(&key)
}

fn is_null(text: &str, style: ScalarStyle) -> bool {
    style == ScalarStyle::Plain && matches!(text, "" | "~" | "null" | "Null" | "NULL")
}

fn place(at: Marker) -> Place {
    Place { line: at.line(), column: at.col() + 1 }
}
