//! `roster:` in the job file, as it is read.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
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

    /// The files, as they are named.
    pub(crate) fn files(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().map(|entry| &*entry.file)
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

/// A roster with headings of its own, or one whose delimiter is not found out.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct RosterMap {
    /// The CSV file, relative to the job file.
    #[schemars(length(min = 1))]
    file: String,
    /// Which columns count, where the file has headings of its own; the others are left alone. Default: the usual headings.
    columns: Option<ColumnsEntry>,
    /// What separates the columns: comma, semicolon or tab. Default: it is found out.
    #[schemars(extend("enum" = ["comma", "semicolon", "tab", ",", ";", "\t"]))]
    delimiter: Option<String>,
}

/// The headings that stand in a file for the usual ones.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ColumnsEntry {
    /// The heading of the column of names, such as Student.
    pub(crate) name: Option<String>,
    /// The heading of the column of e-mail addresses, such as E-mail.
    pub(crate) email: Option<String>,
    /// The heading of the column of ENSIMS passwords.
    pub(crate) ensims_password: Option<String>,
    /// The heading of the column of environment variables that hold the ENSIMS passwords.
    pub(crate) ensims_password_env: Option<String>,
    /// The heading of the column of files that hold the ENSIMS passwords.
    pub(crate) ensims_password_file: Option<String>,
    /// The heading of the column of JESS user names.
    pub(crate) jess_username: Option<String>,
    /// The heading of the column of JESS passwords.
    pub(crate) jess_password: Option<String>,
    /// The heading of the column of environment variables that hold the JESS passwords.
    pub(crate) jess_password_env: Option<String>,
    /// The heading of the column of files that hold the JESS passwords.
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

impl JsonSchema for RosterKey {
    fn schema_name() -> Cow<'static, str> {
        Cow::Borrowed("Roster")
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let list = json_schema!({ "type": "array", "items": RosterEntry::json_schema(generator) });
        json_schema!({ "anyOf": [file_name(), generator.subschema_for::<RosterMap>(), list] })
    }
}

impl JsonSchema for RosterEntry {
    fn schema_name() -> Cow<'static, str> {
        Cow::Borrowed("RosterEntry")
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({ "anyOf": [file_name(), generator.subschema_for::<RosterMap>()] })
    }
}

fn file_name() -> Schema {
    json_schema!({ "type": "string", "minLength": 1, "description": "A CSV file, relative to the job file." })
}
