//! What a run keeps for the next one: its lock, its history, and when the whole job last succeeded.

use std::cell::RefCell;
use std::io;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::folder::{StateFolder, find_root};
use super::history::RunHistory;
use super::lock::{Lock, LockHolder};
use super::previous_run::{FILE_NAME, HistoryError, PreviousRun};
use super::record::{Key, Verdict};
use crate::batch::PriorVerdict;
use crate::job::{Account, Job};
use crate::outcome::{AccountResult, ExitCode};
use crate::platform::show_path;

/// The state of one run. A job that cannot be read again has none.
pub struct RunState {
    /// Verdicts of the run that this one resumes, one entry for each account of the job.
    pub prior: Vec<Option<PriorVerdict>>,
    /// When a run of the job last succeeded for all accounts, if that is known.
    pub last_success: Option<Timestamp>,
    /// Whether the previous run was cut short.
    pub previous_cut_short: bool,
    /// The history of this run, once it has begun.
    history: RefCell<Option<RunHistory>>,
    stored: Option<Stored>,
}

struct Stored {
    folder: StateFolder,
    service: String,
    previous: PreviousRun,
    _lock: Lock,
}

/// Why a run cannot use its state. Nothing was sent.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// No home folder is known.
    #[error(
        "no home folder is known for the lock and the run history; nothing was sent. Give a folder with --state-dir"
    )]
    NoHome,
    /// The folder or its lock cannot be used.
    #[error(
        "the state folder {folder} cannot be used: {error}; nothing was sent. {next} another folder with --state-dir",
        folder = show_path(.folder), next = next_for(.error)
    )]
    Folder {
        /// The folder.
        folder: PathBuf,
        /// What the operating system says.
        error: io::Error,
    },
    /// Another run of the job is still going.
    #[error("another run of this job {}; nothing was sent. Wait for it to end", describe_holder(.0.as_ref()))]
    Locked(Option<LockHolder>),
    /// The history of the previous run is needed and cannot be read.
    #[error(
        "the run history {path} cannot be read: {error}; nothing was sent. Run the job without --resume to attempt all accounts",
        path = show_path(.path)
    )]
    History {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        error: HistoryError,
    },
    /// The history of this run cannot be begun.
    #[error("the run history cannot be written: {0}; no password was sent")]
    Begin(io::Error),
}

impl StateError {
    /// What the program ends with.
    pub fn exit_code(&self) -> ExitCode {
        if matches!(self, Self::Locked(_)) { ExitCode::AlreadyRunning } else { ExitCode::BadInput }
    }
}

impl RunState {
    /// Takes the lock of a job, and reads what the previous run has left. `root` is the folder of all state, if the user
    /// names one.
    ///
    /// # Errors
    /// When the folder cannot be used, another run holds the lock, or `resume` needs a history that cannot be read.
    pub fn open(job: &Job, root: Option<&Path>, resume: bool) -> Result<Self, StateError> {
        let service = job.settings.service.address();
        let mut state = Self {
            prior: vec![None; job.accounts.len()],
            last_success: None,
            previous_cut_short: false,
            history: RefCell::default(),
            stored: None,
        };
        let Some(file) = job.settings.source.file() else { return Ok(state) };
        let root = find_root(root).ok_or(StateError::NoHome)?;
        let folder = StateFolder::create(&root, file, job.settings.detour.as_ref())
            .map_err(|error| StateError::Folder { folder: root, error })?;
        let unusable = |error| StateError::Folder { folder: folder.path().to_owned(), error };
        let lock = Lock::take(&folder).map_err(unusable)?.map_err(StateError::Locked)?;
        let mut previous = match PreviousRun::read(&folder) {
            Ok(previous) => previous.for_next_run(),
            // A run that starts from the beginning needs nothing of it.
            Err(_) if !resume => PreviousRun::default(),
            Err(error) => return Err(StateError::History { path: folder.file(FILE_NAME), error }),
        };
        state.previous_cut_short = previous.remaining().next().is_some();
        if resume {
            state.prior = previous.prior_verdicts(job, service);
        } else {
            // What is known of the accounts that it leaves out is for a later run. It says nothing about the credentials
            // of this one, which may have been corrected.
            previous = previous.of_deselected(job, service);
        }
        state.last_success = folder.last_success();
        state.stored = Some(Stored { folder, service: service.to_owned(), previous, _lock: lock });
        Ok(state)
    }

