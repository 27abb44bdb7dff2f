//! A roster that was read.

use std::path::PathBuf;

use super::column::Column;
use super::file::{RosterError, read_table};
use super::headings::{GivenElsewhere, HeadingRow, NO_HEADINGS, heading_line};
use super::key::RosterEntry;
use super::row::{Row, WrittenAccount};
use super::table::{Encoding, Source, Table, location};
use crate::diagnostics::{Diagnostic, Diagnostics, Location, counted};
use crate::platform::show_path;

/// A roster that was read, with what is wrong in it.
#[derive(Debug)]
pub struct Roster {
    /// The path of the file.
    pub path: PathBuf,
    source: Source,
    /// The accounts of the lines that can be used.
    pub rows: Vec<WrittenAccount>,
    /// What is wrong in the file, or may be.
    pub diagnostics: Diagnostics,
    /// Whether the file itself contains passwords.
    pub holds_passwords: bool,
    /// How many lines there are below the headings, usable or not.
    pub lines: usize,
    /// How many of them the spreadsheet hides.
    hidden: usize,
    pub(super) headings: HeadingRow,
    /// The number of the line of each row.
    numbers: Vec<usize>,
}

impl Roster {
    /// Reads the file at a path. What is wrong in the table is in `diagnostics`.
    ///
    /// # Errors
    /// When the file cannot be read as a table.
    pub fn read(path: PathBuf, entry: &RosterEntry, given: GivenElsewhere) -> Result<Self, RosterError> {
        let (table, others) = read_table(&path, entry)?;
        let mut roster = Self::of_table(path, table, entry, given);
        if !others.is_empty() {
            let others = others.join(", ");
            let message = format!(
                "other sheets have an e-mail column too, and are not read: {others}; name the right sheet with 'sheet:' under 'roster:'"
            );
            roster.diagnostics.warnings.push(Diagnostic::of_file(show_path(&roster.path), message));
        }
        Ok(roster)
    }

    pub(super) fn of_table(path: PathBuf, table: Table, entry: &RosterEntry, given: GivenElsewhere) -> Self {
        let mut roster = Self {
            path,
            source: table.source,
            rows: Vec::new(),
            diagnostics: Diagnostics::default(),
            holds_passwords: false,
            lines: 0,
            hidden: 0,
            headings: HeadingRow::default(),
            numbers: Vec::new(),
        };
        let found = heading_line(&table.lines, entry.columns.as_ref());
        let mut lines = table.lines.into_iter().skip(found.unwrap_or(0));
        let Some(first) = lines.next() else { return roster };
        roster.headings = HeadingRow::read(&first, entry.columns.as_ref(), found.is_some());
        if let Some((column, message)) = first.damage {
            roster.error(Some((first.number, column)), message.to_owned());
        } else if roster.check_headings(first.number, given) {
            // Without a column for all that an account needs, each line would lack the same.
            let file = show_path(&roster.path);
            for line in lines {
                let number = line.number;
                roster.lines += 1;
                roster.hidden += usize::from(line.is_hidden);
                let row = Row { file: &file, source: &roster.source, headings: &roster.headings, line };
                if let Some(account) = row.check(&mut roster.diagnostics) {
                    roster.rows.push(account);
                    roster.numbers.push(number);
                }
            }
            if roster.lines == 0 {
                roster.error(None, "there are no accounts below the headings; add one per line".to_owned());
            }
            roster.warn_of_guessed_names();
        }
        roster
    }

    /// Names are shown, so one warning is enough for all of them. Passwords have their own.
    fn warn_of_guessed_names(&mut self) {
        if !matches!(self.source, Source::Csv { encoding: Encoding::Windows1252, .. }) {
            return;
        }
        let is_foreign = |text: &String| !text.is_ascii();
        let names = self.rows.iter().filter(|row| {
            row.name.as_ref().is_some_and(is_foreign)
                || row.jess.as_ref().is_some_and(|jess| is_foreign(&jess.username))
        });
        let count = names.count();
        if count > 0 {
            let accounts = counted(count, "account", "accounts");
            let message = format!(
                "letters in the names of {accounts} depend on the encoding, which is a guess; check them, or save the file as 'CSV UTF-8' or .xlsx"
            );
            let warning = self.diagnostic(None, message);
            self.diagnostics.warnings.push(warning);
        }
    }

    /// Checks the headings. Returns whether there is a column for all that an account needs.
    fn check_headings(&mut self, line: usize, given: GivenElsewhere) -> bool {
        let headings = &self.headings;
        self.holds_passwords = headings.has_passwords();
        if !headings.are_headings() {
            let start = (line, headings.start());
            self.error(Some(start), NO_HEADINGS.to_owned());
            return false;
        }
        let (missing, errors, warnings) = (headings.missing(given), headings.errors(), headings.warnings());
        let is_complete = missing.is_empty();
        // A missing column may be one whose heading is wrong.
        for (column, message) in if errors.is_empty() { missing } else { errors } {
            self.error(Some((line, column)), message);
        }
        for (column, message) in warnings.into_iter().filter(|_| is_complete) {
            let warning = self.diagnostic(Some((line, column)), message);
            self.diagnostics.warnings.push(warning);
        }
        is_complete
    }

    /// What was read, such as `40 accounts (2 rows hidden), UTF-8, separated by commas`.
    pub fn contents(&self) -> String {
        let accounts = counted(self.lines, "account", "accounts");
        let hidden = match self.hidden {
            0 => String::new(),
            hidden => format!(" ({} hidden)", counted(hidden, "row", "rows")),
        };
        format!("{accounts}{hidden}, {}", self.source)
    }

    /// The location of a cell. `column` is a standard heading, or empty for all of the line. If there is no such column,
    /// another source of the same password is taken, such as `ensims_password_file` for `ensims_password`.
    pub fn location(&self, row: usize, column: &str) -> Location {
        let is_same_password = |known: &Column| !column.is_empty() && known.heading().starts_with(column);
        let exact = self.headings.known().find(|known| known.heading() == column);
        let known = exact.or_else(|| self.headings.known().find(is_same_password));
        let position = known.and_then(|known| self.headings.position(known));
        let heading = position.map(|position| self.headings.shown(position));
        location(
            &self.source,
            self.numbers[row],
            position.unwrap_or(self.headings.start()),
            heading.as_deref(),
        )
    }

    fn diagnostic(&self, cell: Option<(usize, usize)>, message: String) -> Diagnostic {
        let location = cell.map(|(line, column)| location(&self.source, line, column, None));
        Diagnostic { location, ..Diagnostic::of_file(show_path(&self.path), message) }
    }

    fn error(&mut self, cell: Option<(usize, usize)>, message: String) {
        let error = self.diagnostic(cell, message);
        self.diagnostics.errors.push(error);
    }
}

#[cfg(test)]
mod tests {
    use super::super::csv;
    use super::*;

    #[test]
    fn location_falls_back_to_another_source_of_the_password() {
        let text = b"E-mail,ensims_password_file,jess_username,jess_password\na@b,c.txt,d,e\n".to_vec();
        let given = GivenElsewhere { passwords: false, jess: false };
        let entry = RosterEntry::default();
        let table = csv::read(text.into(), None, None).expect("a table");
        let roster = Roster::of_table(PathBuf::from("a.csv"), table, &entry, given);
        for (column, shown) in [
            ("email", ", line 2, column E-mail"),
            ("ensims_password", ", line 2, column ensims_password_file"),
            ("name", ", line 2"),
            ("", ", line 2"),
        ] {
            assert_eq!(roster.location(0, column).to_string(), shown);
        }
    }
}
