//! The headings of a roster: which column is which, and what is wrong with them.

use std::borrow::Borrow;

use super::column::{Column, known_column, names_service};
use super::key::ColumnsEntry;
use super::table::Line;
use crate::diagnostics::looks_like_email;

/// The headings are in one of so many lines.
const FIRST_LINES: usize = 20;

/// What a roster may leave out because the job gives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GivenElsewhere {
    /// The user types the passwords that are missing.
    pub passwords: bool,
    /// The job has one JESS credential for all accounts.
    pub jess: bool,
}

/// The index of the column where something is wrong, and the message about it.
type Finding = (usize, String);

pub(super) const NO_HEADINGS: &str = "there are no headings in the first 20 rows; add a row with name, email, ensims_password, jess_username and jess_password above the accounts. If the file has other headings, list them under 'roster.columns' in the job file";

/// The index of the first line that has a heading for e-mail addresses, else of the first one with two headings that the job
/// file names. Titles may be above it, but no account.
pub(super) fn heading_line<L: Borrow<Line>>(
    lines: impl IntoIterator<Item = L>,
    columns: Option<&ColumnsEntry>,
) -> Option<usize> {
    let mut named = None;
    for (index, line) in lines.into_iter().take(FIRST_LINES).enumerate() {
        let line: &Line = line.borrow();
        let texts = || line.cells.iter().map(|(_, cell)| cell.text().trim());
        // With a quote in the wrong place, accounts can be part of a heading.
        let holds_lines = |text: &str| text.contains('\n') && text.contains([',', ';', '\t']);
        if line.damage.is_some() || texts().any(|text| looks_like_email(text) || holds_lines(text)) {
            break;
        }
        if texts().any(|text| probable_column(text, columns) == Some(Column::Email)) {
            return Some(index);
        }
        let is_named = |text: &&str| columns.is_some_and(|columns| columns.column_of(text).is_some());
        if texts().filter(is_named).count() >= 2 {
            named.get_or_insert(index);
        }
    }
    named
}

/// What a heading means: by the job file, as a standard heading, or as a known name.
fn probable_column(heading: &str, columns: Option<&ColumnsEntry>) -> Option<Column> {
    let Some(columns) = columns else { return known_column(heading) };
    let known = known_column(heading).filter(|column| columns.heading_of(*column).is_none());
    columns.column_of(heading).or(known)
}

/// The headings of a file.
#[derive(Debug, Default)]
pub(super) struct HeadingRow {
    pub(super) columns: Vec<Heading>,
    /// `columns` of the job file. Without it every heading must be a standard one; with it, the others are ignored.
    own: Option<ColumnsEntry>,
    /// Whether messages may show the headings: a file without headings has an account in the first line, and each cell of
    /// that may be a password.
    may_be_shown: bool,
}

/// One cell of the headings.
#[derive(Debug, Default)]
pub(super) struct Heading {
    pub(super) text: String,
    /// What the column is read as. Without `columns` in the job file, a known name is enough, so that the errors below it
    /// are found too.
    column: Option<Column>,
    /// For a heading that is neither a standard one nor in the job file: what it probably means.
    similar: Option<Column>,
    /// Whether an earlier column is read as the same.
    is_repeated: bool,
}

impl Heading {
    fn is_known(&self) -> bool {
        self.column.is_some() && self.similar.is_none()
    }

    /// The column that is used, if so. Others are ignored because of `columns` in the job file or their heading.
    fn used_column(&self) -> Option<Column> {
        self.column.filter(|_| !self.is_repeated)
    }

    /// How `columns` in the job file gives this heading.
    fn entry(&self, column: Column) -> String {
        format!("{column}: '{}'", self.text.replace('\'', "''"))
    }

    /// That the column is ignored, but may be needed.
    fn ignored(&self, column: Column) -> String {
        let (text, meaning, entry) = (&self.text, column.meaning(), self.entry(column));
        format!(
            "the column '{text}' is ignored; if it is {meaning}, add {entry} under 'columns:' in the job file"
        )
    }
}

