//! What a roster contains, for a user who starts with it.

use std::io;
use std::path::PathBuf;

use strum::VariantArray;

use super::cells::Cell;
use super::column::{Column, likeness};
use super::headings::{GivenElsewhere, HeadingRow};
use super::key::{ColumnsEntry, RosterEntry};
use super::table::Roster;
use super::text::{Delimiter, filled_lines, read_bytes, text_of};
use crate::platform::is_readable_by_others;

/// What a roster contains, whatever is wrong in it.
#[derive(Debug)]
pub struct RosterSummary {
    /// How many lines there are for accounts.
    pub accounts: usize,
    /// What separates the cells.
    pub delimiter: Delimiter,
    /// The columns that are used, from left to right; none if the headings cannot be used.
    pub columns: Vec<Column>,
    /// How the headings of the file compare with the standard ones.
    pub headings: HeadingMatch,
    /// Whether the file contains passwords and other users of the machine can read it.
    pub exposes_passwords: bool,
    /// The e-mail address of the first account. Its name is not given, because it may be a password in the wrong column.
    pub first_email: Option<String>,
}

/// How the headings of a file compare with the standard ones.
#[derive(Debug)]
pub enum HeadingMatch {
    /// They are the standard ones, so the job file need not list them.
    Standard,
    /// They are others, of which at least the one of the e-mail addresses is recognized.
    Recognized(RecognizedHeadings),
    /// The first line may not contain headings at all, so nothing of it may be shown.
    Unknown,
}

/// The headings of a file that are not the standard ones.
#[derive(Debug)]
pub struct RecognizedHeadings {
    /// The headings that are recognized, each with the column that it probably means.
    pub known: Vec<(Column, String)>,
    /// The headings that are not recognized.
    pub others: Vec<String>,
}

impl RosterSummary {
    /// Reads the file at a path. Passwords and JESS accounts may be missing: the job can give them.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn read(path: PathBuf) -> io::Result<Self> {
        let bytes = read_bytes(&path)?;
        let headings = HeadingMatch::of(&bytes);
        let columns = match &headings {
            HeadingMatch::Recognized(headings) => Some(ColumnsEntry::new(headings.known.iter().cloned())),
            HeadingMatch::Standard | HeadingMatch::Unknown => None,
        };
        let entry = RosterEntry { file: String::new(), columns, delimiter: None };
        let roster = Roster::parse(path, &bytes, &entry, GivenElsewhere { passwords: true, jess: true });
        Ok(Self {
            accounts: roster.lines,
            delimiter: roster.delimiter,
            columns: match headings {
                HeadingMatch::Standard | HeadingMatch::Recognized(_) => roster.headings.known().collect(),
                HeadingMatch::Unknown => Vec::new(),
            },
            headings,
            exposes_passwords: roster.holds_passwords && is_readable_by_others(&roster.path),
            first_email: roster.rows.into_iter().next().map(|row| row.email),
        })
    }

    /// Where the ENSIMS passwords come from, such as `in the roster or in files`.
    pub fn ensims_passwords(&self) -> String {
        self.sources(Column::ENSIMS_PASSWORDS)
    }

    /// Where the JESS passwords come from, such as `in environment variables`.
    pub fn jess_passwords(&self) -> String {
        self.sources(Column::JESS_PASSWORDS)
    }

    fn sources(&self, [here, variable, file]: [Column; 3]) -> String {
        let mut sources = Vec::new();
        for (column, words) in
            [(here, "in the roster"), (variable, "in environment variables"), (file, "in files")]
        {
            if self.columns.contains(&column) {
                sources.push(words);
            }
        }
        if sources.is_empty() { "no column".to_owned() } else { sources.join(" or ") }
    }

    /// Whether a column is missing that an ignored one may be.
    pub fn lacks_column(&self) -> bool {
        let has_username = self.columns.contains(&Column::JessUsername);
        !self.has_one_of(&Column::ENSIMS_PASSWORDS)
            || has_username != self.has_one_of(&Column::JESS_PASSWORDS)
    }

    /// Whether the roster has columns, but none for JESS accounts, so that the job must give one for all.
    pub fn has_no_jess_accounts(&self) -> bool {
        let has_jess =
            self.columns.contains(&Column::JessUsername) || self.has_one_of(&Column::JESS_PASSWORDS);
        !self.columns.is_empty() && !has_jess
    }

    fn has_one_of(&self, columns: &[Column]) -> bool {
        columns.iter().any(|column| self.columns.contains(column))
    }
}

impl HeadingMatch {
    fn of(bytes: &[u8]) -> Self {
        let Ok(text) = text_of(bytes) else { return Self::Unknown };
        let Some(Ok(cells)) = filled_lines(text, Delimiter::detect(text)).next() else {
            return Self::Unknown;
        };
        let row = HeadingRow::read(&cells, None);
        if row.are_headings() && row.errors().is_empty() {
            return Self::Standard;
        }
        if !row.may_be_shown() {
            return Self::Unknown;
        }
        let recognized = RecognizedHeadings::of(&cells);
        let has_email = recognized.known.iter().any(|(column, _)| *column == Column::Email);
        if has_email { Self::Recognized(recognized) } else { Self::Unknown }
    }
}

impl RecognizedHeadings {
    fn of(cells: &[Cell<'_>]) -> Self {
        let mut others: Vec<String> = cells.iter().map(|cell| cell.text().trim().to_owned()).collect();
        let mut known: Vec<(Column, String)> = Vec::new();
        for column in Column::VARIANTS {
            if let Some(heading) = best_heading(*column, &others) {
                known.push((*column, heading.to_owned()));
            }
        }
        // Without JESS passwords, a user name is probably that of another system.
        if !known.iter().any(|(column, _)| Column::JESS_PASSWORDS.contains(column)) {
            known.retain(|(column, heading)| *column != Column::JessUsername || names_jess(heading));
        }
        // Many accounts can have the same surname.
        if others.iter().any(|heading| is_part_of_name(heading)) {
            known.retain(|(column, heading)| *column != Column::Name || heading == column.heading());
        }
        others.retain(|heading| !heading.is_empty() && !known.iter().any(|(_, other)| other == heading));
        Self { known, others }
    }
}

/// The heading that most surely means a column; none if two are equally sure.
fn best_heading(column: Column, headings: &[String]) -> Option<&str> {
    let mut candidates: Vec<(u8, &str)> = Vec::new();
    for heading in headings {
        candidates.extend(likeness(heading, column).map(|rank| (rank, &**heading)));
    }
    candidates.sort_unstable();
    match candidates[..] {
        [(best, _), (second, _), ..] if best == second => None,
        [(_, heading), ..] => Some(heading),
        [] => None,
    }
}

/// Whether a column holds a part of the name, so that another one holds only the rest of it.
fn is_part_of_name(heading: &str) -> bool {
    ["first name", "given name", "vorname", "prénom", "voornaam", "apellido", "apellidos", "cognome"]
        .contains(&&*heading.to_lowercase())
}

fn names_jess(heading: &str) -> bool {
    heading.to_lowercase().contains("jess")
}
