//! Rosters: accounts in a CSV file, as spreadsheets write it, one a line.

mod cells;
mod doubts;
mod facts;
mod first_line;
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
use cells::{Cell, Flaw, Lines, delimiter_named, delimiter_of};
pub(crate) use facts::RosterFacts;
use first_line::FirstLine;
pub(crate) use guess::{ListHeadings, Recognised};
use headings::Columns;
pub(crate) use headings::Heading;
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
    columns: Columns,
    /// How many lines there are below the headings, with or without a mistake.
    lines: usize,
    /// The places of the cells of each entry.
    places: Vec<Place>,
}

impl Roster {
    /// Reads the file at a path, or says why that cannot be done.
    pub(super) fn read(path: PathBuf, entry: &RosterEntry, given: GivenElsewhere) -> Result<Self, String> {
        let name = path.display().to_string();
        Self::open(path, entry, given).map_err(|error| format!("the file {name} cannot be read: {error}"))
    }

    fn open(path: PathBuf, entry: &RosterEntry, given: GivenElsewhere) -> io::Result<Self> {
        let bytes = read_bytes(&path)?;
        let mut roster = Self {
            path,
            entries: Vec::new(),
            mistakes: Vec::new(),
            warnings: Vec::new(),
            holds_passwords: false,
            delimiter: ',',
            columns: Columns::default(),
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
        let delimiter = entry.delimiter.as_deref().and_then(delimiter_called);
        self.delimiter = delimiter.unwrap_or_else(|| delimiter_of(text));
        let mut lines = filled_lines(text, self.delimiter);
        let is_complete = match lines.next() {
            Some(Ok(first)) => self.take_headings(&FirstLine::read(&first, entry.columns.as_ref()), given),
            Some(Err(flaw)) => return self.note(Some(flaw.place), String::new(), flaw.problem),
            None => return self.note(None, String::new(), "the file is empty"),
        };
        // Each line would lack the same.
        if !is_complete {
            return;
        }
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

    /// Notes what is wrong with the headings. Gives whether there is a column for all that an account needs.
    fn take_headings(&mut self, first: &FirstLine<'_>, given: GivenElsewhere) -> bool {
        self.holds_passwords = first.has_passwords();
        let headings = match first.headings() {
            Ok(headings) => headings,
            Err((place, problem)) => {
                self.note(Some(place), String::new(), problem);
                return false;
            }
        };
        let lacks = first.lacks(given);
        let is_complete = lacks.is_empty();
        // What is missing may be what has a wrong heading.
        let mistakes = if headings.mistakes.is_empty() { lacks } else { headings.mistakes };
        for (place, problem) in mistakes {
            self.note(Some(place), String::new(), problem);
        }
        if is_complete {
            let warning = |(place, problem)| self.mistake(Some(place), String::new(), problem);
            self.warnings = headings.warnings.into_iter().map(warning).collect();
            self.columns = headings.columns;
        }
        is_complete
    }

    /// The place of a cell of an entry, and what the file calls its column. Where there is no column of this name, it is
    /// one that stands for it, as `ensims_password_file` for `ensims_password`; or else the line.
    pub(super) fn cell(&self, entry: usize, word: &str) -> (Option<Place>, String) {
        let known = || self.columns.known();
        let stands_for = |heading: &Heading| !word.is_empty() && heading.word().starts_with(word);
        let heading = known().find(|heading| heading.word() == word).or_else(|| known().find(stands_for));
        let at = heading.and_then(|heading| self.columns.position(heading)).unwrap_or(0);
        let name = heading.map_or(word, |heading| self.columns.name_of(heading));
        (self.places.get(entry * self.columns.len() + at).copied(), name.to_owned())
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
        .skip(usize::from(delimiter_named(text).is_some()))
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
