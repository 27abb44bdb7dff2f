//! Errors and warnings about a job file or a roster, each with its location.

use std::fmt;

use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

/// A line and a column of a text file, both counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Location {
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
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

/// Writes `file:line:column: subject: message`, leaving out what is not there.
impl fmt::Display for Diagnostic {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.file)?;
        if let Some(Location { line, column }) = self.location {
            write!(formatter, ":{line}:{column}")?;
        }
        write!(formatter, ": {}", self.text())
    }
}

/// Writes it for programs: the file, the line and the column, and the rest as one text.
impl Serialize for Diagnostic {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("Diagnostic", 4)?;
        fields.serialize_field("file", &self.file)?;
        fields.serialize_field("line", &self.location.map(|location| location.line))?;
        fields.serialize_field("column", &self.location.map(|location| location.column))?;
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
            list.sort_by_cached_key(|one| (one.file != first_file, one.file.clone(), one.location));
        }
    }
}

impl From<Diagnostic> for Diagnostics {
    fn from(error: Diagnostic) -> Self {
        Self { errors: vec![error], warnings: Vec::new() }
    }
}
