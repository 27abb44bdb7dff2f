//! The journal of a job's latest run: every verdict, written as it is reached, so that a run which was cut short
//! can be taken up.
//!
//! It is a text file of JSON lines: who was to be done, then one line for each account that ended, then one that says
//! that the run came to its end. It holds no password.

use std::collections::{HashMap, HashSet};
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::PathBuf;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread;

use ensims_client::Api;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::folder::StateFolder;
use crate::batch::Kept;
use crate::job::{Account, Job, Verify};
use crate::report::{AccountReport, Outcome};

const NAME: &str = "journal.jsonl";
/// Of the journal's form. Another one cannot be read.
const VERSION: u32 = 1;
/// The service's words are kept up to this length, in characters.
const LONGEST_MESSAGE: usize = 300;

/// Which account a verdict is about.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
struct Key {
    email: String,
    jess_username: String,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "line", rename_all = "kebab-case")]
enum Line {
    Begin {
        version: u32,
        service: String,
        verify: Verify,
        started_at: Timestamp,
        /// The accounts that the run is to do, those included that it need not do again.
        planned: Vec<Key>,
    },
    Account {
        #[serde(flatten)]
        key: Key,
        verdict: Verdict,
        #[serde(skip_serializing_if = "Option::is_none")]
        message: Option<String>,
    },
    Finished {
        at: Timestamp,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Verdict {
    /// Updated or unchanged, and ready where that was asked.
    Done,
    RefusedByEnsims,
    RefusedByJess,
    /// Attempted, without a verdict or not ready.
    Open,
}

/// What the journal tells of earlier runs.
#[derive(Debug)]
pub(crate) struct Earlier {
    service: String,
    verify: Verify,
    planned: HashSet<Key>,
    verdicts: HashMap<Key, (Verdict, Option<String>)>,
    finished: bool,
}

/// A journal that cannot be read.
#[derive(Debug)]
pub(crate) struct JournalMistake {
    pub(crate) path: PathBuf,
    pub(crate) problem: String,
}

impl Earlier {
    /// Reads the journal of a job, if there is one. A last line that was cut short counts as not written.
    pub(crate) fn read(folder: &StateFolder) -> Result<Option<Self>, JournalMistake> {
        let path = folder.path(NAME);
        let text = match fs::read(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(JournalMistake { path, problem: error.to_string() }),
        };
        Self::parse(&text).map_err(|problem| JournalMistake { path, problem }).map(Some)
    }

    fn parse(text: &[u8]) -> Result<Self, String> {
        let mut lines = text.split_inclusive(|byte| *byte == b'\n').enumerate().peekable();
        let mut earlier: Option<Self> = None;
        while let Some((index, line)) = lines.next() {
            let torn = lines.peek().is_none() && !line.ends_with(b"\n");
            let line = match serde_json::from_slice(line) {
                Ok(line) => line,
                Err(_) if torn => break,
                Err(_) => return Err(format!("line {} is damaged", index + 1)),
            };
            match (line, &mut earlier) {
                (Line::Begin { version, service, verify, planned, .. }, None) if version == VERSION => {
                    let planned = planned.into_iter().collect();
                    let verdicts = HashMap::new();
                    earlier = Some(Self { service, verify, planned, verdicts, finished: false });
                }
                (Line::Begin { version, .. }, None) => {
                    return Err(format!(
                        "it is of version {version}, and this program writes version {VERSION}"
                    ));
                }
                (Line::Account { key, verdict, message }, Some(earlier)) => {
                    earlier.verdicts.insert(key, (verdict, message));
                }
                (Line::Finished { .. }, Some(earlier)) => earlier.finished = true,
                _ => return Err(format!("line {} is out of place", index + 1)),
            }
        }
        earlier.ok_or_else(|| "it is empty".to_owned())
    }

    /// Whether it is about the service at this address.
    pub(crate) fn is_of(&self, service: &str) -> bool {
        self.service == service
    }

    /// The verdicts that count for a job, one entry for each of its accounts. A finished run leaves only its successes:
    /// what was refused then may have been mended since.
    pub(crate) fn kept(&self, job: &Job) -> Vec<Option<Kept>> {
        let looked_closely_enough = self.verify >= job.verify;
        let kept = |account: &Account| {
            let (verdict, message) = self.verdicts.get(&Key::of(account))?;
            let refused = |by| Kept::Refused { by, message: message.clone().unwrap_or_default() };
            match verdict {
                Verdict::Done if looked_closely_enough => Some(Kept::Done),
                Verdict::RefusedByEnsims if !self.finished => Some(refused(Api::Ensims)),
                Verdict::RefusedByJess if !self.finished => Some(refused(Api::Jess)),
                _ => None,
            }
        };
        job.accounts.iter().map(kept).collect()
    }

    /// Whether an unfinished run was to do this account.
    fn still_plans(&self, account: &Account) -> bool {
        !self.finished && self.planned.contains(&Key::of(account))
    }
}

/// The journal of the run that is going on.
#[derive(Debug)]
pub(crate) struct Journal {
    file: File,
    /// Wakes the thread that brings the file to the disk; it would hold the run up.
    wake: SyncSender<()>,
    /// Accounts without a line so far.
    open: HashSet<Key>,
}

impl Journal {
    /// Begins the journal of a run, in place of that of the run before; what is kept of that one comes first.
    pub(crate) fn begin(
        folder: &StateFolder,
        job: &Job,
        service: &str,
        earlier: Option<&Earlier>,
        kept: &[Option<Kept>],
    ) -> io::Result<Self> {
        let planned: Vec<Key> = job
            .accounts
            .iter()
            .filter(|account| account.selected || earlier.is_some_and(|earlier| earlier.still_plans(account)))
            .map(Key::of)
            .collect();
        let mut open: HashSet<Key> = planned.iter().cloned().collect();
        let begin = Line::Begin {
            version: VERSION,
            service: service.to_owned(),
            verify: job.verify,
            started_at: Timestamp::now(),
            planned,
        };
        let file = folder.replace(NAME, |file| {
            let mut file = BufWriter::new(file);
            write_line(&mut file, &begin)?;
            for (account, kept) in job.accounts.iter().zip(kept) {
                if let Some(kept) = kept {
                    open.remove(&Key::of(account));
                    write_line(&mut file, &Line::kept(account, kept))?;
                }
            }
            file.flush()
        })?;
        let wake = syncing(file.try_clone()?)?;
        Ok(Self { file, wake, open })
    }

    /// Writes down how an account ended. One that was stopped has not ended.
    pub(crate) fn note(&mut self, account: &AccountReport) -> io::Result<()> {
        let verdict = match &account.outcome {
            Outcome::Stopped { .. } | Outcome::Skipped { .. } => return Ok(()),
            Outcome::Updated | Outcome::Unchanged if account.is_good() => Verdict::Done,
            Outcome::Updated | Outcome::Unchanged | Outcome::Failed { .. } => Verdict::Open,
            Outcome::Refused { refused_by: Api::Ensims } => Verdict::RefusedByEnsims,
            Outcome::Refused { refused_by: Api::Jess } => Verdict::RefusedByJess,
        };
        let key = Key { email: account.email.to_lowercase(), jess_username: account.jess_username.clone() };
        self.open.remove(&key);
        let refused = matches!(account.outcome, Outcome::Refused { .. });
        let message = account.service_message.as_deref().filter(|_| refused).map(shortened);
        write_line(&mut self.file, &Line::Account { key, verdict, message })?;
        // The thread being busy means that it will bring this line to the disk next.
        let _ = self.wake.try_send(());
        Ok(())
    }

    /// Writes down that the run came to its end, unless an account has no verdict yet.
    pub(crate) fn finish(mut self) -> io::Result<()> {
        if self.open.is_empty() {
            write_line(&mut self.file, &Line::Finished { at: Timestamp::now() })?;
        }
        self.file.sync_all()
    }
}

impl Key {
    fn of(account: &Account) -> Self {
        Self {
            email: account.ensims.email().to_lowercase(),
            jess_username: account.jess.username().to_owned(),
        }
    }
}

impl Line {
    fn kept(account: &Account, kept: &Kept) -> Self {
        let (verdict, message) = match kept {
            Kept::Done => (Verdict::Done, None),
            Kept::Refused { by: Api::Ensims, message } => (Verdict::RefusedByEnsims, Some(message.clone())),
            Kept::Refused { by: Api::Jess, message } => (Verdict::RefusedByJess, Some(message.clone())),
        };
        Self::Account { key: Key::of(account), verdict, message }
    }
}

fn shortened(message: &str) -> String {
    message.chars().take(LONGEST_MESSAGE).collect()
}

/// One line in one write, so that a kill leaves it out or whole.
fn write_line(file: &mut impl Write, line: &Line) -> io::Result<()> {
    let mut text = serde_json::to_vec(line)?;
    text.push(b'\n');
    file.write_all(&text)
}

/// A thread that brings what was written to the disk each time it is woken.
fn syncing(file: File) -> io::Result<SyncSender<()>> {
    let (wake, woken) = sync_channel(1);
    thread::Builder::new().name("journal".to_owned()).spawn(move || {
        while woken.recv().is_ok() {
            // An error shows again when the run ends and the file is synced for the last time.
            let _ = file.sync_data();
        }
    })?;
    Ok(wake)
}