impl HeadingRow {
    /// Reads a line. `may_be_shown` is whether it was found to contain headings.
    pub(super) fn read(line: &Line, own: Option<&ColumnsEntry>, may_be_shown: bool) -> Self {
        let none = ColumnsEntry::default();
        let names = own.unwrap_or(&none);
        let width = line.width.unwrap_or_else(|| line.cells.last().map_or(0, |(column, _)| column + 1));
        let mut columns: Vec<Heading> = (0..width).map(|_| Heading::default()).collect();
        for (column, cell) in &line.cells {
            cell.text().trim().clone_into(&mut columns[*column].text);
        }
        let known: Vec<Option<Column>> = columns.iter().map(|one| names.column_of(&one.text)).collect();
        let mut read: Vec<Column> = Vec::new();
        for (heading, known_here) in columns.iter_mut().zip(&known) {
            if known_here.is_none() {
                // A column that is there cannot be meant.
                heading.similar =
                    probable_column(&heading.text, own).filter(|column| !known.contains(&Some(*column)));
            }
            heading.column = known_here.or(heading.similar.filter(|_| own.is_none()));
            heading.is_repeated = heading.column.is_some_and(|column| read.contains(&column));
            read.extend(heading.column);
        }
        Self { columns, own: own.cloned(), may_be_shown }
    }

    /// Whether the line contains headings at all. One that may not be shown must have no unknown heading.
    pub(super) fn are_headings(&self) -> bool {
        let is_account = self.columns.iter().any(|one| one.text.split_whitespace().any(looks_like_email));
        let has_known = self.columns.iter().any(Heading::is_known);
        let has_own = self.own.as_ref().is_some_and(|own| own.all().next().is_some());
        let has_unknown = self.columns.iter().any(|one| !one.is_known() && !one.text.is_empty());
        let unknown_allowed = self.own.is_some() || !has_unknown;
        self.may_be_shown || (!is_account && (has_known || has_own) && unknown_allowed)
    }

    /// Whether there are probably passwords below the headings.
    pub(super) fn has_passwords(&self) -> bool {
        self.columns.iter().any(|one| one.column.or(one.similar).is_some_and(Column::is_password))
    }

    /// The columns that are used, from left to right.
    pub(super) fn known(&self) -> impl Iterator<Item = Column> {
        self.columns.iter().filter_map(Heading::used_column)
    }

    /// The column that is read from here, if so.
    pub(super) fn used_column(&self, index: usize) -> Option<Column> {
        self.columns.get(index)?.used_column()
    }

    /// Whether the column has no heading, so that its cells must be empty.
    pub(super) fn is_unnamed(&self, index: usize) -> bool {
        self.columns.get(index).is_none_or(|one| one.column.is_none() && one.text.is_empty())
    }

    /// What messages call a column: its heading, or its number.
    pub(super) fn shown(&self, index: usize) -> String {
        let heading = self
            .columns
            .get(index)
            .filter(|one| !one.text.is_empty() && (self.may_be_shown || one.used_column().is_some()));
        heading.map_or_else(|| (index + 1).to_string(), |one| one.text.clone())
    }

    pub(super) fn position(&self, column: Column) -> Option<usize> {
        self.columns.iter().position(|one| one.used_column() == Some(column))
    }

    /// The index of the first column with a heading.
    pub(super) fn start(&self) -> usize {
        self.columns.iter().position(|one| !one.text.is_empty()).unwrap_or(0)
    }

    /// What is wrong with each heading.
    pub(super) fn errors(&self) -> Vec<Finding> {
        let mut errors = Vec::new();
        for (index, heading) in self.columns.iter().enumerate() {
            let text = &heading.text;
            let message = match heading.similar {
                _ if heading.is_known() && heading.is_repeated => {
                    format!("the heading '{text}' appears twice; rename one of them, or remove its column")
                }
                _ if heading.is_known() || text.is_empty() || self.own.is_some() => continue,
                Some(column) => format!(
                    "unknown heading '{text}', did you mean '{column}'? Rename it, or add {} under 'roster.columns' in the job file",
                    heading.entry(column)
                ),
                None => format!(
                    "unknown heading '{text}'; rename it, remove the column, or list the columns to use under 'roster.columns' in the job file"
                ),
            };
            errors.push((index, message));
        }
        errors
    }

