//! The tree of a YAML text, with the location of every part, built from the events of a parser.

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, StrInput};

use crate::diagnostics::{Diagnostic, Location, Position};

/// How deep a job file can be nested; one that is in order needs much less.
const MAX_DEPTH: usize = 16;

const NOT_YAML: &str = "this is not valid YAML; look just before it for a missing quote, colon or indent, and put passwords in single quotes";
const TAGGED: &str = "YAML tags ('!…') are not supported; put a value that begins with '!' in single quotes";
const TAGGED_BLOCK: &str = "YAML tags ('!…') are not supported; remove this one";
const CUT_PASSWORD: &str = "YAML cuts this password at ' #' or joins its lines; put it in single quotes";

/// One value of a YAML text. Its text is not kept: it may be a password.
#[derive(Debug)]
pub(in crate::job) struct Node {
    pub(super) location: Position,
    pub(super) kind: Kind,
}

/// What a value is.
#[derive(Debug)]
pub(super) enum Kind {
    Text,
    /// A number of the type `u64`.
    Integer,
    /// Any other number.
    Number,
    Boolean,
    /// No value at all, or `null`.
    Null,
    Sequence(Vec<Node>),
    Mapping(Vec<Entry>),
    /// Another name for a value that is somewhere before it.
    Alias,
    /// A value that would be read as something else than what was meant, with the message about it.
    Unusable(&'static str),
}

/// A key of a mapping and its value.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) key: String,
    pub(super) location: Position,
    pub(super) value: Node,
}

impl Node {
    /// The location of a path such as `accounts[3].ensims.email`, or of the nearest value around it.
    pub(in crate::job) fn locate(&self, path: &str) -> Option<Position> {
        let mut node = self;
        let mut found = None;
        for part in path.split(['.', '[']) {
            let child = match &node.kind {
                Kind::Mapping(entries) => {
                    entries.iter().find(|entry| entry.key == part).map(|entry| &entry.value)
                }
                Kind::Sequence(items) => {
                    part.strip_suffix(']').and_then(|index| items.get(index.parse::<usize>().ok()?))
                }
                _ => None,
            };
            let Some(child) = child else { break };
            found = Some(child.location);
            node = child;
        }
        found
    }
}

/// The tree of a YAML text. An error shows no line of the text: any may contain a password.
pub(super) fn parse(file: &str, text: &str) -> Result<Node, Diagnostic> {
    TreeBuilder { file, parser: Parser::new_from_str(text), lines: text.lines().collect() }.document()
}

struct TreeBuilder<'a> {
    file: &'a str,
    parser: Parser<'a, StrInput<'a>>,
    lines: Vec<&'a str>,
}

impl<'a> TreeBuilder<'a> {
    fn document(&mut self) -> Result<Node, Diagnostic> {
        let mut root = None;
        loop {
            match self.next()? {
                (Event::StreamEnd, _) => break,
                (Event::DocumentStart(_), at) if root.is_some() => {
                    return Err(self.error(at, "a job file contains one document; remove '---'"));
                }
                (Event::StreamStart | Event::DocumentStart(_) | Event::DocumentEnd, _) => {}
                (event, at) => root = Some(self.node(event, at, 0, false)?),
            }
        }
        root.filter(|root| !matches!(root.kind, Kind::Null))
            .ok_or_else(|| Diagnostic::of_file(self.file, "the file is empty"))
    }

    fn next(&mut self) -> Result<(Event<'a>, Marker), Diagnostic> {
        match self.parser.next() {
            Some(Ok((event, span))) => Ok((event, span.start)),
            Some(Err(cause)) => Err(self.error(*cause.marker(), NOT_YAML)),
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
    ) -> Result<Node, Diagnostic> {
        if depth > MAX_DEPTH {
            return Err(self.error(at, "this is nested too deeply for a job file"));
        }
        let (kind, tag) = match event {
            Event::Alias(_) => (Kind::Alias, None),
            Event::Scalar(text, style, _, tag) => (self.scalar(&text, style, at, is_password), tag),
            Event::SequenceStart(_, tag) => (Kind::Sequence(self.items(depth + 1)?), tag),
            Event::MappingStart(_, tag) => (Kind::Mapping(self.entries(depth + 1)?), tag),
            _ => return Err(self.error(at, NOT_YAML)),
        };
        let kind = match kind {
            Kind::Sequence(_) | Kind::Mapping(_) if tag.is_some() => Kind::Unusable(TAGGED_BLOCK),
            _ if tag.is_some() => Kind::Unusable(TAGGED),
            kind => kind,
        };
        Ok(Node { location: location(at), kind })
    }

    fn items(&mut self, depth: usize) -> Result<Vec<Node>, Diagnostic> {
        let mut items = Vec::new();
        loop {
            match self.next()? {
                (Event::SequenceEnd, _) => return Ok(items),
                (event, at) => items.push(self.node(event, at, depth, false)?),
            }
        }
    }

    fn entries(&mut self, depth: usize) -> Result<Vec<Entry>, Diagnostic> {
        let mut entries = Vec::new();
        loop {
            let (key, key_at) = match self.next()? {
                (Event::MappingEnd, _) => return Ok(entries),
                (Event::Scalar(key, _, _, None), at) => (key.into_owned(), at),
                (Event::Scalar(..), at) => return Err(self.error(at, TAGGED)),
                (_, at) => return Err(self.error(at, "a key must be plain text")),
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

    fn error(&self, at: Marker, message: &str) -> Diagnostic {
        Diagnostic { location: Some(Location::Text(location(at))), ..Diagnostic::of_file(self.file, message) }
    }
}

fn location(at: Marker) -> Position {
    Position { line: at.line(), column: at.col() + 1 }
}
