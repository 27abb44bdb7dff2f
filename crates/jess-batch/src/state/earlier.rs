//! What the journal tells of the run before.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::PathBuf;

use ensims_client::Api;
use serde::Deserialize;

use super::folder::StateFolder;
use super::journal::NAME;
use super::line::{Key, Line, VERSION, Verdict};
use crate::batch::Kept;
use crate::job::{Account, Job};

/// The run before this one, and what it kept of those before it.
#[derive(Debug, Default)]
pub(crate) struct Earlier {
    planned: BTreeSet<Key>,
    pub(super) verdicts: BTreeMap<Key, Verdict>,
    finished: bool,
}

/// A journal that cannot be read.
#[derive(Debug)]
pub(crate) struct JournalMistake {
    pub(crate) path: PathBuf,
    pub(crate) problem: String,
}

/// The part of the first line that every version has.
#[derive(Deserialize)]
struct AnyVersion {
    version: u32,
}

impl Earlier {
    /// Reads what the journal of a job, if there is one, leaves to the next run.
    pub(crate) fn read(folder: &StateFolder) -> Result<Option<Self>, JournalMistake> {
        Ok(Self::read_whole(folder)?.map(Self::for_the_next_run))
    }

    /// The same with all verdicts. A last line that was cut short counts as not written.
    pub(super) fn read_whole(folder: &StateFolder) -> Result<Option<Self>, JournalMistake> {
        let path = folder.file(NAME);
        let text = match fs::read(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(JournalMistake { path, problem: error.to_string() }),
        };
        match Self::parse(&text) {
            Ok(earlier) => Ok(Some(earlier)),
            Err(problem) => Err(JournalMistake { path, problem }),
        }
    }

    fn parse(text: &[u8]) -> Result<Self, String> {
        let mut lines = text.split_inclusive(|byte| *byte == b'\n').enumerate().peekable();
        let Some((_, first)) = lines.next() else { return Err("it is empty".to_owned()) };
        if let Ok(AnyVersion { version }) = serde_json::from_slice(first)
            && version != VERSION
        {
            return Err(format!("it is of version {version}, and this program reads version {VERSION}"));
        }
        let Ok(Line::Begin { planned, .. }) = serde_json::from_slice(first) else {
            return Err("line 1 is damaged".to_owned());
        };
        let mut earlier = Self { planned: planned.into_iter().collect(), ..Self::default() };
        while let Some((index, line)) = lines.next() {
            let torn = lines.peek().is_none() && !line.ends_with(b"\n");
            match serde_json::from_slice(line) {
                Ok(Line::Account { key, verdict }) => {
                    earlier.verdicts.insert(key, verdict);
                }
                Ok(Line::Finished { .. }) => earlier.finished = true,
                Err(_) if torn => {}
                Ok(Line::Begin { .. }) | Err(_) => return Err(format!("line {} is damaged", index + 1)),
            }
        }
        Ok(earlier)
    }

    fn for_the_next_run(mut self) -> Self {
        // What was refused in a run that came to its end may have been mended since.
        let finished = self.finished;
        self.verdicts.retain(|_, verdict| match verdict {
            Verdict::Done { .. } => true,
            Verdict::RefusedByEnsims { .. } | Verdict::RefusedByJess { .. } => !finished,
            Verdict::Open => false,
        });
        self
    }

    /// Whether it did not come to its end.
    pub(crate) fn is_cut_short(&self) -> bool {
        self.left().next().is_some()
    }

    /// What it knows of the accounts that a run leaves out.
    pub(crate) fn of_left_out(mut self, job: &Job, service: &str) -> Self {
        let left_out = job.accounts.iter().filter(|account| !account.is_selected());
        let left_out: BTreeSet<Key> = left_out.map(|account| Key::of(account, service)).collect();
        self.planned.retain(|key| left_out.contains(key));
        self.verdicts.retain(|key, _| left_out.contains(key));
        self
    }

    /// The accounts that it was to do and that have no verdict.
    pub(super) fn left(&self) -> impl Iterator<Item = &Key> {
        self.planned.iter().filter(|key| !self.finished && !self.verdicts.contains_key(key))
    }

    /// The verdicts that count for a job, one entry for each of its accounts.
    pub(crate) fn kept(&self, job: &Job, service: &str) -> Vec<Option<Kept>> {
        job.accounts.iter().map(|account| self.kept_of(account, job, service)).collect()
    }

    fn kept_of(&self, account: &Account, job: &Job, service: &str) -> Option<Kept> {
        let refused = |by, message: &str| Some(Kept::Refused { by, message: message.to_owned() });
        match self.verdicts.get(&Key::of(account, service))? {
            // A success counts if it was looked at as closely as the job asks now.
            Verdict::Done { verify } => (*verify >= job.verify).then_some(Kept::Done),
            Verdict::RefusedByEnsims { message } => refused(Api::Ensims, message),
            Verdict::RefusedByJess { message } => refused(Api::Jess, message),
            Verdict::Open => None,
        }
    }
}