    /// Begins the run history: the service is there, and the first password is about to be sent.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn begin(&self, job: &Job) -> Result<(), StateError> {
        let Some(stored) = &self.stored else { return Ok(()) };
        let history = RunHistory::begin(&stored.folder, job, &stored.service, &stored.previous, &self.prior)
            .map_err(StateError::Begin)?;
        self.history.replace(Some(history));
        Ok(())
    }

    /// Whether a run that ends now can be resumed.
    pub fn is_resumable(&self) -> bool {
        self.history.borrow().as_ref().is_some_and(|history| !history.is_broken())
    }

    /// How many selected accounts have no prior verdict.
    pub fn remaining(&self, job: &Job) -> usize {
        let pairs = job.accounts.iter().zip(&self.prior);
        pairs.filter(|(account, prior)| account.is_selected() && prior.is_none()).count()
    }

    /// Writes down how an account ended.
    ///
    /// # Errors
    /// When it cannot be written, once. The run goes on, but cannot be resumed completely.
    pub fn record(&self, result: &AccountResult) -> io::Result<()> {
        self.history.borrow_mut().as_mut().map_or(Ok(()), |history| history.record(result))
    }

    /// Waits until the history is on the disk. Returns whether all of it is.
    ///
    /// # Errors
    /// When it cannot be written, unless [`record`](Self::record) has returned that already.
    pub fn settle(&self) -> io::Result<bool> {
        let mut history = self.history.borrow_mut();
        let Some(history) = history.as_mut() else { return Ok(true) };
        history.settle()?;
        Ok(!history.is_broken())
    }

    /// Closes the state after the reports are written. `complete`: all accounts had their turn, so that the next run
    /// starts from the beginning. `last_success`: when the whole job last succeeded.
    ///
    /// # Errors
    /// When something cannot be written.
    pub fn close(self, complete: bool, last_success: Option<Timestamp>) -> io::Result<()> {
        let Some(stored) = self.stored else { return Ok(()) };
        let success = match last_success {
            Some(time) if last_success != self.last_success => stored.folder.set_last_success(time),
            _ => Ok(()),
        };
        match self.history.into_inner() {
            Some(history) if complete => history.finish().and(success),
            _ => success,
        }
    }
}

/// What the last run found out about accounts, for `status`, which takes no lock and writes nothing.
#[derive(Debug, Default)]
pub struct EarlierVerdicts(PreviousRun);

impl EarlierVerdicts {
    /// Reads them from the run history of a job; none if it cannot be read.
    pub fn read(job: &Job, root: Option<&Path>) -> Self {
        let read = || {
            let file = job.settings.source.file()?;
            let folder = StateFolder::find(&find_root(root)?, file, job.settings.detour.as_ref()).ok()?;
            PreviousRun::read(&folder).ok()
        };
        Self(read().unwrap_or_default())
    }

    /// Whether the JESS credential of this account at the job's service was refused.
    pub fn were_refused(&self, job: &Job, account: &Account) -> bool {
        matches!(self.of(job, account), Some(Verdict::RefusedByJess { .. }))
    }

    /// Whether this account at the job's service was updated, or was valid already.
    pub fn were_done(&self, job: &Job, account: &Account) -> bool {
        matches!(self.of(job, account), Some(Verdict::Done { .. }))
    }

    fn of(&self, job: &Job, account: &Account) -> Option<&Verdict> {
        self.0.verdicts.get(&Key::of(account, job.settings.service.address()))
    }
}

fn next_for(error: &io::Error) -> &'static str {
    if error.kind() == io::ErrorKind::PermissionDenied {
        "If it belongs to somebody else, run the job as that user, or give"
    } else {
        "Give"
    }
}

fn describe_holder(holder: Option<&LockHolder>) -> String {
    match holder {
        Some(LockHolder { process, since }) => {
            format!("is still going: process {process}, since {}", since.strftime("%Y-%m-%d %H:%M:%S UTC"))
        }
        // It has not written its name yet, or has removed it already.
        None => "has just started or is just ending".to_owned(),
    }
}
