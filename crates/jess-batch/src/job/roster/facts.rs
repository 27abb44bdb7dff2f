//! What a roster holds, for a person who has just begun with it.

use std::io;
use std::path::PathBuf;

use super::headings::Heading;
use super::key::RosterEntry;
use super::{GivenElsewhere, ListHeadings, Roster};
use crate::job::readable::is_open_to_others;

/// What was found in a roster, whatever mistakes there are in it.
pub(crate) struct RosterFacts {
    /// How many lines there are for accounts.
    pub(crate) accounts: usize,
    /// What separates the cells.
    pub(crate) delimiter: &'static str,
    columns: Vec<Heading>,
    /// What its first line is.
    pub(crate) headings: ListHeadings,
    /// Whether other people can open it, and passwords stand in it.
    pub(crate) is_open: bool,
    /// The e-mail address of the first account. Its name may be a password in the wrong place.
    pub(crate) first: Option<String>,
}

impl RosterFacts {
    /// Reads the file at a path. What it lacks is not asked for here.
    pub(crate) fn read(path: PathBuf) -> io::Result<Self> {
        let headings = ListHeadings::of(&path)?;
        let entry = RosterEntry { file: String::new(), columns: headings.columns(), delimiter: None };
        let roster = Roster::open(path, &entry, GivenElsewhere { passwords: true, jess: true })?;
        Ok(Self {
            accounts: roster.lines,
            delimiter: match roster.delimiter {
                ';' => "semicolons",
                '\t' => "tabs",
                _ => "commas",
            },
            columns: match headings {
                ListHeadings::Ours | ListHeadings::Recognised(_) => roster.columns.known().collect(),
                ListHeadings::Unknown => Vec::new(),
            },
            headings,
            is_open: roster.holds_passwords && is_open_to_others(&roster.path),
            first: roster.entries.first().map(|entry| entry.ensims.email.clone()),
        })
    }

    /// The columns that count; none where there are mistakes in the headings.
    pub(crate) fn columns(&self) -> &[Heading] {
        &self.columns
    }

    /// Where the ENSIMS passwords come from.
    pub(crate) fn ensims_passwords(&self) -> String {
        self.sources(Heading::ENSIMS_PASSWORDS)
    }

    /// Where the JESS passwords come from.
    pub(crate) fn jess_passwords(&self) -> String {
        self.sources(Heading::JESS_PASSWORDS)
    }

    /// Whether a heading that is not understood may be one that is needed.
    pub(crate) fn lacks_a_column(&self) -> bool {
        let has_one = |headings: [Heading; 3]| headings.iter().any(|heading| self.columns.contains(heading));
        let has_user = self.columns.contains(&Heading::JessUsername);
        !has_one(Heading::ENSIMS_PASSWORDS) || has_user != has_one(Heading::JESS_PASSWORDS)
    }

    /// Whether the job must give one JESS account for all.
    pub(crate) fn has_no_jess_accounts(&self) -> bool {
        let mut of_jess = Heading::JESS_PASSWORDS.into_iter().chain([Heading::JessUsername]);
        !self.columns.is_empty() && !of_jess.any(|heading| self.columns.contains(&heading))
    }

    fn sources(&self, [here, variables, files]: [Heading; 3]) -> String {
        let sources = [(here, "in the roster"), (variables, "in environment variables"), (files, "in files")];
        let there = sources.into_iter().filter(|(heading, _)| self.columns.contains(heading));
        let words: Vec<&str> = there.map(|(_, words)| words).collect();
        if words.is_empty() { "no column".to_owned() } else { words.join(" or ") }
    }
}
