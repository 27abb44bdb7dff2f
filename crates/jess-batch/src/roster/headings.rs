//! The first line of a roster: which column is which, and what is wrong with the headings.

use super::cells::Cell;
use super::column::{Column, likeness, similar_column};
use super::key::ColumnsEntry;
use crate::diagnostics::{Location, looks_like_email};

/// What a roster may leave out because the job gives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GivenElsewhere {
    /// The user types the passwords that are missing.
    pub passwords: bool,
    /// The job has one JESS credential for all accounts.
    pub jess: bool,
}

/// Where something is wrong, and the message about it.
pub(super) type Finding = (Location, String);

pub(super) const NO_HEADINGS: &str = "the first line must contain the headings name, email, ensims_password, jess_username and jess_password. If the file has other headings, list them under 'roster.columns' in the job file";

/// The headings of a file.
#[derive(Debug, Default)]
pub(super) struct HeadingRow {
    pub(super) columns: Vec<Heading>,
    /// `columns` of the job file. Without it every heading must be a standard one; with it, the others are ignored.
    own: Option<ColumnsEntry>,
}

/// One cell of the first line.
#[derive(Debug)]
pub(super) struct Heading {
    location: Location,
    pub(super) text: String,
    /// What the column is read as. Without `columns` in the job file, a similar heading is enough, so that the errors
    /// below it are found too.
    column: Option<Column>,
    /// For an unknown heading: what it probably means.
    similar: Option<Column>,
    /// Whether an earlier column is read as the same.
    is_repeated: bool,
}

impl Heading {
    fn is_known(&self) -> bool {
        self.column.is_some() && self.similar.is_none()
    }

    fn probable_column(&self) -> Option<Column> {
        self.column.or(self.similar)
    }

    /// The column that is used, if so. Others are ignored because of `columns` in the job file or their heading.
    pub(super) fn used_column(&self) -> Option<Column> {
        self.column.filter(|_| !self.is_repeated)
    }

