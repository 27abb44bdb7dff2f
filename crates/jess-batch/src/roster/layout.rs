//! Which column of a file holds what.

use super::column::Column;

/// What one column of a file is used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ColumnUse {
    Known(Column),
    /// It has no heading, so its cells must be empty.
    Unnamed,
    /// It is not used: because of `columns` in the job file, or because of its heading.
    Ignored,
}

/// The columns of a file, each with its heading as it is written there.
#[derive(Debug, Default)]
pub(super) struct Layout(Vec<(ColumnUse, String)>);

impl Layout {
    pub(super) fn new(columns: Vec<(ColumnUse, String)>) -> Self {
        Self(columns)
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn uses(&self) -> impl Iterator<Item = ColumnUse> {
        self.0.iter().map(|(column, _)| *column)
    }

    /// The headings as they are written in the file.
    pub(super) fn headings(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(_, heading)| &**heading)
    }

    /// The columns that are used, from left to right.
    pub(super) fn known(&self) -> impl Iterator<Item = Column> {
        self.uses().filter_map(|column| match column {
            ColumnUse::Known(column) => Some(column),
            ColumnUse::Unnamed | ColumnUse::Ignored => None,
        })
    }

    pub(super) fn position(&self, column: Column) -> Option<usize> {
        self.uses().position(|other| other == ColumnUse::Known(column))
    }

    /// The heading of a column as it is written in the file, or the standard one if the file does not have it.
    pub(super) fn heading_of(&self, column: Column) -> &str {
        self.position(column).map_or(column.heading(), |position| &self.0[position].1)
    }
}
