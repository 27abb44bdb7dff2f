//! What the run history says about the previous run.

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use ensims_client::Api;
use serde::Deserialize;

use super::folder::StateFolder;
use super::record::{Key, Record, VERSION, Verdict};
use crate::batch::PriorVerdict;
use crate::job::Job;

/// The name of the run history in the state folder.
pub(super) const FILE_NAME: &str = "history.jsonl";

/// The previous run, and what it kept of those before it.
#[derive(Debug, Default)]
pub(super) struct PreviousRun {
    planned: BTreeSet<Key>,
    pub(super) verdicts: BTreeMap<Key, Verdict>,
    finished: bool,
}

/// Why a run history cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum HistoryError {
    /// The file cannot be read.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// There is no first line.
    #[error("it is empty")]
    Empty,
    /// Another version of the program wrote it.
    #[error("it has version {0}, and this program reads version {VERSION}")]
    Version(u32),
    /// A line is not what the program writes.
    #[error("line {0} is damaged")]
    Damaged(usize),
}

/// The part of the first line that every version has.
#[derive(Deserialize)]
struct AnyVersion {
    version: u32,
}

impl PreviousRun {
    /// Reads all verdicts of the history; none if there is no history. A last line that was cut short counts as not
    /// written.
    pub(super) fn read(folder: &StateFolder) -> Result<Self, HistoryError> {
        match folder.read(FILE_NAME) {
            Ok(text) => Self::parse(&text),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(error.into()),
        }
    }

    fn parse(text: &[u8]) -> Result<Self, HistoryError> {
        let mut lines = text.split_inclusive(|byte| *byte == b'\n').enumerate();
        let Some((_, first)) = lines.next() else { return Err(HistoryError::Empty) };
        if let Ok(AnyVersion { version }) = serde_json::from_slice(first)
            && version != VERSION
        {
            return Err(HistoryError::Version(version));
        }
        let Ok(Record::Begin { planned, .. }) = serde_json::from_slice(first) else {
            return Err(HistoryError::Damaged(1));
        };
        let mut run = Self { planned, ..Self::default() };
        for (index, line) in lines {
            let is_torn = !line.ends_with(b"\n");
            match serde_json::from_slice(line) {
                Ok(Record::Account { key, verdict }) => {
                    run.verdicts.insert(key, verdict);
                }
                Ok(Record::Finished { .. }) => run.finished = true,
                Err(_) if is_torn => {}
                Ok(Record::Begin { .. }) | Err(_) => return Err(HistoryError::Damaged(index + 1)),
            }
        }
        Ok(run)
    }

    /// Keeps what counts for the next run. What was refused in a finished run may have been corrected since.
    pub(super) fn for_next_run(mut self) -> Self {
        let finished = self.finished;
        self.verdicts.retain(|_, verdict| match verdict {
            Verdict::Done { .. } => true,
            Verdict::RefusedByEnsims { .. } | Verdict::RefusedByJess { .. } => !finished,
            Verdict::Open => false,
        });
        self
    }

    /// Keeps what is known of the accounts that this job leaves out.
    pub(super) fn of_deselected(mut self, job: &Job, service: &str) -> Self {
        let mut deselected = BTreeSet::new();
        for account in job.accounts.iter().filter(|account| !account.is_selected()) {
            deselected.insert(Key::of(account, service));
        }
        self.planned.retain(|key| deselected.contains(key));
        self.verdicts.retain(|key, _| deselected.contains(key));
        self
    }

    /// The planned accounts that have no verdict. There are some if the run was cut short.
    pub(super) fn remaining(&self) -> impl Iterator<Item = &Key> {
        self.planned.iter().filter(|key| !self.finished && !self.verdicts.contains_key(key))
    }

    /// The verdicts that count for a job, one entry for each of its accounts.
    pub(super) fn prior_verdicts(&self, job: &Job, service: &str) -> Vec<Option<PriorVerdict>> {
        let verify = job.settings.verify;
        let mut prior = Vec::with_capacity(job.accounts.len());
        for account in &job.accounts {
            prior.push(match self.verdicts.get(&Key::of(account, service)).cloned() {
                // A success counts only if it was verified as closely as the job asks now.
                Some(Verdict::Done { verify: verified }) if verified >= verify => Some(PriorVerdict::Done),
                Some(Verdict::RefusedByEnsims { message }) => {
                    Some(PriorVerdict::Refused { by: Api::Ensims, message })
                }
                Some(Verdict::RefusedByJess { message }) => {
                    Some(PriorVerdict::Refused { by: Api::Jess, message })
                }
                Some(Verdict::Done { .. } | Verdict::Open) | None => None,
            });
        }
        prior
    }
}
