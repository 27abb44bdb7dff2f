//! What a run keeps for the next one: its lock, its journal, and when all last went well.

use std::cell::RefCell;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::batch::{Event, Kept};
use crate::console::{say, shown};
use crate::job::Job;
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
    journal: RefCell<Journal>,
    /// Why the journal is not whole.
    trouble: RefCell<Option<std::io::Error>>,
    _lock: Lock,
}

/// Why a run cannot start, to be said, and what the program ends with.
pub(super) type Refusal = (String, Exit);

impl Keeping {
    pub(super) fn nothing(job: &Job) -> Self {
        Self { kept: vec![None; job.accounts.len()], last_success: None, state: None }
    }

    /// Takes the lock and begins the journal of a job, whose service is at `address`.
    pub(super) fn open(
        job: &Job,
        file: &Path,
        root: Option<&Path>,
        address: &str,
        resume: bool,
    ) -> Result<Self, Refusal> {
        let unusable = |problem: &str| {
            let text =
                format!("the state folder cannot be used: {problem}; give another one with --state-dir");
            (text, Exit::BadInput)
        };
        let root: PathBuf = match root {
            Some(root) => root.to_owned(),
            None => default_root().ok_or_else(|| unusable("no home folder is known here"))?,
        };
        let in_root =
            |error: std::io::Error| unusable(&format!("{}: {error}", shown(&root.display().to_string())));
        let folder = StateFolder::open(&root, file).map_err(in_root)?;
        let lock = Lock::take(&folder).map_err(|not_locked| match not_locked {
            NotLocked::Failed(error) => in_root(error),
            NotLocked::Held(holder) => {
                let who = holder.map_or_else(String::new, |holder| {
                    let since = holder.since.strftime("%Y-%m-%d %H:%M:%S UTC");
                    format!(": process {}, since {since}", holder.process)
                });
                let text = format!(
                    "another run of this job is still going{who}; nothing was sent. Wait for it to end"
                );
                (text, Exit::AlreadyRunning)
            }
        })?;
        let earlier = if resume { earlier(&folder)? } else { None };
        let earlier = earlier.filter(|earlier| earlier.is_of(address));
        let kept = match &earlier {
            Some(earlier) => earlier.kept(job),
            None => vec![None; job.accounts.len()],
        };
        let journal = Journal::begin(&folder, job, address, earlier.as_ref(), &kept).map_err(in_root)?;
        let last_success = folder.last_success();
        let (journal, trouble) = (RefCell::new(journal), RefCell::new(None));
        Ok(Self { kept, last_success, state: Some(State { folder, journal, trouble, _lock: lock }) })
    }

    /// Whether a run that stops early can be resumed.
    pub(super) fn can_be_resumed(&self) -> bool {
        self.state.is_some()
    }

    /// How many of the selected accounts are left to do.
    pub(super) fn to_do(&self, job: &Job) -> usize {
        job.accounts
            .iter()
            .zip(&self.kept)
            .filter(|(account, kept)| account.selected && kept.is_none())
            .count()
    }

    /// Writes down what happens, as it happens. After a failure nothing more is written, so that half a line can only be
    /// the last one.
    pub(super) fn listen(&self, event: &Event<'_>) {
        if let (Some(state), Event::Finished { account }) = (&self.state, event)
            && state.trouble.borrow().is_none()
        {
            *state.trouble.borrow_mut() = state.journal.borrow_mut().note(account).err();
        }
    }

    /// The run is over and its reports are written.
    ///
    /// # Errors
    /// When the journal is not whole, so that a later `--resume` would not know of all that was done.
    pub(super) fn finish(self, report: &Report) -> std::io::Result<()> {
        let Some(state) = self.state else { return Ok(()) };
        let journal = match state.trouble.into_inner() {
            Some(trouble) => Err(trouble),
            None => state.journal.into_inner().finish(),
        };
        let success = report.last_success_at.map_or(Ok(()), |time| state.folder.set_last_success(time));
        journal.and(success)
    }
}

fn earlier(folder: &StateFolder) -> Result<Option<Earlier>, Refusal> {
    Earlier::read(folder).map_err(|mistake| {
        let text = format!(
            "the journal {} cannot be read: {}. Run the job without --resume; all accounts are attempted then",
            shown(&mistake.path.display().to_string()),
            mistake.problem
        );
        (text, Exit::BadInput)
    })
}

/// Says what a resumed run does not do again.
pub(super) fn say_resumed(job: &Job, keeping: &Keeping) {
    let (selected, to_do) = (job.selected(), keeping.to_do(job));
    say(&match selected - to_do {
        0 => "Nothing is kept of an earlier run; all accounts are attempted.".to_owned(),
        kept => format!("Resumed: {kept} of {selected} accounts have their verdict already."),
    });
}
