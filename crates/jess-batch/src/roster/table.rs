//! A roster that was read.

use std::path::PathBuf;

use super::column::Column;
use super::delimiter::Delimiter;
use super::file::{filled_lines, read_bytes, text_of};
use super::headings::{GivenElsewhere, HeadingRow, NO_HEADINGS};
use super::key::RosterEntry;
use super::layout::Layout;
use super::row::{Row, WrittenAccount};
use crate::diagnostics::{Diagnostic, Diagnostics, Location};

/// A roster that was read, with what is wrong in it.
#[derive(Debug)]
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
    pub(super) layout: Layout,
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
            Err(error) => Err(format!("the file {} cannot be read: {error}", path.display())),
        }
    }

    /// Reads the bytes of a file.
    pub(super) fn parse(path: PathBuf, bytes: &[u8], entry: &RosterEntry, given: GivenElsewhere) -> Self {
        let mut roster = Self {
            path,
            rows: Vec::new(),
            diagnostics: Diagnostics::default(),
            holds_passwords: false,
            delimiter: Delimiter::Comma,
            layout: Layout::default(),
            lines: 0,
            locations: Vec::new(),
        };
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
            Some(Err(error)) => return self.error(Some(error.location), error.message),
            None => return self.error(None, "the file is empty"),
        };
        // Without a column for all that an account needs, each line would lack the same.
        let Some(layout) = self.check_headings(&headings, given) else { return };
        let file = self.path.display().to_string();
        for line in lines {
            self.lines += 1;
            match line {
                Ok(cells) => {
                    let diagnostics = &mut self.diagnostics;
                    let row = Row { file: &file, layout: &layout, cells: &cells, diagnostics };
                    if let Some(account) = row.check() {
                        self.rows.push(account);
                        self.locations.extend(cells.iter().map(|cell| cell.location));
                    }
                }
                Err(error) => self.error(Some(error.location), error.message),
            }
        }
        self.layout = layout;
        if self.lines == 0 {
            self.error(None, "there are no accounts below the headings; add one per line");
        }
    }

    /// Checks the headings. Returns the columns if there is one for all that an account needs.
    fn check_headings(&mut self, headings: &HeadingRow<'_>, given: GivenElsewhere) -> Option<Layout> {
        self.holds_passwords = headings.has_passwords();
        if !headings.are_headings() {
            self.error(Some(headings.start()), NO_HEADINGS);
            return None;
        }
        let missing = headings.missing(given);
        let is_complete = missing.is_empty();
        let errors = headings.errors();
        // A missing column may be one whose heading is wrong.
        for (location, message) in if errors.is_empty() { missing } else { errors } {
            self.error(Some(location), message);
        }
        if !is_complete {
            return None;
        }
        for (location, message) in headings.warnings() {
            let warning = self.diagnostic(Some(location), message);
            self.diagnostics.warnings.push(warning);
        }
        Some(headings.layout())
    }

    /// The location of a cell, and the heading of its column as it is written in the file. `column` is a standard heading,
    /// or empty for the start of the line. If there is no such column, another source of the same password is taken, such
    /// as `ensims_password_file` for `ensims_password`; otherwise the start of the line.
    pub fn cell(&self, row: usize, column: &str) -> (Option<Location>, String) {
        let is_same_password = |known: &Column| !column.is_empty() && known.heading().starts_with(column);
        let exact = self.layout.known().find(|known| known.heading() == column);
        let known = exact.or_else(|| self.layout.known().find(is_same_password));
        let position = known.and_then(|known| self.layout.position(known)).unwrap_or(0);
        let heading = known.map_or(column, |known| self.layout.heading_of(known));
        (self.locations.get(row * self.layout.len() + position).copied(), heading.to_owned())
    }

    fn diagnostic(&self, location: Option<Location>, message: impl Into<String>) -> Diagnostic {
        Diagnostic { location, ..Diagnostic::of_file(self.path.display().to_string(), message) }
    }

    fn error(&mut self, location: Option<Location>, message: impl Into<String>) {
        let error = self.diagnostic(location, message);
        self.diagnostics.errors.push(error);
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use secrecy::ExposeSecret;

    use super::*;

    fn read(text: &str) -> Roster {
        let entry = RosterEntry { file: String::new(), columns: None, delimiter: None };
        let given = GivenElsewhere { passwords: false, jess: false };
        Roster::parse(PathBuf::from("a.csv"), text.as_bytes(), &entry, given)
    }

    #[test]
    fn roster_keeps_usable_rows_and_reports_the_others() {
        let roster = read(
            "name;email;ensims_password;jess_username;jess_password\n\
             Ada;ada@uni.example; a ;jess-ada;b\nBen;hunter2;c;d;e\nCem;cem@uni.example;c;d;03.11.2026\n",
        );
        let shown = |list: &[Diagnostic]| list.iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(shown(&roster.diagnostics.errors), ["a.csv:3:5: email: this is not an e-mail address"]);
        assert_eq!(
            shown(&roster.diagnostics.warnings),
            [
                "a.csv:2:21: Ada, ensims_password: this password has spaces around it; they are used as part of the password",
                "a.csv:4:25: Cem, jess_password: the spreadsheet has probably converted this to a date; format the column as text and enter the value again",
            ]
        );
        let emails: Vec<&str> = roster.rows.iter().map(|row| &*row.email).collect();
        assert_eq!(emails, ["ada@uni.example", "cem@uni.example"]);
        let password = roster.rows[0].ensims.password.as_ref().expect("a password");
        assert_eq!(password.expose_secret(), " a ");
        assert!(roster.holds_passwords);
    }

    #[test]
    fn roster_cell_falls_back_to_another_source_of_the_password() {
        let roster = read("E-mail,ensims_password_file,jess_username,jess_password\na@b,c.txt,d,e\n");
        let location = |column| Some(Location { line: 2, column });
        assert_eq!(roster.cell(0, "email"), (location(1), "E-mail".to_owned()));
        assert_eq!(roster.cell(0, "ensims_password"), (location(5), "ensims_password_file".to_owned()));
        assert_eq!(roster.cell(0, "name"), (location(1), "name".to_owned()));
        assert_eq!(roster.cell(0, ""), (location(1), String::new()));
    }
}
