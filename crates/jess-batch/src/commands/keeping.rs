//! What a run keeps for the next one: its lock, its journal, and when all last went well.

use std::cell::RefCell;
use std::io;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::batch::{Event, Kept};
use crate::cli::{RunArguments, StateArguments};
use crate::console::{say, shown};
use crate::job::{Job, ServicePlan};
use crate::report::{Exit, Report};
use crate::state::{Earlier, Journal, Lock, NotLocked, Refusals, StateFolder, default_root};

/// The state of one run. A job from standard input and a rehearsal have none.
pub(super) struct Keeping {
    /// Verdicts of the run that this one resumes, one entry for each account of the job.
    pub(super) kept: Vec<Option<Kept>>,
    /// When a run of the job last succeeded for all accounts.
    pub(super) last_success: Option<Timestamp>,
    state: Option<State>,
}

struct State {
    folder: StateFolder,
    service: String,
    /// Whether the run before was.
    cut_short: bool,
    /// What this run resumes.
    earlier: Earlier,
    journal: RefCell<Option<Journal>>,
    _lock: Lock,
}

/// Why a run cannot start, to be said, and what the program ends with.
pub(super) type Refusal = (String, Exit);

/// The job file that a run's state belongs to. A job from standard input or a pipe, and a rehearsal, have no state.
pub(super) fn state_file(job: &Job) -> Option<&Path> {
    match job.service {
        ServicePlan::Sandbox(_) => None,
        ServicePlan::Remote { .. } => job.source.path().filter(|path| path.is_file()),
    }
}

/// What JESS refused in the last run of a job, as far as that is known. Looks only, and makes nothing.
pub(super) fn refusals(job: &Job, arguments: &StateArguments) -> Refusals {
    let folder = state_file(job).and_then(|file| StateFolder::of(&root(arguments).ok()?, file).ok());
    folder.map_or_else(Refusals::default, |folder| Refusals::read(&folder))
}

impl Keeping {
    /// Takes the lock of a job whose service is at `address`, and reads what the run before has left.
    pub(super) fn open(job: &Job, arguments: &RunArguments, address: &str) -> Result<Self, Refusal> {
        let Some(file) = state_file(job) else {
            return Ok(Self { kept: vec![None; job.accounts.len()], last_success: None, state: None });
        };
        let root = root(&arguments.state)?;
        let folder = StateFolder::of(&root, file).map_err(|error| unusable(&root, &error))?;
        folder.make().map_err(|error| unusable(folder.path(), &error))?;
        let lock = Lock::take(&folder).map_err(|why| not_locked(why, folder.path()))?;
        let earlier = earlier(&folder, arguments.resume)?;
        let cut_short = earlier.is_cut_short();
        let (earlier, kept) = if arguments.resume {
            let kept = earlier.kept(job, address);
            (earlier, kept)
        } else {
            // It begins anew: what is known of those that it leaves out is for a later run, and says nothing about this
            // one's credentials, which may have been mended.
            (earlier.of_left_out(job, address), vec![None; job.accounts.len()])
        };
        let last_success = folder.last_success();
        let (service, journal) = (address.to_owned(), RefCell::new(None));
        let state = State { folder, service, cut_short, earlier, journal, _lock: lock };
        Ok(Self { kept, last_success, state: Some(state) })
    }

    /// The service is there, and the run begins.
    pub(super) fn begin(&self, job: &Job) -> Result<(), Refusal> {
        let Some(state) = &self.state else { return Ok(()) };
        let begun = Journal::begin(&state.folder, job, &state.service, &state.earlier, &self.kept);
        let journal = begun.map_err(|error| {
            (format!("the journal cannot be written: {error}; no password was sent"), Exit::BadInput)
        })?;
        *state.journal.borrow_mut() = Some(journal);
        Ok(())
    }

    /// Whether a run that stops early can be resumed.
    pub(super) fn can_be_resumed(&self) -> bool {
        let journal = self.state.as_ref().map(|state| state.journal.borrow());
        journal.is_some_and(|journal| journal.as_ref().is_some_and(|journal| !journal.is_broken()))
    }

    /// How many of the selected accounts are left to do.
    pub(super) fn to_do(&self, job: &Job) -> usize {
        let pairs = job.accounts.iter().zip(&self.kept);
        pairs.filter(|(account, kept)| account.is_selected() && kept.is_none()).count()
    }