    /// Whether the column has no heading, so that its cells must be empty.
    pub(super) fn is_unnamed(&self) -> bool {
        self.column.is_none() && self.text.is_empty()
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
    pub(super) fn read(cells: &[Cell<'_>], own: Option<&ColumnsEntry>) -> Self {
        let none = ColumnsEntry::default();
        let names = own.unwrap_or(&none);
        let texts: Vec<String> = cells.iter().map(|cell| cell.text().trim().to_owned()).collect();
        let known: Vec<Option<Column>> = texts.iter().map(|text| names.column_of(text)).collect();
        let mut columns: Vec<Heading> = Vec::new();
        for ((cell, text), known_column) in cells.iter().zip(texts).zip(&known) {
            let mut similar = None;
            if known_column.is_none() {
                // A column that is there, or has another heading in the job file, cannot be meant.
                similar = similar_column(&text)
                    .filter(|column| names.heading_of(*column).is_none() && !known.contains(&Some(*column)));
            }
            let column = if own.is_none() { known_column.or(similar) } else { *known_column };
            let is_repeated = column.is_some() && columns.iter().any(|other| other.column == column);
            columns.push(Heading { location: cell.location, text, column, similar, is_repeated });
        }
        Self { columns, own: own.cloned() }
    }

    /// Whether the line contains headings at all. One that may not be shown must have no unknown heading.
    pub(super) fn are_headings(&self) -> bool {
        let has_known = self.columns.iter().any(Heading::is_known);
        let has_own = self.own.as_ref().is_some_and(|own| own.all().next().is_some());
        let has_unknown = self.columns.iter().any(|one| !one.is_known() && !one.text.is_empty());
        let unknown_allowed = self.own.is_some() || !has_unknown;
        self.may_be_shown() || (!self.is_account() && (has_known || has_own) && unknown_allowed)
    }

    /// Whether messages may show the headings: a file without headings has an account in the first line, and each cell
    /// of that may be a password.
    pub(super) fn may_be_shown(&self) -> bool {
        let has_email = self.columns.iter().any(|one| one.probable_column() == Some(Column::Email));
        // With a quote in the wrong place, accounts can be part of a heading.
        let holds_lines = |one: &Heading| one.text.contains('\n') && one.text.contains([',', ';', '\t']);
        !self.is_account() && has_email && !self.columns.iter().any(holds_lines)
    }

    fn is_account(&self) -> bool {
        self.columns.iter().any(|one| one.text.split_whitespace().any(looks_like_email))
    }

    /// Whether there are probably passwords below the headings.
    pub(super) fn has_passwords(&self) -> bool {
        self.columns.iter().any(|one| one.probable_column().is_some_and(Column::is_password))
    }

    /// The columns that are used, from left to right.
    pub(super) fn known(&self) -> impl Iterator<Item = Column> {
        self.columns.iter().filter_map(Heading::used_column)
    }

    pub(super) fn position(&self, column: Column) -> Option<usize> {
        self.columns.iter().position(|one| one.used_column() == Some(column))
    }

    /// The heading of a column as it is written in the file, or the standard one if the file does not have it.
    pub(super) fn heading_of(&self, column: Column) -> &str {
        self.position(column).map_or(column.heading(), |position| &self.columns[position].text)
    }

    pub(super) fn start(&self) -> Location {
        self.columns.first().map_or(Location { line: 1, column: 1 }, |first| first.location)
    }

    /// What is wrong with each heading.
    pub(super) fn errors(&self) -> Vec<Finding> {
        let mut errors = Vec::new();
        for heading in &self.columns {
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
            errors.push((heading.location, message));
        }
        errors
    }

    /// Which ignored columns are probably needed.
    pub(super) fn warnings(&self) -> Vec<Finding> {
        let similar = self.similar_ignored();
        similar.map(|(heading, column)| (heading.location, heading.ignored(column))).collect()
    }

    /// The ignored columns whose headings are similar to a missing one.
    fn similar_ignored(&self) -> impl Iterator<Item = (&Heading, Column)> {
        let may_be_shown = self.own.is_some() && self.may_be_shown();
        let headings = self.columns.iter().filter(move |_| may_be_shown);
        headings.filter_map(|heading| Some((heading, heading.similar?)))
    }

    fn has(&self, column: Column) -> bool {
        self.columns.iter().any(|one| one.column == Some(column))
    }

    fn has_one_of(&self, columns: [Column; 3]) -> bool {
        columns.into_iter().any(|column| self.has(column))
    }

    /// What each line would lack because there is no column for it.
    pub(super) fn missing(&self, given: GivenElsewhere) -> Vec<Finding> {
        let mut missing = self.own_headings_not_found();
        if !missing.is_empty() {
            return missing;
        }
        if !self.has(Column::Email) {
            missing.push(self.missing_column(Column::Email));
        }
        if !given.passwords && !self.has_one_of(Column::ENSIMS_PASSWORDS) {
            missing.push(self.missing_passwords("ENSIMS", Column::ENSIMS_PASSWORDS));
        }
        match (self.has(Column::JessUsername), self.has_one_of(Column::JESS_PASSWORDS)) {
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

    /// Headings that the job file gives, but the file does not have.
    fn own_headings_not_found(&self) -> Vec<Finding> {
        let mut not_found = Vec::new();
        for (column, heading) in self.own.iter().flat_map(ColumnsEntry::all) {
            if !self.has(column) {
                let message = format!(
                    "no column has the heading '{heading}', which the job file gives for '{column}' under 'columns:'; correct one of the two"
                );
                not_found.push((self.start(), message));
            }
        }
        not_found
    }

    fn missing_column(&self, column: Column) -> Finding {
        self.missing_one_of(&[column], &format!("the column '{column}' is missing"), "add it")
    }

    fn missing_passwords(&self, account: &str, columns: [Column; 3]) -> Finding {
        let [here, variable, file] = columns;
        let remedy = format!("add '{here}', '{variable}' or '{file}', or type the passwords with --ask");
        self.missing_one_of(&columns, &format!("there is no column for {account} passwords"), &remedy)
    }

    /// One of these columns is missing. If the heading of an ignored column is similar, that is probably it.
    fn missing_one_of(&self, columns: &[Column], problem: &str, remedy: &str) -> Finding {
        let candidates = self.similar_ignored().filter(|(_, column)| columns.contains(column));
        match candidates.min_by_key(|(heading, column)| likeness(&heading.text, *column)) {
            Some((heading, column)) => (heading.location, format!("{problem}: {}", heading.ignored(column))),
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
