//! The tree of a YAML text, with the location of every part, built from the events of a parser.

use std::collections::HashMap;
use std::fmt;

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, StrInput};
use zeroize::Zeroizing;

use crate::diagnostics::{Diagnostic, Location, Position};

/// How deep a job file can be nested; one that is in order needs much less.
const MAX_DEPTH: usize = 16;

/// How many values a text can have. An alias counts as all the values that it stands for.
const MAX_NODES: usize = 250_000;

pub(super) const TOO_MUCH: &str =
    "this is too much for a job file; move accounts to a roster, which can have 100,000 of them";
const NOT_YAML: &str = "this is not valid YAML; look just before it for a missing quote, colon or indent, and put passwords in single quotes";
const TAGGED: &str = "YAML tags ('!…') are not supported; put a value that begins with '!' in single quotes";
const TAGGED_BLOCK: &str = "YAML tags ('!…') are not supported; remove this one";
const CUT_PASSWORD: &str = "YAML cuts this password at ' #' or joins its lines; put it in single quotes";

/// One value of a YAML text.
#[derive(Clone)]
pub(in crate::job) struct Node {
    pub(super) location: Position,
    pub(super) kind: Kind,
}

/// Shows nothing of the value: it may be a password.
impl fmt::Debug for Node {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.location.fmt(formatter)
    }
}

/// What a value is.
#[derive(Clone)]
pub(super) enum Kind {
    /// A plain value with its text, until that is taken out.
    Scalar(Scalar, Zeroizing<String>),
    /// No value at all, or `null`.
    Null,
    Sequence(Vec<Node>),
    Mapping(Vec<Entry>),
    /// A value that would be read as something else than what was meant, with the message about it.
    Unusable(&'static str),
}

/// What the text of a plain value looks like. Where text is wanted, it is read as text all the same.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Scalar {
    Text,
    /// A number of the type `u64`.
    Integer,
    /// Any other number.
    Number,
    Boolean,
}

/// A key of a mapping and its value.
#[derive(Clone)]
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
    let parser = Parser::new_from_str(text);
    TreeBuilder { file, parser, rest: text, rest_from: 0, nodes: 0, anchors: HashMap::new() }.document()
}

struct TreeBuilder<'a> {
    file: &'a str,
    parser: Parser<'a, StrInput<'a>>,
    /// The text from the last password on, and how many characters are before it.
    rest: &'a str,
    rest_from: usize,
    /// How many nodes there are.
    nodes: usize,
    /// What aliases stand for: a node, and how many nodes it consists of.
    anchors: HashMap<usize, (Node, usize)>,
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
        let nodes_before = self.nodes;
        self.count(1, at)?;
        let (kind, anchor, tag) = match event {
            Event::Alias(anchor) => return self.copy_of(anchor, at),
            Event::Scalar(text, style, anchor, tag) => {
                (self.scalar(text.into_owned(), style, at, is_password), anchor, tag)
            }
            Event::SequenceStart(anchor, tag) => (Kind::Sequence(self.items(depth + 1)?), anchor, tag),
            Event::MappingStart(anchor, tag) => (Kind::Mapping(self.entries(depth + 1)?), anchor, tag),
            _ => return Err(self.error(at, NOT_YAML)),
        };
        let kind = match kind {
            Kind::Sequence(_) | Kind::Mapping(_) if tag.is_some() => Kind::Unusable(TAGGED_BLOCK),
            _ if tag.is_some() => Kind::Unusable(TAGGED),
            kind => kind,
        };
        let node = Node { location: location(at), kind };
        if anchor != 0 {
            let nodes = self.nodes - nodes_before;
            self.count(nodes, at)?;
            self.anchors.insert(anchor, (node.clone(), nodes));
        }
        Ok(node)
    }

    /// What an alias stands for.
    fn copy_of(&mut self, anchor: usize, at: Marker) -> Result<Node, Diagnostic> {
        // There is none within its own anchor.
        let Some((node, nodes)) = self.anchors.get(&anchor) else { return Err(self.error(at, NOT_YAML)) };
        let (kind, nodes) = (node.kind.clone(), *nodes);
        self.count(nodes, at)?;
        Ok(Node { location: location(at), kind })
    }

    fn count(&mut self, nodes: usize, at: Marker) -> Result<(), Diagnostic> {
        self.nodes += nodes;
        if self.nodes > MAX_NODES { Err(self.error(at, TOO_MUCH)) } else { Ok(()) }
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
                (Event::MappingEnd, _) => {
                    // Thousands of accounts are mappings of two keys, and a list begins with room for four.
                    entries.shrink_to_fit();
                    return Ok(entries);
                }
                (Event::Scalar(key, _, _, None), at) => (key.into_owned(), at),
                (Event::Scalar(..), at) => return Err(self.error(at, TAGGED)),
                (_, at) => return Err(self.error(at, "a key must be plain text")),
            };
            let (event, at) = self.next()?;
            let value = self.node(event, at, depth, key.ends_with("password"))?;
            entries.push(Entry { key, location: location(key_at), value });
        }
    }

    fn scalar(&mut self, text: String, style: ScalarStyle, at: Marker, is_password: bool) -> Kind {
        let scalar = if style != ScalarStyle::Plain {
            Scalar::Text
        } else if matches!(&*text, "" | "~" | "null" | "Null" | "NULL") {
            return Kind::Null;
        } else if is_password && !self.is_whole(&text, at) {
            return Kind::Unusable(CUT_PASSWORD);
        } else {
            looks_like(&text)
        };
        Kind::Scalar(scalar, Zeroizing::new(text))
    }

    /// Whether a plain value is all that its line contains besides the punctuation of YAML.
    fn is_whole(&mut self, text: &str, at: Marker) -> bool {
        // Places only grow, so the text is walked through once.
        let mut characters = self.rest.chars();
        if let Some(last) = (at.index() - self.rest_from).checked_sub(1) {
            characters.nth(last);
        }
        (self.rest, self.rest_from) = (characters.as_str(), at.index());
        let after = self.rest.strip_prefix(text);
        after.is_some_and(|after| !after.trim_start_matches([' ', '\t']).starts_with('#'))
    }

    fn error(&self, at: Marker, message: &str) -> Diagnostic {
        Diagnostic { location: Some(Location::Text(location(at))), ..Diagnostic::of_file(self.file, message) }
    }
}

fn location(at: Marker) -> Position {
    Position { line: at.line(), column: at.col() + 1 }
}

fn looks_like(text: &str) -> Scalar {
    if matches!(text, "true" | "True" | "TRUE" | "false" | "False" | "FALSE") {
        Scalar::Boolean
    } else if !text.starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c)) {
        Scalar::Text
    } else if text == "0" || text.starts_with(|c| matches!(c, '1'..='9')) && text.parse::<u64>().is_ok() {
        Scalar::Integer
    } else if text.parse::<f64>().is_ok_and(f64::is_finite) {
        Scalar::Number
    } else {
        Scalar::Text
    }
}