    /// Writes down what happens, as it happens.
    pub(super) fn listen(&self, event: &Event<'_>) {
        if let (Some(state), Event::Finished { account }) = (&self.state, event)
            && let Some(journal) = state.journal.borrow_mut().as_mut()
            && let Err(error) = journal.note(account)
        {
            say_unrecorded(&error);
        }
    }

    /// All accounts had their turn: says whether the journal has all of it, for good.
    pub(super) fn settle(&self) -> bool {
        let Some(state) = &self.state else { return true };
        let mut journal = state.journal.borrow_mut();
        let Some(journal) = journal.as_mut() else { return true };
        if let Err(error) = journal.settle() {
            say_unrecorded(&error);
        }
        !journal.is_broken()
    }

    /// The run is over and its reports are written. `ended`: it came to its end, so that the next one begins anew.
    pub(super) fn finish(self, report: &Report, ended: bool) -> io::Result<()> {
        let Some(state) = self.state else { return Ok(()) };
        let news = report.last_success_at.filter(|_| report.last_success_at != self.last_success);
        let success = news.map_or(Ok(()), |time| state.folder.set_last_success(time));
        match state.journal.into_inner() {
            Some(journal) if ended => journal.finish().and(success),
            _ => success,
        }
    }

    /// Says what the run before has to do with this one.
    pub(super) fn say_earlier(&self, job: &Job, arguments: &RunArguments) {
        let Some(state) = &self.state else { return };
        if !arguments.resume {
            if state.cut_short {
                say("The run before was cut short; this one begins anew (--resume would do only the rest).");
            }
            return;
        }
        let kept = || job.accounts.iter().zip(&self.kept).filter(|(account, _)| account.is_selected());
        let refused = kept().filter(|(_, kept)| matches!(kept, Some(Kept::Refused { .. }))).count();
        match (job.selected() - self.to_do(job), refused) {
            (0, _) => say("Nothing of an earlier run counts here; all are attempted."),
            (kept, 0) => say(&format!("Resumed: {kept} done before.")),
            (kept, refused) => say(&format!(
                "Resumed: {} done and {refused} refused before. Nothing is sent for the refused ones; once their \
                 passwords are right, run the job without --resume.",
                kept - refused
            )),
        }
    }
}

fn say_unrecorded(error: &io::Error) {
    say(&format!(
        "error: the journal cannot be written: {error}. The run goes on, but --resume would not know all of it."
    ));
}

/// The folder of all state: as the flag, the variable or the platform has it.
fn root(arguments: &StateArguments) -> Result<PathBuf, Refusal> {
    let given = arguments.state_dir.clone().filter(|root| !root.as_os_str().is_empty());
    given.or_else(default_root).ok_or_else(|| {
        let text = "no home folder is known here to keep the lock and the journal in; give a folder with --state-dir";
        (text.to_owned(), Exit::BadInput)
    })
}

fn unusable(folder: &Path, error: &io::Error) -> Refusal {
    let folder = shown(&folder.display().to_string());
    let next = match error.kind() {
        io::ErrorKind::PermissionDenied => {
            "If it belongs to somebody else, run the job as that user, or give"
        }
        _ => "Give",
    };
    let text = format!(
        "the state folder cannot be used: {folder}: {error}; nothing was sent. {next} another folder with --state-dir"
    );
    (text, Exit::BadInput)
}

fn not_locked(why: NotLocked, folder: &Path) -> Refusal {
    match why {
        NotLocked::Failed(error) => unusable(folder, &error),
        NotLocked::Held(holder) => {
            let run = holder.map_or_else(
                // It has not written its name yet, or has removed it already.
                || "has just begun or is just ending".to_owned(),
                |holder| {
                    let since = holder.since.strftime("%Y-%m-%d %H:%M:%S UTC");
                    format!("is still going: process {}, since {since}", holder.process)
                },
            );
            let text = format!("another run of this job {run}; nothing was sent. Wait for it to end");
            (text, Exit::AlreadyRunning)
        }
    }
}

/// What the run before has left.
fn earlier(folder: &StateFolder, resume: bool) -> Result<Earlier, Refusal> {
    match Earlier::read(folder) {
        Ok(earlier) => Ok(earlier.unwrap_or_default()),
        // A run that begins anew needs nothing of it.
        Err(_) if !resume => Ok(Earlier::default()),
        Err(mistake) => {
            let path = shown(&mistake.path.display().to_string());
            let text = format!(
                "the journal {path} cannot be read: {}. Run the job without --resume; all accounts are attempted then",
                mistake.problem
            );
            Err((text, Exit::BadInput))
        }
    }
}
