//! What a roster contains, for a user who starts with it.

use std::path::PathBuf;

use strum::VariantArray;

use super::column::{Column, known_column, names_service};
use super::file::{RosterError, read_table};
use super::headings::{GivenElsewhere, HeadingRow, heading_line};
use super::key::{ColumnsEntry, RosterEntry};
use super::roster::Roster;
use super::table::Line;
use crate::platform::is_readable_by_others;

const NO_EMAIL_COLUMN: &str =
    "no e-mail column is found in the first 20 rows; call the heading above the e-mail addresses 'email'";

/// What a roster contains, whatever is wrong in its lines.
#[derive(Debug)]
pub struct RosterSummary {
    /// The roster, as far as it can be read with the headings that are recognized.
    pub roster: Roster,
    /// The sheet that the job file must name because others have an e-mail column too.
    pub sheet: Option<String>,
    /// The headings, if they are not the standard ones, so that the job file must list them.
    pub headings: Option<RecognizedHeadings>,
    /// Whether the file contains passwords and other users of the machine can read it.
    pub exposes_passwords: bool,
    /// The e-mail address of the first account. Its name is not given, because it may be a password in the wrong column.
    pub first_email: Option<String>,
}

/// The headings of a file that are not the standard ones.
#[derive(Debug)]
pub struct RecognizedHeadings {
    /// The headings that are recognized, each with the column that it means.
    pub known: Vec<(Column, String)>,
    /// The headings that are not recognized.
    pub others: Vec<String>,
}

impl RosterSummary {
    /// Reads the file at a path. Passwords and JESS accounts may be missing: the job can give them.
    ///
    /// # Errors
    /// When the file cannot be read, no column is recognized as that of the e-mail addresses, or two columns of passwords
    /// have the same heading.
    pub fn read(path: PathBuf) -> Result<Self, String> {
        let (table, others) = read_table(&path, &RosterEntry::default()).map_err(|error| match error {
            RosterError::Unreadable(error) => format!("the roster cannot be read: {error}"),
            RosterError::Key(_, problem) | RosterError::File(problem) => problem,
        })?;
        let sheet = (!others.is_empty()).then(|| table.sheet_name().to_owned());
        let line = &table.lines[heading_line(&table.lines, None).ok_or(NO_EMAIL_COLUMN)?];
        if let Some(heading) = repeated_password_heading(line) {
            return Err(format!(
                "the heading '{heading}' appears twice; rename one of them, such as 'JESS {heading}' for the JESS passwords"
            ));
        }
        let is_standard = HeadingRow::read(line, None, true).errors().is_empty();
        let headings = (!is_standard).then(|| RecognizedHeadings::of(line));
        let columns = headings.as_ref().map(|headings| ColumnsEntry::new(headings.known.iter().cloned()));
        let entry = RosterEntry { columns, ..RosterEntry::default() };
        let roster = Roster::of_table(path, table, &entry, GivenElsewhere { passwords: true, jess: true });
        Ok(Self {
            sheet,
            headings,
            exposes_passwords: roster.holds_passwords && is_readable_by_others(&roster.path),
            first_email: roster.rows.first().map(|row| row.email.clone()),
            roster,
        })
    }

    /// The columns that are used, from left to right.
    pub fn columns(&self) -> impl Iterator<Item = Column> {
        self.roster.headings.known()
    }

    /// Which of the columns of a password are there, such as `in the roster or in files`.
    pub fn password_sources(&self, columns: [Column; 3]) -> String {
        let mut sources = Vec::new();
        for (column, words) in
            columns.into_iter().zip(["in the roster", "in environment variables", "in files"])
        {
            if self.has_one_of(&[column]) {
                sources.push(words);
            }
        }
        if sources.is_empty() { "no column".to_owned() } else { sources.join(" or ") }
    }

    /// Whether a column is missing that an ignored one may be.
    pub fn lacks_column(&self) -> bool {
        !self.has_one_of(&Column::ENSIMS_PASSWORDS)
            || self.has_one_of(&[Column::JessUsername]) != self.has_one_of(&Column::JESS_PASSWORDS)
    }

    /// Whether the roster has no columns for JESS accounts, so that the job must give one for all.
    pub fn has_no_jess_accounts(&self) -> bool {
        !self.has_one_of(&[Column::JessUsername]) && !self.has_one_of(&Column::JESS_PASSWORDS)
    }

    fn has_one_of(&self, columns: &[Column]) -> bool {
        self.roster.headings.has_one_of(columns)
    }
}

impl RecognizedHeadings {
    fn of(line: &Line) -> Self {
        let mut others: Vec<String> =
            line.cells.iter().map(|(_, cell)| cell.text().trim().to_owned()).collect();
        let mut known: Vec<(Column, String)> = Vec::new();
        for column in Column::VARIANTS {
            if let Some(heading) = best_heading(*column, &others) {
                known.push((*column, heading.to_owned()));
            }
        }
        // Without JESS passwords, a user name is probably that of another system.
        if !known.iter().any(|(column, _)| Column::JESS_PASSWORDS.contains(column)) {
            known.retain(|(column, heading)| *column != Column::JessUsername || names_service(heading));
        }
        others.retain(|heading| !heading.is_empty() && !known.iter().any(|(_, other)| other == heading));
        Self { known, others }
    }
}

/// The heading of two columns that are probably passwords of two services. Nobody but the user knows which is which.
fn repeated_password_heading(line: &Line) -> Option<&str> {
    let headings: Vec<&str> = line.cells.iter().map(|(_, cell)| cell.text().trim()).collect();
    let is_repeated = |heading: &&str| headings.iter().filter(|other| *other == heading).count() > 1;
    let mut passwords =
        headings.iter().filter(|heading| known_column(heading).is_some_and(Column::is_password));
    passwords.find(|heading| is_repeated(heading)).copied()
}

/// The heading that most surely means a column; none if two are equally sure.
fn best_heading(column: Column, headings: &[String]) -> Option<&str> {
    let mut candidates: Vec<(bool, bool, &str)> = Vec::new();
    for heading in headings.iter().filter(|heading| known_column(heading) == Some(column)) {
        candidates.push((heading != column.heading(), !names_service(heading), heading));
    }
    candidates.sort_unstable();
    match candidates[..] {
        [(exact, service, _), (other_exact, other_service, _), ..]
            if (exact, service) == (other_exact, other_service) =>
        {
            None
        }
        [(.., heading), ..] => Some(heading),
        [] => None,
    }
}
