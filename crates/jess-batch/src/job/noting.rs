//! Collecting the mistakes of a job, each with its place.

use std::fmt;

use super::mistake::{Findings, Mistake};
use super::roster::Roster;
use super::yaml::Places;

/// The mistakes so far, and what their places are found by.
#[derive(Debug)]
pub(super) struct Noting {
    file: String,
    places: Places,
    pub(super) rosters: Vec<Roster>,
    pub(super) mistakes: Vec<Mistake>,
    pub(super) warnings: Vec<Mistake>,
}

/// Where an account stands.
#[derive(Clone, Copy, Debug)]
pub(super) enum Origin {
    /// The item of `accounts` with this number.
    JobFile(usize),
    /// An entry of a roster, both by number.
    Roster { roster: usize, entry: usize },
}

/// A part of an account.
#[derive(Clone, Copy, Debug)]
pub(super) enum Part {
    Whole,
    Name,
    Email,
    /// A key of the credential, or all of it (empty).
    Ensims(&'static str),
    Jess(&'static str),
}

impl Noting {
    pub(super) fn new(file: String, places: Places) -> Self {
        Self { file, places, rosters: Vec::new(), mistakes: Vec::new(), warnings: Vec::new() }
    }

    /// Notes a mistake of the job file.
    pub(super) fn note(&mut self, path: &str, problem: impl Into<String>) {
        // A flag stands in no file.
        let place = if path.starts_with('-') { None } else { self.places.find(path) };
        let (file, subject) = (self.file.clone(), path.to_owned());
        self.mistakes.push(Mistake { file, place, subject, problem: problem.into() });
    }

    pub(super) fn keep<T, E: fmt::Display>(&mut self, path: &str, result: Result<T, E>) -> Option<T> {
        result.map_err(|error| self.note(path, error.to_string())).ok()
    }

    /// Notes a mistake of an account, which messages call `label`.
    pub(super) fn note_of(&mut self, origin: Origin, label: &str, part: Part, problem: impl Into<String>) {
        let mistake = self.mistake_of(origin, label, part, problem.into());
        self.mistakes.push(mistake);
    }

    /// The same of what may be a mistake.
    pub(super) fn warn_of(&mut self, origin: Origin, label: &str, part: Part, problem: impl Into<String>) {
        let warning = self.mistake_of(origin, label, part, problem.into());
        self.warnings.push(warning);
    }

    fn mistake_of(&self, origin: Origin, label: &str, part: Part, problem: String) -> Mistake {
        let (file, place, part) = match origin {
            Origin::JobFile(index) => {
                let path = part.in_job_file(index);
                (self.file.clone(), self.places.find(&path), path)
            }
            Origin::Roster { roster, entry } => {
                let roster = &self.rosters[roster];
                let (place, heading) = roster.cell(entry, &part.in_roster());
                (roster.path.display().to_string(), place, heading)
            }
        };
        let parts: Vec<&str> = [label, &part].into_iter().filter(|text| !text.is_empty()).collect();
        Mistake { file, place, subject: parts.join(", "), problem }
    }

    /// Puts all into the order in which it stands in the job file and then in each roster.
    pub(super) fn sort(&mut self) {
        for found in [&mut self.warnings, &mut self.mistakes] {
            found.sort_by_cached_key(|one| (one.file != self.file, one.file.clone(), one.place));
        }
    }

    pub(super) fn into_findings(self) -> Findings {
        Findings { warnings: self.warnings, mistakes: self.mistakes }
    }

    /// File and line of an account in a roster.
    pub(super) fn line_of(&self, origin: Origin) -> Option<String> {
        let Origin::Roster { roster, entry } = origin else { return None };
        let roster = &self.rosters[roster];
        Some(format!("{}:{}", roster.path.display(), roster.cell(entry, "").0?.line))
    }
}

impl Part {
    fn in_job_file(self, index: usize) -> String {
        let account = format!("accounts[{index}]");
        match self {
            Self::Whole => account,
            Self::Name => account + ".name",
            Self::Email => account + ".ensims.email",
            Self::Ensims("") => account + ".ensims",
            Self::Ensims(key) => format!("{account}.ensims.{key}"),
            Self::Jess("") => account + ".jess",
            Self::Jess(key) => format!("{account}.jess.{key}"),
        }
    }

    /// The usual heading of the column.
    fn in_roster(self) -> String {
        match self {
            Self::Whole => String::new(),
            Self::Name => "name".to_owned(),
            Self::Email => "email".to_owned(),
            Self::Ensims("") => "ensims_password".to_owned(),
            Self::Ensims(key) => format!("ensims_{key}"),
            Self::Jess("") => "jess_password".to_owned(),
            Self::Jess(key) => format!("jess_{key}"),
        }
    }
}
