//! What the run history says about the previous run.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::PathBuf;

use ensims_client::Api;
use serde::Deserialize;

use super::folder::StateFolder;
use super::record::{Key, Record, VERSION, Verdict};
use crate::batch::PriorVerdict;
use crate::job::{Account, Job, Verify};

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
    pub(super) fn path(folder: &StateFolder) -> PathBuf {
        folder.file(FILE_NAME)
    }

    /// Reads all verdicts of the history; none if there is no history. A last line that was cut short counts as not
    /// written.
    pub(super) fn read(folder: &StateFolder) -> Result<Self, HistoryError> {
        match fs::read(Self::path(folder)) {
            Ok(text) => Self::parse(&text),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(error.into()),
        }
    }

    fn parse(text: &[u8]) -> Result<Self, HistoryError> {
        let mut lines = text.split_inclusive(|byte| *byte == b'\n').enumerate().peekable();
        let Some((_, first)) = lines.next() else { return Err(HistoryError::Empty) };
        if let Ok(AnyVersion { version }) = serde_json::from_slice(first)
            && version != VERSION
        {
            return Err(HistoryError::Version(version));
        }
        let Ok(Record::Begin { planned, .. }) = serde_json::from_slice(first) else {
            return Err(HistoryError::Damaged(1));
        };
        let mut run = Self { planned: planned.into_iter().collect(), ..Self::default() };
        while let Some((index, line)) = lines.next() {
            let is_torn = lines.peek().is_none() && !line.ends_with(b"\n");
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
        let deselected: BTreeSet<Key> = job
            .accounts
            .iter()
            .filter(|account| !account.is_selected())
            .map(|account| Key::of(account, service))
            .collect();
        self.planned.retain(|key| deselected.contains(key));
        self.verdicts.retain(|key, _| deselected.contains(key));
        self
    }

    /// Whether it was cut short, so that planned accounts have no verdict.
    pub(super) fn is_cut_short(&self) -> bool {
        self.remaining().next().is_some()
    }

    /// The planned accounts that have no verdict.
    pub(super) fn remaining(&self) -> impl Iterator<Item = &Key> {
        self.planned.iter().filter(|key| !self.finished && !self.verdicts.contains_key(key))
    }

    /// The verdicts that count for a job, one entry for each of its accounts.
    pub(super) fn prior_verdicts(&self, job: &Job, service: &str) -> Vec<Option<PriorVerdict>> {
        let verify = job.settings.verify;
        job.accounts.iter().map(|account| self.prior_verdict(account, verify, service)).collect()
    }

    fn prior_verdict(&self, account: &Account, verify: Verify, service: &str) -> Option<PriorVerdict> {
        let refused =
            |by, message: &Option<String>| Some(PriorVerdict::Refused { by, message: message.clone() });
        match self.verdicts.get(&Key::of(account, service))? {
            // A success counts only if it was verified as closely as the job asks now.
            Verdict::Done { verify: verified } => (*verified >= verify).then_some(PriorVerdict::Done),
            Verdict::RefusedByEnsims { message } => refused(Api::Ensims, message),
            Verdict::RefusedByJess { message } => refused(Api::Jess, message),
            Verdict::Open => None,
        }
    }
}
