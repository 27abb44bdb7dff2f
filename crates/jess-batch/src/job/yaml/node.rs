//! The structure of a YAML text, with the location of every part.

use crate::diagnostics::Location;

/// One value of a YAML text. Its text is not kept: it may be a password.
#[derive(Debug)]
pub(in crate::job) struct Node {
    pub(super) location: Location,
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
    pub(super) location: Location,
    pub(super) value: Node,
}

impl Node {
    /// The location of a path such as `accounts[3].ensims.email`, or of the nearest value around it.
    pub(in crate::job) fn locate(&self, path: &str) -> Option<Location> {
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
