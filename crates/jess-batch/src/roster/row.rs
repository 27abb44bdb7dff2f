//! One line of a roster: its checks, and the account in it.

use std::cmp::Ordering;

use secrecy::SecretString;

use super::cells::Cell;
use super::column::Column;
use super::headings::{Heading, HeadingRow};
use super::lints::{is_hidden, lints};
use crate::diagnostics::{Diagnostic, Diagnostics, looks_like_email};
use crate::secret::SecretKeys;

/// An account as it is written, in a roster or a job file.
#[derive(Debug)]
pub struct WrittenAccount {
    /// The name of the account, if the cell is filled in.
    pub name: Option<String>,
    /// The e-mail address of the ENSIMS account.
    pub email: String,
    /// Where the ENSIMS password comes from.
    pub ensims: SecretKeys,
    /// The JESS account, if the line gives one.
    pub jess: Option<WrittenJess>,
}

/// A JESS account as it is written, in a roster or a job file.
#[derive(Debug)]
pub struct WrittenJess {
    /// The JESS user name.
    pub username: String,
    /// Where the JESS password comes from.
    pub keys: SecretKeys,
}

/// One line of a file.
pub(super) struct Row<'a> {
    pub(super) file: &'a str,
    pub(super) headings: &'a HeadingRow,
    pub(super) cells: &'a [Cell<'a>],
    /// Where the checks report what is wrong.
    pub(super) diagnostics: &'a mut Diagnostics,
}

/// What begins a line of totals.
const TOTALS: &str =
    "total, totals, grand total, sum, count, summe, gesamt, anzahl, somme, suma, totale, totaal, aantal";

impl<'a> Row<'a> {
    /// Checks the line. Returns its account, unless the line cannot be used.
    pub(super) fn check(mut self) -> Option<WrittenAccount> {
        if let Some(message) = self.not_an_account().map(str::to_owned).or_else(|| self.wrong_length()) {
            // Every line has a cell.
            self.error(&self.cells[0], None, message);
            return None;
        }
        let mut is_usable = self.check_missing();
        for (heading, cell) in self.headings.columns.iter().zip(self.cells) {
            is_usable &= self.check_cell(heading, cell);
        }
        is_usable.then(|| self.account())
    }

