//! Building the tree of a YAML text from the events of its parser.

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, StrInput};

use super::node::{Entry, Kind, Node};
use crate::diagnostics::Location;

/// How deep a job file can be nested; one that is in order needs much less.
const MAX_DEPTH: usize = 16;

const NOT_YAML: &str = "this is not valid YAML; look just before it for a missing quote, colon or indent, and put passwords in single quotes";
const TAGGED: &str = "YAML tags ('!…') are not supported; put a value that begins with '!' in single quotes";
const CUT_PASSWORD: &str = "YAML cuts this password at ' #' or joins its lines; put it in single quotes";

/// Why a text has no tree. No line of the text is shown: any may contain a password.
#[derive(Debug)]
pub(super) struct TreeError {
    pub(super) location: Option<Location>,
    pub(super) message: &'static str,
}

/// The tree of a YAML text.
pub(super) fn parse(text: &str) -> Result<Node, TreeError> {
    TreeBuilder { parser: Parser::new_from_str(text), lines: text.lines().collect() }.document()
}

struct TreeBuilder<'a> {
    parser: Parser<'a, StrInput<'a>>,
    lines: Vec<&'a str>,
}

impl<'a> TreeBuilder<'a> {
    fn document(&mut self) -> Result<Node, TreeError> {
        let empty = TreeError { location: None, message: "the file is empty" };
        let root = loop {
            match self.next()? {
                (Event::StreamStart | Event::DocumentStart(_), _) => {}
                (Event::StreamEnd, _) => return Err(empty),
                (event, at) => break self.node(event, at, 0, false)?,
            }
        };
        loop {
            match self.next()? {
                (Event::DocumentStart(_), at) => {
                    return Err(error(at, "a job file contains one document; remove '---'"));
                }
                (Event::StreamEnd, _) => break,
                _ => {}
            }
        }
        if matches!(root.kind, Kind::Null) { Err(empty) } else { Ok(root) }
    }

    fn next(&mut self) -> Result<(Event<'a>, Marker), TreeError> {
        match self.parser.next() {
            Some(Ok((event, span))) => Ok((event, span.start)),
            Some(Err(cause)) => Err(error(*cause.marker(), NOT_YAML)),
            None => Ok((Event::StreamEnd, Marker::default())),
        }
    }

    /// The node that begins with this event.
    fn node(
        &mut self,
        event: Event<'a>,
        at: Marker,
        depth: usize,
        is_password: bool,
    ) -> Result<Node, TreeError> {
        if depth > MAX_DEPTH {
            return Err(error(at, "this is nested too deeply for a job file"));
        }
        let (kind, tag) = match event {
            Event::Alias(_) => (Kind::Alias, None),
            Event::Scalar(text, style, _, tag) => (self.scalar(&text, style, at, is_password), tag),
            Event::SequenceStart(_, tag) => (Kind::Sequence(self.items(depth + 1)?), tag),
            Event::MappingStart(_, tag) => (Kind::Mapping(self.entries(depth + 1)?), tag),
            _ => return Err(error(at, NOT_YAML)),
        };
        let kind = if tag.is_some() { Kind::Unusable(TAGGED) } else { kind };
        Ok(Node { location: location(at), kind })
    }

    fn items(&mut self, depth: usize) -> Result<Vec<Node>, TreeError> {
        let mut items = Vec::new();
        loop {
            match self.next()? {
                (Event::SequenceEnd, _) => return Ok(items),
                (event, at) => items.push(self.node(event, at, depth, false)?),
            }
        }
    }

    fn entries(&mut self, depth: usize) -> Result<Vec<Entry>, TreeError> {
        let mut entries = Vec::new();
        loop {
            let (key, key_at) = match self.next()? {
                (Event::MappingEnd, _) => return Ok(entries),
                (Event::Scalar(key, _, _, None), at) => (key.into_owned(), at),
                (Event::Scalar(..), at) => return Err(error(at, TAGGED)),
                (_, at) => return Err(error(at, "a key must be plain text")),
            };
            let (event, at) = self.next()?;
            let value = self.node(event, at, depth, key.ends_with("password"))?;
            entries.push(Entry { key, location: location(key_at), value });
        }
    }

    fn scalar(&self, text: &str, style: ScalarStyle, at: Marker, is_password: bool) -> Kind {
        if style != ScalarStyle::Plain {
            Kind::Text
        } else if matches!(text, "" | "~" | "null" | "Null" | "NULL") {
            Kind::Null
        } else if is_password && !self.is_whole(text, at) {
            Kind::Unusable(CUT_PASSWORD)
        } else if matches!(text, "true" | "True" | "TRUE" | "false" | "False" | "FALSE") {
            Kind::Boolean
        } else if !text.starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c)) {
            Kind::Text
        } else if text.parse::<u64>().is_ok() {
            Kind::Integer
        } else if text.parse::<f64>().is_ok_and(f64::is_finite) {
            Kind::Number
        } else {
            Kind::Text
        }
    }

    /// Whether a plain value is all that its line contains besides the punctuation of YAML.
    fn is_whole(&self, text: &str, at: Marker) -> bool {
        let line = self.lines.get(at.line().saturating_sub(1)).copied().unwrap_or_default();
        let start = line.char_indices().nth(at.col()).map_or(line.len(), |(byte, _)| byte);
        line[start..].strip_prefix(text).is_some_and(|rest| !rest.trim_start().starts_with('#'))
    }
}

fn error(at: Marker, message: &'static str) -> TreeError {
    TreeError { location: Some(location(at)), message }
}

fn location(at: Marker) -> Location {
    Location { line: at.line(), column: at.col() + 1 }
}