    /// Which ignored columns are probably needed.
    pub(super) fn warnings(&self) -> Vec<Finding> {
        self.similar_ignored().map(|(index, heading, column)| (index, heading.ignored(column))).collect()
    }

    /// The ignored columns whose headings are known names of a missing one.
    fn similar_ignored(&self) -> impl Iterator<Item = (usize, &Heading, Column)> {
        let may_be_shown = self.own.is_some() && self.may_be_shown;
        let headings = self.columns.iter().enumerate().filter(move |_| may_be_shown);
        headings.filter_map(|(index, heading)| Some((index, heading, heading.similar?)))
    }

    pub(super) fn has_one_of(&self, columns: &[Column]) -> bool {
        self.columns.iter().any(|one| one.column.is_some_and(|column| columns.contains(&column)))
    }

    /// What each line would lack because there is no column for it.
    pub(super) fn missing(&self, given: GivenElsewhere) -> Vec<Finding> {
        let mut missing = Vec::new();
        for (column, heading) in self.own.iter().flat_map(ColumnsEntry::all) {
            if !self.has_one_of(&[column]) {
                let message = format!(
                    "no column has the heading '{heading}', which the job file gives for '{column}' under 'columns:'; correct one of the two"
                );
                missing.push((self.start(), message));
            }
        }
        if !missing.is_empty() {
            return missing;
        }
        if !self.has_one_of(&[Column::Email]) {
            missing.push(self.missing_column(Column::Email));
        }
        if !given.passwords && !self.has_one_of(&Column::ENSIMS_PASSWORDS) {
            missing.push(self.missing_passwords("ENSIMS", Column::ENSIMS_PASSWORDS));
        }
        match (self.has_one_of(&[Column::JessUsername]), self.has_one_of(&Column::JESS_PASSWORDS)) {
            (false, true) => missing.push(self.missing_column(Column::JessUsername)),
            (true, false) if !given.passwords => {
                missing.push(self.missing_passwords("JESS", Column::JESS_PASSWORDS));
            }
            (false, false) if !given.jess => missing.push(self.missing_one_of(
                &[Column::JessUsername],
                "there are no columns for JESS accounts",
                "add 'jess_username' and 'jess_password', or give all accounts one JESS account with 'jess:' in the job file",
            )),
            _ => {}
        }
        missing
    }

    fn missing_column(&self, column: Column) -> Finding {
        self.missing_one_of(&[column], &format!("the column '{column}' is missing"), "add it")
    }

    fn missing_passwords(&self, account: &str, columns: [Column; 3]) -> Finding {
        let [here, variable, file] = columns;
        let remedy = format!("add '{here}', '{variable}' or '{file}', or type the passwords with --ask");
        self.missing_one_of(&columns, &format!("there is no column for {account} passwords"), &remedy)
    }

    /// One of these columns is missing. If the heading of an ignored column is a known name of it, that is probably it.
    fn missing_one_of(&self, columns: &[Column], problem: &str, remedy: &str) -> Finding {
        let candidates = self.similar_ignored().filter(|(.., column)| columns.contains(column));
        match candidates.min_by_key(|(_, heading, _)| !names_service(&heading.text)) {
            Some((index, heading, column)) => (index, format!("{problem}: {}", heading.ignored(column))),
            None if self.own.is_some() => (
                self.start(),
                format!(
                    "{problem}; {remedy}. If you need an ignored column, add it under 'columns:' in the job file"
                ),
            ),
            None => (self.start(), format!("{problem}; {remedy}")),
        }
    }
}
