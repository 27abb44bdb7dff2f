//! `roster:` in the job file, as it is read.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{self, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Value, json};

use super::delimiter_called;
use super::headings::Heading;
use crate::job::noting::Noting;

/// A CSV file with accounts, or a list of such files.
#[derive(Debug, JsonSchema)]
#[schemars(untagged, rename = "Roster")]
pub(crate) enum RosterKey {
    One(RosterItem),
    Several(Vec<RosterItem>),
}

/// A CSV file, or a map where its headings are not the usual ones.
#[derive(Debug, JsonSchema)]
#[schemars(untagged)]
pub(crate) enum RosterItem {
    /// A CSV file, relative to the job file.
    File(#[schemars(length(min = 1))] String),
    Map(RosterEntry),
}

/// A roster with headings of its own, or one whose delimiter is not found out.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RosterEntry {
    /// The CSV file, relative to the job file.
    #[schemars(length(min = 1))]
    pub(crate) file: String,
    /// Which columns count, where the file has headings of its own; the others are left alone. Default: the usual headings.
    pub(crate) columns: Option<ColumnsEntry>,
    /// What separates the columns: comma, semicolon or tab. Default: it is found out.
    #[schemars(extend("enum" = ["comma", "semicolon", "tab", ",", ";", "\t"]))]
    pub(crate) delimiter: Option<String>,
}

impl RosterKey {
    /// Each roster with its path in the job file.
    pub(crate) fn entries(self) -> Vec<(String, RosterEntry)> {
        match self {
            Self::One(item) => vec![("roster".to_owned(), item.entry())],
            Self::Several(items) => {
                let numbered = items.into_iter().enumerate();
                numbered.map(|(index, item)| (format!("roster[{index}]"), item.entry())).collect()
            }
        }
    }

    /// The files, as they are named.
    pub(crate) fn files(&self) -> impl Iterator<Item = &str> {
        match self {
            Self::One(item) => std::slice::from_ref(item),
            Self::Several(items) => items,
        }
        .iter()
        .map(RosterItem::file)
    }
}

impl RosterItem {
    fn file(&self) -> &str {
        match self {
            Self::File(file) => file,
            Self::Map(entry) => &entry.file,
        }
    }

    fn entry(self) -> RosterEntry {
        match self {
            Self::File(file) => RosterEntry { file, columns: None, delimiter: None },
            Self::Map(entry) => entry,
        }
    }
}

impl RosterEntry {
    /// Notes what makes it of no use to read the file. Gives whether it can be read.
    pub(in crate::job) fn is_sound(&self, path: &str, noting: &mut Noting) -> bool {
        let before = noting.mistakes.len();
        if self.delimiter.as_deref().is_some_and(|word| delimiter_called(word).is_none()) {
            noting.note(&format!("{path}.delimiter"), "write comma, semicolon or tab");
        }
        let named: Vec<(Heading, &str)> = self.columns.iter().flat_map(ColumnsEntry::all).collect();
        for (index, (heading, text)) in named.iter().enumerate() {
            let path = format!("{path}.columns.{}", heading.word());
            if text.is_empty() {
                noting.note(&path, "this heading is empty; give the one that stands in the file");
            } else if let Some((other, _)) = named[..index].iter().find(|(_, other)| other == text) {
                noting.note(
                    &path,
                    format!("'{}' has this heading too; give each column its own", other.word()),
                );
            }
        }
        noting.mistakes.len() == before
    }
}

/// The headings that stand in a file for the usual ones.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(transparent)]
pub(crate) struct ColumnsEntry(BTreeMap<Heading, String>);

impl ColumnsEntry {
    pub(super) fn new(headings: impl IntoIterator<Item = (Heading, String)>) -> Self {
        Self(headings.into_iter().collect())
    }

    /// What the file calls this column, if it is said.
    pub(super) fn name_of(&self, heading: Heading) -> Option<&str> {
        self.0.get(&heading).map(|text| text.trim())
    }

    /// All that is said.
    pub(super) fn all(&self) -> impl Iterator<Item = (Heading, &str)> {
        self.0.iter().map(|(heading, text)| (*heading, text.trim()))
    }

    /// The column that has this heading. What is said comes before what is usual.
    pub(super) fn column_called(&self, text: &str) -> Option<Heading> {
        let said = self.all().find(|(_, own)| *own == text).map(|(heading, _)| heading);
        let is_usual = |heading: &Heading| heading.word() == text && self.name_of(*heading).is_none();
        said.or_else(|| Heading::ALL.into_iter().find(is_usual))
    }
}

impl JsonSchema for ColumnsEntry {
    fn schema_name() -> Cow<'static, str> {
        Cow::Borrowed("Columns")
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let property = |heading: Heading| {
            let description = format!("The heading in the list for {}.", heading.meaning());
            (
                heading.word().to_owned(),
                json!({ "type": "string", "minLength": 1, "description": description }),
            )
        };
        json_schema!({
            "description": "The headings that stand in a file for the usual ones.",
            "type": "object",
            "additionalProperties": false,
            "properties": Value::Object(Heading::ALL.map(property).into_iter().collect())
        })
    }
}

impl<'de> Deserialize<'de> for RosterKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(KeyVisitor)
    }
}

impl<'de> Deserialize<'de> for RosterItem {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ItemVisitor)
    }
}

// By hand: of an untagged enum serde forgets where in it a mistake is, and which.
struct KeyVisitor;

impl<'de> Visitor<'de> for KeyVisitor {
    type Value = RosterKey;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a roster")
    }

    fn visit_str<E: de::Error>(self, file: &str) -> Result<RosterKey, E> {
        ItemVisitor.visit_str(file).map(RosterKey::One)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<RosterKey, A::Error> {
        ItemVisitor.visit_map(map).map(RosterKey::One)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<RosterKey, A::Error> {
        Vec::deserialize(SeqAccessDeserializer::new(list)).map(RosterKey::Several)
    }
}

struct ItemVisitor;

impl<'de> Visitor<'de> for ItemVisitor {
    type Value = RosterItem;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a roster")
    }

    fn visit_str<E: de::Error>(self, file: &str) -> Result<RosterItem, E> {
        Ok(RosterItem::File(file.to_owned()))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<RosterItem, A::Error> {
        RosterEntry::deserialize(MapAccessDeserializer::new(map)).map(RosterItem::Map)
    }
}
