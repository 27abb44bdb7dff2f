//! What a run keeps for the next one: its lock, its journal, and when all last went well.

use std::cell::RefCell;
use std::io;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::batch::{Event, Kept};
use crate::cli::RunArguments;
use crate::console::{say, shown};
use crate::job::{Job, ServicePlan};
use crate::report::{Exit, Report};
use crate::state::{Earlier, Journal, Lock, NotLocked, StateFolder, default_root};

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
    /// Whether the run before was.
    cut_short: bool,
    /// What this run resumes.
    earlier: Earlier,
    journal: RefCell<Option<Journal>>,
    /// Why the journal is not whole.
    trouble: RefCell<Option<io::Error>>,
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

impl Keeping {
    /// Takes the lock of a job whose service is at `address`, and reads what the run before has left.
    pub(super) fn open(job: &Job, arguments: &RunArguments, address: &str) -> Result<Self, Refusal> {
        let Some(file) = state_file(job) else {
            return Ok(Self { kept: vec![None; job.accounts.len()], last_success: None, state: None });
        };
        let root = root(arguments)?;
        let folder = StateFolder::open(&root, file).map_err(|error| unusable(&root, &error))?;
        let lock = Lock::take(&folder).map_err(|why| not_locked(why, &root))?;
        let earlier = earlier(&folder, arguments.resume)?;
        let cut_short = earlier.is_cut_short();
        let earlier = if arguments.resume { earlier } else { Earlier::default() };
        let kept = earlier.kept(job, address);
        let last_success = folder.last_success();
        let (journal, trouble) = (RefCell::new(None), RefCell::new(None));
        Ok(Self {
            kept,
            last_success,
            state: Some(State { folder, cut_short, earlier, journal, trouble, _lock: lock }),
        })
    }

    /// The service is there, and the run begins.
    pub(super) fn begin(&self, job: &Job, address: &str) -> Result<(), Refusal> {
        let Some(state) = &self.state else { return Ok(()) };
        match Journal::begin(&state.folder, job, address, &state.earlier, &self.kept) {
            Ok(journal) => {
                *state.journal.borrow_mut() = Some(journal);
                Ok(())
            }
            Err(error) => {
                let text = format!(
                    "the journal cannot be written: {error}; nothing was sent but a look at the service"
                );
                Err((text, Exit::BadInput))
            }
        }
    }

    /// Whether a run that stops early can be resumed.
    pub(super) fn can_be_resumed(&self) -> bool {
        self.state.as_ref().is_some_and(|state| state.journal.borrow().is_some())
    }

    /// How many of the selected accounts are left to do.
    pub(super) fn to_do(&self, job: &Job) -> usize {
        let pairs = job.accounts.iter().zip(&self.kept);
        pairs.filter(|(account, kept)| account.is_selected() && kept.is_none()).count()
    }

    /// Writes down what happens, as it happens. After a failure nothing more is written, so that half a line can only be
    /// the last one.
    pub(super) fn listen(&self, event: &Event<'_>) {
        if let (Some(state), Event::Finished { account }) = (&self.state, event)
            && state.trouble.borrow().is_none()
            && let Some(journal) = state.journal.borrow_mut().as_mut()
        {
            *state.trouble.borrow_mut() = journal.note(account).err();
        }
    }

    /// The run is over and its reports are written.
    ///
    /// # Errors
    /// When the journal is not whole, so that a later `--resume` would not know of all that was done.
    pub(super) fn finish(self, report: &Report) -> io::Result<()> {
        let Some(state) = self.state else { return Ok(()) };
        let journal = match (state.trouble.into_inner(), state.journal.into_inner()) {
            (Some(trouble), _) => Err(trouble),
            (None, Some(journal)) => journal.finish(),
            (None, None) => Ok(()),
        };
        let news = report.last_success_at.filter(|_| report.last_success_at != self.last_success);
        let success = news.map_or(Ok(()), |time| state.folder.set_last_success(time));
        journal.and(success)
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
            (0, _) => say("Nothing is kept of an earlier run; all accounts are attempted."),
            (kept, 0) => say(&format!("Resumed: {kept} accounts are done already.")),
            (kept, refused) => {
                let were = if refused == 1 { "was" } else { "were" };
                say(&format!(
                    "Resumed: {kept} accounts have their verdict already. {refused} of them {were} refused, and nothing is \
                     sent for them; once their passwords are right, run the job without --resume."
                ));
            }
        }
    }
}

/// The folder of all state: as the flag, the variable or the platform has it.
fn root(arguments: &RunArguments) -> Result<PathBuf, Refusal> {
    let given = arguments.state_dir.clone().filter(|root| !root.as_os_str().is_empty());
    given.or_else(default_root).ok_or_else(|| {
        let text = "no home folder is known here to keep the lock and the journal in; give a folder with --state-dir";
        (text.to_owned(), Exit::BadInput)
    })
}

fn unusable(root: &Path, error: &io::Error) -> Refusal {
    let root = shown(&root.display().to_string());
    let text = format!("the state folder cannot be used: {root}: {error}; give another one with --state-dir");
    (text, Exit::BadInput)
}

fn not_locked(why: NotLocked, root: &Path) -> Refusal {
    match why {
        NotLocked::Failed(error) => unusable(root, &error),
        NotLocked::Held(holder) => {
            let who = holder.map_or_else(String::new, |holder| {
                let since = holder.since.strftime("%Y-%m-%d %H:%M:%S UTC");
                format!(": process {}, since {since}", holder.process)
            });
            let text =
                format!("another run of this job is still going{who}; nothing was sent. Wait for it to end");
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