    /// Why the line is not an account at all, if so.
    fn not_an_account(&self) -> Option<&'static str> {
        let mut filled = self.cells.iter().filter(|cell| !cell.is_blank());
        let first = filled.next()?.text();
        let first = trimmed(&first).trim_end_matches(':').to_lowercase();
        let is_total = TOTALS.split(", ").any(|word| word == first);
        let is_single = self.headings.columns.len() > 1 && filled.next().is_none();
        let has_email = || self.cells.iter().any(|cell| looks_like_email(trimmed(&cell.text())));
        if self.repeats_headings() {
            Some("this line repeats the headings; remove it")
        } else if is_total && !has_email() {
            Some("this looks like a line of totals; remove it")
        } else if is_single && !has_email() {
            Some(
                "only one cell of this line is filled in, and it is not an e-mail address; fill in the others, or remove the line",
            )
        } else {
            None
        }
    }

    fn repeats_headings(&self) -> bool {
        let columns = &self.headings.columns;
        let mut pairs = self.cells.iter().zip(columns);
        self.cells.len() == columns.len() && pairs.all(|(cell, heading)| cell.text().trim() == heading.text)
    }

    /// That the line has more or fewer cells than there are headings.
    fn wrong_length(&self) -> Option<String> {
        let (cells, headings) = (self.cells.len(), self.headings.columns.len());
        let remedy = match cells.cmp(&headings) {
            Ordering::Equal => return None,
            Ordering::Less => "an empty cell needs its delimiter too",
            Ordering::Greater => "a value that contains the delimiter must be in double quotes",
        };
        let noun = if cells == 1 { "cell" } else { "cells" };
        Some(format!("this line has {cells} {noun}, but the first line has {headings}; {remedy}"))
    }

    /// Checks that the required cells are filled in. Passwords are looked for when all accounts are known.
    fn check_missing(&mut self) -> bool {
        let lacks_email = self.cell(Column::Email).is_none();
        let has_jess_password = Column::JESS_PASSWORDS.into_iter().any(|column| self.cell(column).is_some());
        let lacks_username = has_jess_password && self.cell(Column::JessUsername).is_none();
        for (is_missing, column, message) in [
            (lacks_email, Column::Email, "the e-mail address is missing; every account needs one"),
            (
                lacks_username,
                Column::JessUsername,
                "the JESS user name is missing; add it, or remove the JESS password",
            ),
        ] {
            if is_missing {
                let position = self.headings.position(column).unwrap_or(0);
                self.error(&self.cells[position], Some(column), message);
            }
        }
        !lacks_email && !lacks_username
    }

    /// Checks one cell. Returns whether it can be used at all.
    fn check_cell(&mut self, heading: &Heading, cell: &Cell<'_>) -> bool {
        if heading.is_unnamed() && !cell.is_blank() {
            let message = "this cell is in a column without a heading; move the value to the right column, or remove it";
            self.error(cell, None, message);
            return false;
        }
        let Some(column) = heading.used_column().filter(|_| !cell.is_empty()) else { return true };
        let text = cell.text();
        if let Some(message) = unusable(column, &text) {
            self.error(cell, Some(column), message);
            return false;
        }
        if !column.is_password() && trimmed(&text).len() < text.len() {
            self.error(cell, Some(column), "this value has spaces around it; remove them");
            return true;
        }
        for lint in lints(column, &text) {
            let warning = self.diagnostic(cell, Some(column), lint);
            self.diagnostics.warnings.push(warning);
        }
        true
    }

    fn error(&mut self, cell: &Cell<'_>, column: Option<Column>, message: impl Into<String>) {
        let error = self.diagnostic(cell, column, message);
        self.diagnostics.errors.push(error);
    }

    fn diagnostic(&self, cell: &Cell<'_>, column: Option<Column>, message: impl Into<String>) -> Diagnostic {
        Diagnostic {
            file: self.file.to_owned(),
            location: Some(cell.location),
            subject: column.map_or_else(String::new, |column| self.subject(column)),
            message: message.into(),
        }
    }

    /// What a message is about: the account, if it can be named, and the heading as it is written in the file.
    fn subject(&self, column: Column) -> String {
        let heading = self.headings.heading_of(column);
        match self.text(Column::Name).or_else(|| self.text(Column::Email)) {
            Some(label) if self.is_in_place() => format!("{label}, {heading}"),
            _ => heading.to_owned(),
        }
    }

    /// Whether the cells seem to be in their columns: in a line that is shifted, the name may be a password.
    fn is_in_place(&self) -> bool {
        let mut pairs = self.headings.columns.iter().zip(self.cells);
        self.text(Column::Email).is_some_and(|email| looks_like_email(&email))
            && !pairs.any(|(heading, cell)| heading.is_unnamed() && !cell.is_blank())
    }

    /// The cell of a column, unless it is empty.
    fn cell(&self, column: Column) -> Option<&'a Cell<'a>> {
        self.cells.get(self.headings.position(column)?).filter(|cell| !cell.is_empty())
    }

    /// The value of a cell without the spaces around it.
    fn text(&self, column: Column) -> Option<String> {
        self.cell(column).map(|cell| trimmed(&cell.text()).to_owned())
    }

    fn account(&self) -> WrittenAccount {
        WrittenAccount {
            name: self.text(Column::Name),
            email: self.text(Column::Email).unwrap_or_default(),
            ensims: self.keys(Column::ENSIMS_PASSWORDS),
            jess: self
                .text(Column::JessUsername)
                .map(|username| WrittenJess { username, keys: self.keys(Column::JESS_PASSWORDS) }),
        }
    }

    fn keys(&self, [here, variable, file]: [Column; 3]) -> SecretKeys {
        SecretKeys {
            password: self.cell(here).map(|cell| SecretString::from(&**cell.text())),
            password_env: self.text(variable),
            password_file: self.text(file),
            ..SecretKeys::default()
        }
    }
}

/// Why the value of a cell cannot be used, if so.
fn unusable(column: Column, text: &str) -> Option<&'static str> {
    let inner = trimmed(text);
    if inner.is_empty() {
        Some("this cell contains only spaces or invisible characters; remove them")
    } else if text.contains(['\r', '\n']) {
        Some("this value contains a line break; remove it, or look for a missing quote")
    } else if column != Column::Email {
        None
    } else if text.trim().contains(is_hidden) {
        Some("this e-mail address contains an invisible character; type it again")
    } else if inner.get(..7).is_some_and(|start| start.eq_ignore_ascii_case("mailto:")) {
        Some("this e-mail address starts with 'mailto:'; remove that")
    } else if looks_like_email(inner) {
        None
    } else if looks_like_email(&inner.replace(' ', "")) {
        Some("this e-mail address contains a space; remove it")
    } else {
        Some("this is not an e-mail address")
    }
}

/// Without the spaces and invisible characters around it.
fn trimmed(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || is_hidden(c))
}
