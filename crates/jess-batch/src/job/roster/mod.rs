//! Rosters: accounts in a CSV file, as spreadsheets write it, one a line.

mod cells;
mod doubts;
mod facts;
mod guess;
mod headings;
mod key;
mod line;

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::file::AccountEntry;
use super::mistake::{Mistake, Place};
use cells::{Cell, Flaw, Lines, delimiter_of};
pub(crate) use facts::RosterFacts;
pub(crate) use guess::{ListHeadings, Recognised};
pub(crate) use headings::Heading;
use headings::{Column, Headings};
use key::RosterEntry;
pub(crate) use key::RosterKey;

/// The largest roster that is read, in bytes.
const MAX_FILE_BYTES: u64 = 64 * 1024 * 1024;

/// What a roster needs not give, because somebody else does.
#[derive(Clone, Copy)]
pub(super) struct GivenElsewhere {
    /// A person types the passwords that are missing.
    pub(super) passwords: bool,
    /// The job has one JESS credential for all.
    pub(super) jess: bool,
}

/// A roster that was read.
#[derive(Debug)]
pub(super) struct Roster {
    pub(super) path: PathBuf,
    /// One for each line without a mistake.
    pub(super) entries: Vec<AccountEntry>,
    pub(super) mistakes: Vec<Mistake>,
    pub(super) warnings: Vec<Mistake>,
    /// Whether passwords stand in the file itself.
    pub(super) holds_passwords: bool,
    delimiter: char,
    columns: Vec<Column>,
    /// How many lines there are below the headings, with or without a mistake.
    lines: usize,
    /// The places of the cells of each entry.
    places: Vec<Place>,
}

impl Roster {
    /// Reads the file at a path.
    pub(super) fn read(path: PathBuf, entry: &RosterEntry, given: GivenElsewhere) -> io::Result<Self> {
        let bytes = read_bytes(&path)?;
        let mut roster = Self {
            path,
            entries: Vec::new(),
            mistakes: Vec::new(),
            warnings: Vec::new(),
            holds_passwords: false,
            delimiter: ',',
            columns: Vec::new(),
            lines: 0,
            places: Vec::new(),
        };
        match text_of(&bytes) {
            Ok(text) => roster.fill(text, entry, given),
            Err((place, problem)) => roster.note(place, String::new(), problem),
        }
        Ok(roster)
    }

    fn fill(&mut self, text: &str, entry: &RosterEntry, given: GivenElsewhere) {
        self.delimiter = match entry.delimiter.as_deref() {
            None => delimiter_of(text),
            Some(word) => delimiter_called(word).unwrap_or(','),
        };
        let mut lines = filled_lines(text, self.delimiter);
        let first = match lines.next() {
            Some(Ok(first)) => first,
            Some(Err(flaw)) => return self.note(Some(flaw.place), String::new(), flaw.problem),
            None => return self.note(None, String::new(), "the file is empty"),
        };
        let columns = entry.columns.as_ref();
        let headings = match Headings::read(&first, columns) {
            Ok(headings) => headings,
            Err((place, problem)) => return self.note(Some(place), String::new(), problem),
        };
        self.holds_passwords = headings.secret;
        let lacks = headings.lacks(columns, given.passwords, given.jess);
        let incomplete = !lacks.is_empty();
        // What is missing may be what has a wrong heading.
        if headings.mistakes.is_empty() {
            let at = first.first().map(|cell| cell.place);
            for lack in lacks {
                self.note(at, String::new(), lack);
            }
        }
        for (place, problem) in headings.mistakes {
            self.note(Some(place), String::new(), problem);
        }
        // Each line would lack the same.
        if incomplete {
            return;
        }
        self.columns = headings.columns;
        for line in lines {
            self.lines += 1;
            match line {
                Ok(cells) => self.line(&cells),
                Err(flaw) => self.note(Some(flaw.place), String::new(), flaw.problem),
            }
        }
        if self.lines == 0 {
            self.note(None, String::new(), "there is no account below the headings");
        }
    }

    /// The place of a cell of an entry, or of its line.
    pub(super) fn place(&self, entry: usize, heading: &str) -> Option<Place> {
        let is_it = |column: &Column| matches!(column, Column::Known(known) if known.word() == heading);
        let column = self.columns.iter().position(is_it).unwrap_or(0);
        self.places.get(entry * self.columns.len() + column).copied()
    }

    fn mistake(&self, place: Option<Place>, subject: String, problem: impl Into<String>) -> Mistake {
        Mistake { file: self.path.display().to_string(), place, subject, problem: problem.into() }
    }

    fn note(&mut self, place: Option<Place>, subject: String, problem: impl Into<String>) {
        let mistake = self.mistake(place, subject, problem);
        self.mistakes.push(mistake);
    }
}

/// No more of a file than shows that it is too large.
fn read_bytes(path: &Path) -> io::Result<Zeroizing<Vec<u8>>> {
    let mut bytes = Zeroizing::new(Vec::new());
    let file = File::open(path)?;
    // All the room at once: growing would leave copies of passwords behind.
    bytes.reserve(usize::try_from(file.metadata()?.len().min(MAX_FILE_BYTES)).unwrap_or(0) + 1);
    file.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The lines of a text in which there is something.
fn filled_lines(text: &str, delimiter: char) -> impl Iterator<Item = Result<Vec<Cell<'_>>, Flaw>> {
    // A row that was emptied in a spreadsheet is still a line of delimiters.
    Lines::of(text, delimiter)
        .filter(|line| line.as_ref().map_or(true, |cells| !cells.iter().all(Cell::is_blank)))
}

/// The line of headings, of a text whose delimiter is found out.
fn first_line(text: &str) -> Option<Vec<Cell<'_>>> {
    filled_lines(text, delimiter_of(text)).next()?.ok()
}

/// The delimiter that a job file names.
pub(super) fn delimiter_called(word: &str) -> Option<char> {
    match word {
        "," | "comma" => Some(','),
        ";" | "semicolon" => Some(';'),
        "\t" | "tab" => Some('\t'),
        _ => None,
    }
}

/// The text of a file, or what it is instead.
fn text_of(bytes: &[u8]) -> Result<&str, (Option<Place>, &'static str)> {
    if bytes.len() as u64 > MAX_FILE_BYTES {
        return Err((None, "the file is larger than 64 MiB; split it"));
    }
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"\xd0\xcf\x11\xe0") {
        return Err((None, "this is a spreadsheet and not a CSV file; save it as 'CSV UTF-8'"));
    }
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        return Err((None, "the file is UTF-16; save it as 'CSV UTF-8'"));
    }
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let sound = String::from_utf8_lossy(&bytes[..error.valid_up_to()]);
        let line = sound.matches('\n').count() + 1;
        let column = sound.rsplit('\n').next().map_or(0, |line| line.chars().count()) + 1;
        (Some(Place { line, column }), "the file is not UTF-8; save it as 'CSV UTF-8'")
    })?;
    if text.contains('\0') {
        return Err((None, "the file is not text; save it as 'CSV UTF-8'"));
    }
    Ok(text.strip_prefix('\u{feff}').unwrap_or(text))
}
