//! `roster:` in the job file, as it is read.

use std::fmt;

use serde::Deserialize;
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{self, Deserializer, MapAccess, SeqAccess, Visitor};

/// `roster:` is a file name, a map, or a list of these.
#[derive(Debug)]
pub(crate) struct RosterKey {
    entries: Vec<RosterEntry>,
    is_list: bool,
}

impl RosterKey {
    /// Each roster with its path in the job file.
    pub(crate) fn entries(self) -> Vec<(String, RosterEntry)> {
        let path = |index| if self.is_list { format!("roster[{index}]") } else { "roster".to_owned() };
        self.entries.into_iter().enumerate().map(|(index, entry)| (path(index), entry)).collect()
    }

    fn one(entry: RosterEntry) -> Self {
        Self { entries: vec![entry], is_list: false }
    }
}

/// One roster.
#[derive(Debug)]
pub(crate) struct RosterEntry {
    pub(crate) file: String,
    /// Where the file has headings of its own: which columns count.
    pub(crate) columns: Option<ColumnsEntry>,
    pub(crate) delimiter: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RosterMap {
    file: String,
    columns: Option<ColumnsEntry>,
    delimiter: Option<String>,
}

/// The headings that stand in a file for the usual ones.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ColumnsEntry {
    pub(crate) name: Option<String>,
    pub(crate) email: Option<String>,
    pub(crate) ensims_password: Option<String>,
    pub(crate) ensims_password_env: Option<String>,
    pub(crate) ensims_password_file: Option<String>,
    pub(crate) jess_username: Option<String>,
    pub(crate) jess_password: Option<String>,
    pub(crate) jess_password_env: Option<String>,
    pub(crate) jess_password_file: Option<String>,
}

impl<'de> Deserialize<'de> for RosterKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(KeyVisitor)
    }
}

impl<'de> Deserialize<'de> for RosterEntry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(EntryVisitor)
    }
}

struct KeyVisitor;

impl<'de> Visitor<'de> for KeyVisitor {
    type Value = RosterKey;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a roster")
    }

    fn visit_str<E: de::Error>(self, file: &str) -> Result<RosterKey, E> {
        EntryVisitor.visit_str(file).map(RosterKey::one)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<RosterKey, A::Error> {
        EntryVisitor.visit_map(map).map(RosterKey::one)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<RosterKey, A::Error> {
        let entries = Vec::deserialize(SeqAccessDeserializer::new(list))?;
        Ok(RosterKey { entries, is_list: true })
    }
}

struct EntryVisitor;

impl<'de> Visitor<'de> for EntryVisitor {
    type Value = RosterEntry;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a roster")
    }

    fn visit_str<E: de::Error>(self, file: &str) -> Result<RosterEntry, E> {
        Ok(RosterEntry { file: file.to_owned(), columns: None, delimiter: None })
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<RosterEntry, A::Error> {
        let RosterMap { file, columns, delimiter } = RosterMap::deserialize(MapAccessDeserializer::new(map))?;
        Ok(RosterEntry { file, columns, delimiter })
    }
}
