//! A roster that was read.

use std::path::PathBuf;

use super::column::Column;
use super::headings::{GivenElsewhere, HeadingRow, NO_HEADINGS};
use super::key::RosterEntry;
use super::row::{Row, WrittenAccount};
use super::text::{Delimiter, filled_lines, read_bytes, text_of};
use crate::diagnostics::{Diagnostic, Diagnostics, Location};
use crate::platform::show_path;

/// A roster that was read, with what is wrong in it.
#[derive(Debug, Default)]
pub struct Roster {
    /// The path of the file.
    pub path: PathBuf,
    /// The accounts of the lines that can be used.
    pub rows: Vec<WrittenAccount>,
    /// What is wrong in the file, or may be.
    pub diagnostics: Diagnostics,
    /// Whether the file itself contains passwords.
    pub holds_passwords: bool,
    pub(super) delimiter: Delimiter,
    pub(super) headings: HeadingRow,
    /// How many lines there are below the headings, usable or not.
    pub(super) lines: usize,
    /// The locations of the cells of each row.
    locations: Vec<Location>,
}

impl Roster {
    /// Reads the file at a path. What is wrong in the file is in `diagnostics`.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn read(path: PathBuf, entry: &RosterEntry, given: GivenElsewhere) -> Result<Self, String> {
        match read_bytes(&path) {
            Ok(bytes) => Ok(Self::parse(path, &bytes, entry, given)),
            Err(error) => Err(format!("the file {} cannot be read: {error}", show_path(&path))),
        }
    }

    /// Reads the bytes of a file.
    pub(super) fn parse(path: PathBuf, bytes: &[u8], entry: &RosterEntry, given: GivenElsewhere) -> Self {
        let mut roster = Self { path, ..Self::default() };
        match text_of(bytes) {
            Ok(text) => roster.read_text(text, entry, given),
            Err((location, message)) => roster.error(location, message),
        }
        roster
    }

    fn read_text(&mut self, text: &str, entry: &RosterEntry, given: GivenElsewhere) {
        self.delimiter = entry.delimiter().unwrap_or_else(|| Delimiter::detect(text));
        let mut lines = filled_lines(text, self.delimiter);
        let headings = match lines.next() {
            Some(Ok(first)) => HeadingRow::read(&first, entry.columns.as_ref()),
            Some(Err((location, message))) => return self.error(Some(location), message),
            None => return self.error(None, "the file is empty"),
        };
        // Without a column for all that an account needs, each line would lack the same.
        if !self.check_headings(&headings, given) {
            return;
        }
        let file = show_path(&self.path);
        for line in lines {
            self.lines += 1;
            match line {
                Ok(cells) => {
                    let diagnostics = &mut self.diagnostics;
                    let row = Row { file: &file, headings: &headings, cells: &cells, diagnostics };
                    if let Some(account) = row.check() {
                        self.rows.push(account);
                        self.locations.extend(cells.iter().map(|cell| cell.location));
                    }
                }
                Err((location, message)) => self.error(Some(location), message),
            }
        }
        self.headings = headings;
        if self.lines == 0 {
            self.error(None, "there are no accounts below the headings; add one per line");
        }
    }

    /// Checks the headings. Returns whether there is a column for all that an account needs.
    fn check_headings(&mut self, headings: &HeadingRow, given: GivenElsewhere) -> bool {
        self.holds_passwords = headings.has_passwords();
        if !headings.are_headings() {
            self.error(Some(headings.start()), NO_HEADINGS);
            return false;
        }
        let missing = headings.missing(given);
        let is_complete = missing.is_empty();
        let errors = headings.errors();
        // A missing column may be one whose heading is wrong.
        for (location, message) in if errors.is_empty() { missing } else { errors } {
            self.error(Some(location), message);
        }
        if is_complete {
            for (location, message) in headings.warnings() {
                let warning = self.diagnostic(Some(location), message);
                self.diagnostics.warnings.push(warning);
            }
        }
        is_complete
    }

    /// The location of a cell, and the heading of its column as it is written in the file. `column` is a standard heading,
    /// or empty for the start of the line. If there is no such column, another source of the same password is taken, such
    /// as `ensims_password_file` for `ensims_password`; otherwise the start of the line.
    pub fn cell(&self, row: usize, column: &str) -> (Option<Location>, String) {
        let is_same_password = |known: &Column| !column.is_empty() && known.heading().starts_with(column);
        let exact = self.headings.known().find(|known| known.heading() == column);
        let known = exact.or_else(|| self.headings.known().find(is_same_password));
        let position = known.and_then(|known| self.headings.position(known)).unwrap_or(0);
        let heading = known.map_or(column, |known| self.headings.heading_of(known));
        (self.locations.get(row * self.headings.columns.len() + position).copied(), heading.to_owned())
    }

    fn diagnostic(&self, location: Option<Location>, message: impl Into<String>) -> Diagnostic {
        Diagnostic { location, ..Diagnostic::of_file(show_path(&self.path), message) }
    }

    fn error(&mut self, location: Option<Location>, message: impl Into<String>) {
        let error = self.diagnostic(location, message);
        self.diagnostics.errors.push(error);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roster_cell_falls_back_to_another_source_of_the_password() {
        let text = b"E-mail,ensims_password_file,jess_username,jess_password\na@b,c.txt,d,e\n";
        let entry = RosterEntry { file: String::new(), columns: None, delimiter: None };
        let given = GivenElsewhere { passwords: false, jess: false };
        let roster = Roster::parse(PathBuf::from("a.csv"), text, &entry, given);
        let location = |column| Some(Location { line: 2, column });
        assert_eq!(roster.cell(0, "email"), (location(1), "E-mail".to_owned()));
        assert_eq!(roster.cell(0, "ensims_password"), (location(5), "ensims_password_file".to_owned()));
        assert_eq!(roster.cell(0, "name"), (location(1), "name".to_owned()));
        assert_eq!(roster.cell(0, ""), (location(1), String::new()));
    }
}
