//! The key `roster:` of a job file, as it is read.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{self, Deserializer, MapAccess, SeqAccess, Unexpected, Visitor};
use serde_json::{Map, json};
use strum::VariantArray;

use super::column::Column;
use super::table::Delimiter;

// An empty description keeps a doc comment out of the schema, where it would repeat what the type says.

/// A workbook or CSV file with accounts, or a list of such files.
#[derive(Debug, JsonSchema)]
#[schemars(untagged, rename = "Roster")]
pub enum RosterKey {
    /// One roster.
    #[schemars(description = "")]
    One(RosterItem),
    /// A list of rosters.
    #[schemars(description = "")]
    Several(Vec<RosterItem>),
}

/// A workbook or CSV file, or a map where more must be said about it.
#[derive(Debug, JsonSchema)]
#[schemars(untagged)]
pub enum RosterItem {
    /// A workbook (.xlsx, .ods or .xls) or a CSV file, relative to the job file.
    File(#[schemars(length(min = 1))] String),
    /// A file with its sheet, its columns or its delimiter.
    #[schemars(description = "")]
    Map(RosterEntry),
}

/// A roster with its sheet, its columns or its delimiter.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RosterEntry {
    /// The workbook (.xlsx, .ods or .xls) or CSV file, relative to the job file.
    #[schemars(length(min = 1))]
    pub file: String,
    /// The name of the sheet of a workbook. Default: the first one with a heading for e-mail addresses.
    #[schemars(length(min = 1))]
    pub sheet: Option<String>,
    /// Which columns count, where the file has headings of its own; the others are left alone. Default: the usual headings.
    pub columns: Option<ColumnsEntry>,
    /// What separates the columns of a CSV file: comma, semicolon or tab. Default: it is found out.
    #[schemars(extend("enum" = ["comma", "semicolon", "tab", ",", ";", "\t"]))]
    pub delimiter: Option<String>,
}

impl RosterKey {
    /// Each roster with its path in the job file, such as `roster[0]`.
    pub fn entries(&self) -> Vec<(String, RosterEntry)> {
        match self {
            Self::One(item) => vec![("roster".to_owned(), item.entry())],
            Self::Several(items) => {
                let numbered = items.iter().enumerate();
                numbered.map(|(index, item)| (format!("roster[{index}]"), item.entry())).collect()
            }
        }
    }
}

impl RosterItem {
    fn entry(&self) -> RosterEntry {
        match self {
            Self::File(file) => RosterEntry { file: file.clone(), ..RosterEntry::default() },
            Self::Map(entry) => entry.clone(),
        }
    }
}

impl RosterEntry {
    /// What must be corrected before the file can be read: the key below the entry, such as `columns.email`, and what is
    /// wrong with its value.
    pub fn problems(&self) -> Vec<(String, String)> {
        let mut problems = Vec::new();
        if self.delimiter.as_ref().is_some_and(|word| word.parse::<Delimiter>().is_err()) {
            problems.push(("delimiter".to_owned(), "give comma, semicolon or tab".to_owned()));
        }
        let headings: Vec<(Column, &str)> = self.columns.iter().flat_map(ColumnsEntry::all).collect();
        for (index, (column, heading)) in headings.iter().enumerate() {
            let same = headings[..index].iter().find(|(_, other)| other == heading);
            let message = if heading.is_empty() {
                "this heading is empty; write it as it is in the file".to_owned()
            } else if let Some((other, _)) = same {
                format!("'{other}' has the same heading; each column needs its own")
            } else {
                continue;
            };
            problems.push((format!("columns.{column}"), message));
        }
        problems
    }

    /// The delimiter that the job file names.
    pub(super) fn delimiter(&self) -> Option<Delimiter> {
        self.delimiter.as_ref()?.parse().ok()
    }
}

/// Which headings the file uses instead of the usual ones.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(transparent)]
pub struct ColumnsEntry(BTreeMap<Column, String>);

impl ColumnsEntry {
    pub(super) fn new(headings: impl IntoIterator<Item = (Column, String)>) -> Self {
        Self(headings.into_iter().collect())
    }

    /// The heading of a column in the file, if the job file gives one.
    pub(super) fn heading_of(&self, column: Column) -> Option<&str> {
        self.0.get(&column).map(|heading| heading.trim())
    }

    /// Each column with its heading in the file.
    pub(super) fn all(&self) -> impl Iterator<Item = (Column, &str)> {
        self.0.iter().map(|(column, heading)| (*column, heading.trim()))
    }

    /// The column that has this heading. A standard heading counts only where the job file gives no other one.
    pub(super) fn column_of(&self, heading: &str) -> Option<Column> {
        if let Some((column, _)) = self.all().find(|(_, own)| *own == heading) {
            return Some(column);
        }
        heading.parse().ok().filter(|column| self.heading_of(*column).is_none())
    }
}

impl JsonSchema for ColumnsEntry {
    fn schema_name() -> Cow<'static, str> {
        Cow::Borrowed("Columns")
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let mut properties = Map::new();
        for column in Column::VARIANTS {
            let description = format!("The heading in the list for {}.", column.meaning());
            let property = json!({ "type": "string", "minLength": 1, "description": description });
            properties.insert(column.to_string(), property);
        }
        json_schema!({
            "description": "Which headings the file uses instead of the usual ones.",
            "type": "object",
            "additionalProperties": false,
            "properties": properties
        })
    }
}

// By hand: for an untagged enum, serde loses where in the value a problem is, and which one.
impl<'de> Deserialize<'de> for RosterKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(KeyVisitor)
    }
}

impl<'de> Deserialize<'de> for RosterItem {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match RosterKey::deserialize(deserializer)? {
            RosterKey::One(item) => Ok(item),
            RosterKey::Several(_) => Err(de::Error::invalid_type(Unexpected::Seq, &KeyVisitor)),
        }
    }
}

struct KeyVisitor;

impl<'de> Visitor<'de> for KeyVisitor {
    type Value = RosterKey;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a roster")
    }

    fn visit_str<E: de::Error>(self, file: &str) -> Result<RosterKey, E> {
        Ok(RosterKey::One(RosterItem::File(file.to_owned())))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<RosterKey, A::Error> {
        let entry = RosterEntry::deserialize(MapAccessDeserializer::new(map))?;
        Ok(RosterKey::One(RosterItem::Map(entry)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<RosterKey, A::Error> {
        Vec::deserialize(SeqAccessDeserializer::new(list)).map(RosterKey::Several)
    }
}
