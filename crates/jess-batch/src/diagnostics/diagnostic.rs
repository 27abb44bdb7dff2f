//! Errors and warnings about a job file or a roster, each with its location.

use std::fmt;

use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

/// A line and a column of a text file, both counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
}

/// A place in an input file. Places of one kind are in the order of the file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Location {
    /// A place in a text, such as `:7:12`.
    Text(Position),
    /// A line of a table in a text file, or a cell of it, such as `, line 7, column email`.
    Line {
        /// The line, from 1.
        line: usize,
        /// The number of the column, from 1.
        column: usize,
        /// The heading of the column, if the message is about a cell and the heading may be shown.
        heading: Option<String>,
    },
    /// A cell of a spreadsheet, such as `, Sheet1!C7`.
    Cell {
        /// The name of the sheet.
        sheet: String,
        /// The row, from 1.
        row: usize,
        /// The column, from 1.
        column: usize,
    },
}

impl Location {
    /// The line or row, from 1.
    pub fn line(&self) -> usize {
        match self {
            Self::Text(Position { line, .. }) | Self::Line { line, .. } | Self::Cell { row: line, .. } => {
                *line
            }
        }
    }

    /// The column from 1: of characters in a text, of cells in a table.
    pub fn column(&self) -> usize {
        match self {
            Self::Text(Position { column, .. }) | Self::Line { column, .. } | Self::Cell { column, .. } => {
                *column
            }
        }
    }
}

/// Writes the location as it follows the name of its file.
impl fmt::Display for Location {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(Position { line, column }) => write!(formatter, ":{line}:{column}"),
            Self::Line { line, heading: Some(heading), .. } => {
                write!(formatter, ", line {line}, column {heading}")
            }
            Self::Line { line, heading: None, .. } => write!(formatter, ", line {line}"),
            Self::Cell { sheet, row, column } => write!(formatter, ", {sheet}!{}{row}", letters(*column)),
        }
    }
}

/// The letters of a column of a spreadsheet: 28 is `AB`.
fn letters(mut column: usize) -> String {
    let mut letters = Vec::new();
    while column > 0 {
        letters.push(char::from(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ"[(column - 1) % 26]));
        column = (column - 1) / 26;
    }
    letters.iter().rev().collect()
}

/// One error or warning about an input file.
///
/// It never shows a value of the file: any of them may be half a password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// The file as the user named it.
    pub file: String,
    /// Where in the file, if it is about one place.
    pub location: Option<Location>,
    /// The account and the key or column, such as `alice, accounts[0].ensims`. Empty if it is about the whole file.
    pub subject: String,
    /// What is wrong, and what to do about it.
    pub message: String,
}

impl Diagnostic {
    /// A diagnostic about a file as a whole.
    pub fn of_file(file: impl Into<String>, message: impl Into<String>) -> Self {
        Self { file: file.into(), location: None, subject: String::new(), message: message.into() }
    }

    /// The subject and the message, without the file and the location.
    pub fn text(&self) -> String {
        if self.subject.is_empty() {
            self.message.clone()
        } else {
            format!("{}: {}", self.subject, self.message)
        }
    }
}

/// Writes file, location, subject and message, leaving out what is not there.
impl fmt::Display for Diagnostic {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.file)?;
        if let Some(location) = &self.location {
            write!(formatter, "{location}")?;
        }
        write!(formatter, ": {}", self.text())
    }
}

/// Writes it for programs: the file, the line and the column, and the rest as one text.
impl Serialize for Diagnostic {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("Diagnostic", 4)?;
        fields.serialize_field("file", &self.file)?;
        fields.serialize_field("line", &self.location.as_ref().map(Location::line))?;
        fields.serialize_field("column", &self.location.as_ref().map(Location::column))?;
        fields.serialize_field("message", &self.text())?;
        fields.end()
    }
}

/// All errors and warnings that a check has found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diagnostics {
    /// What makes the input unusable.
    pub errors: Vec<Diagnostic>,
    /// What may be a mistake.
    pub warnings: Vec<Diagnostic>,
}

impl Diagnostics {
    /// Whether there is an error, so that the input cannot be used.
    pub fn has_errors(&self) -> bool {
        !self.errors.is_empty()
    }

    /// Adds all that another check has found.
    pub fn extend(&mut self, other: Self) {
        self.errors.extend(other.errors);
        self.warnings.extend(other.warnings);
    }

    /// Sorts by location: those of `first_file` first, then file by file.
    pub fn sort(&mut self, first_file: &str) {
        for list in [&mut self.errors, &mut self.warnings] {
            list.sort_by_cached_key(|one| (one.file != first_file, one.file.clone(), one.location.clone()));
        }
    }
}

impl From<Diagnostic> for Diagnostics {
    fn from(error: Diagnostic) -> Self {
        Self { errors: vec![error], warnings: Vec::new() }
    }
}

#[cfg(test)]
mod tests {
    use super::letters;

    #[test]
    fn letters_count_columns_as_spreadsheets_do() {
        for (column, text) in [(1, "A"), (26, "Z"), (27, "AA"), (702, "ZZ"), (703, "AAA"), (16_384, "XFD")] {
            assert_eq!(letters(column), text);
        }
    }
}
