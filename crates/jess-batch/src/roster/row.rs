//! One line of a roster: its checks, and the account in it.

use std::cmp::Ordering;
use std::mem;

use secrecy::SecretString;

use super::column::Column;
use super::headings::HeadingRow;
use super::lints::{is_hidden, lints};
use super::table::{Cell, Encoding, Line, Source, Unusable, location};
use crate::diagnostics::{Diagnostic, Diagnostics, looks_like_email};
use crate::secret::SecretKeys;

/// An account as it is written, in a roster or a job file.
#[derive(Debug)]
pub struct WrittenAccount {
    /// The name of the account, if the cell is filled in.
    pub name: Option<String>,
    /// The e-mail address of the ENSIMS account.
    pub email: String,
    /// Another e-mail address under which the service knows the account. Only a job file can give it.
    pub known_as: Option<String>,
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

/// One line below the headings.
pub(super) struct Row<'a> {
    pub(super) file: &'a str,
    pub(super) source: &'a Source,
    pub(super) headings: &'a HeadingRow,
    pub(super) line: Line,
}

/// What begins a line of totals.
const TOTALS: &str =
    "total, totals, grand total, sum, count, summe, gesamt, anzahl, somme, suma, totale, totaal, aantal";

impl Row<'_> {
    /// Checks the line and reports what is wrong. Returns its account, unless the line cannot be used.
    pub(super) fn check(self, found: &mut Diagnostics) -> Option<WrittenAccount> {
        if let Some((column, message)) = self.line.damage {
            found.errors.push(self.diagnostic(column, message));
            return None;
        }
        if let Some(message) = self.not_an_account().map(str::to_owned).or_else(|| self.wrong_length()) {
            let first = self.line.cells.first().map_or(0, |(column, _)| *column);
            let location = location(self.source, self.line.number, first, None);
            found
                .errors
                .push(Diagnostic { location: Some(location), ..Diagnostic::of_file(self.file, message) });
            return None;
        }
        let mut is_usable = self.check_missing(found);
        for (column, cell) in &self.line.cells {
            is_usable &= self.check_cell(*column, cell, found);
        }
        is_usable.then(|| self.into_account())
    }

    /// Why the line is not an account at all, if so.
    fn not_an_account(&self) -> Option<&'static str> {
        let mut filled = self.line.cells.iter().filter(|(_, cell)| !cell.is_blank());
        let (_, first) = filled.next()?;
        let first = trimmed(first.text()).trim_end_matches(':').to_lowercase();
        let is_total = TOTALS.split(", ").any(|word| word == first);
        let is_single = self.headings.columns.len() > 1 && filled.next().is_none();
        let has_email = || self.line.cells.iter().any(|(_, cell)| looks_like_email(trimmed(cell.text())));
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
        let is_same = |(column, cell): &(usize, Cell)| {
            self.headings.columns.get(*column).is_some_and(|heading| heading.text == cell.text().trim())
        };
        let headings = self.headings.columns.iter().filter(|heading| !heading.text.is_empty());
        self.line.cells.iter().all(is_same) && self.line.cells.len() == headings.count()
    }

    /// That a line of text has more or fewer cells than there are headings.
    fn wrong_length(&self) -> Option<String> {
        let (cells, headings) = (self.line.width?, self.headings.columns.len());
        let remedy = match cells.cmp(&headings) {
            Ordering::Equal => return None,
            Ordering::Less => "an empty cell needs its delimiter too",
            Ordering::Greater => "a value that contains the delimiter must be in double quotes",
        };
        let noun = if cells == 1 { "cell" } else { "cells" };
        Some(format!("this line has {cells} {noun}, but there are {headings} headings; {remedy}"))
    }

    /// Checks that the required cells are filled in. Passwords are looked for when all accounts are known.
    fn check_missing(&self, found: &mut Diagnostics) -> bool {
        let has_jess_password = Column::JESS_PASSWORDS.into_iter().any(|column| self.cell(column).is_some());
        let mut missing = Vec::new();
        if self.cell(Column::Email).is_none() {
            missing.push((Column::Email, "the e-mail address is missing; every account needs one"));
        }
        if has_jess_password && self.cell(Column::JessUsername).is_none() {
            let message = "the JESS user name is missing; add it, or remove the JESS password";
            missing.push((Column::JessUsername, message));
        }
        for (column, message) in &missing {
            found.errors.push(self.diagnostic(self.headings.position(*column).unwrap_or(0), message));
        }
        missing.is_empty()
    }

    /// Checks one cell. Returns whether it can be used at all.
    fn check_cell(&self, column: usize, cell: &Cell, found: &mut Diagnostics) -> bool {
        if self.headings.is_unnamed(column) && !cell.is_blank() {
            let message = "this cell is in a column without a heading; move the value to the right column, or remove it";
            found.errors.push(self.diagnostic(column, message));
            return false;
        }
        let Some(kind) = self.headings.used_column(column) else { return true };
        if let Some(message) = unusable(kind, cell) {
            found.errors.push(self.diagnostic(column, message));
            return false;
        }
        let text = cell.text();
        if !kind.is_password() && trimmed(text).len() < text.len() {
            let message = if trimmed(text).len() < text.trim().len() {
                "this value begins or ends with an invisible character; type it again"
            } else {
                "this value has spaces around it; remove them"
            };
            found.errors.push(self.diagnostic(column, message));
            return true;
        }
        let is_csv = matches!(self.source, Source::Csv { .. });
        let mut warnings = lints(kind, text, is_csv);
        let is_guessed = matches!(self.source, Source::Csv { encoding: Encoding::Windows1252, .. });
        if is_guessed && kind.is_password() && !text.is_ascii() {
            warnings.push("this password contains letters that depend on the encoding, which is a guess; save the file as 'CSV UTF-8' or .xlsx");
        }
        found.warnings.extend(warnings.into_iter().map(|warning| self.diagnostic(column, warning)));
        true
    }

    fn diagnostic(&self, column: usize, message: &str) -> Diagnostic {
        let heading = self.headings.shown(column);
        Diagnostic {
            location: Some(location(self.source, self.line.number, column, Some(&heading))),
            subject: self.label().unwrap_or_default().to_owned(),
            ..Diagnostic::of_file(self.file, message)
        }
    }

    /// The name or the e-mail address of the account, if the cells seem to be in their columns: in a line that is shifted,
    /// the name may be a password.
    fn label(&self) -> Option<&str> {
        let text =
            |column| self.cell(column).map(|cell| trimmed(cell.text())).filter(|text| !text.is_empty());
        let is_stray = |(column, cell): &(usize, Cell)| self.headings.is_unnamed(*column) && !cell.is_blank();
        let is_shifted = self.line.width.is_some_and(|width| width != self.headings.columns.len())
            || self.line.cells.iter().any(is_stray);
        let email = text(Column::Email);
        if is_shifted || email.is_some_and(|email| !email.contains(['@', '.'])) {
            return None;
        }
        text(Column::Name).or_else(|| email.filter(|email| looks_like_email(email)))
    }

    fn cell(&self, column: Column) -> Option<&Cell> {
        self.line.cell(self.headings.position(column)?)
    }

    fn into_account(mut self) -> WrittenAccount {
        WrittenAccount {
            name: self.take_text(Column::Name),
            email: self.take_text(Column::Email).unwrap_or_default(),
            known_as: None,
            ensims: self.take_keys(Column::ENSIMS_PASSWORDS),
            jess: self
                .take_text(Column::JessUsername)
                .map(|username| WrittenJess { username, keys: self.take_keys(Column::JESS_PASSWORDS) }),
        }
    }

    fn take_keys(&mut self, [here, variable, file]: [Column; 3]) -> SecretKeys {
        SecretKeys {
            password: self.take(here).map(SecretString::from),
            password_env: self.take_text(variable),
            password_file: self.take_text(file),
            ..SecretKeys::default()
        }
    }

    /// The value of a cell without the spaces around it.
    fn take_text(&mut self, column: Column) -> Option<String> {
        let text = self.take(column)?;
        Some(if trimmed(&text).len() < text.len() { trimmed(&text).to_owned() } else { text })
    }

    /// The value of a cell, moved out of it, so that no copy is left.
    fn take(&mut self, column: Column) -> Option<String> {
        match self.line.cell_mut(self.headings.position(column)?)? {
            Cell::Text(text) | Cell::Digits(text) => Some(mem::take(&mut **text)),
            Cell::Unusable(_) => None,
        }
    }
}

/// Why the value of a cell cannot be used, if so.
fn unusable(column: Column, cell: &Cell) -> Option<&'static str> {
    let text = match cell {
        Cell::Unusable(kind) => return Some(kind.message()),
        Cell::Digits(_) if column.is_password() => return Some(Unusable::Number.message()),
        Cell::Text(text) | Cell::Digits(text) => &**text,
    };
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
