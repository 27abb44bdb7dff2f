//! The journal of the run that is going on: every verdict, written as it is reached, so that a run which is cut short
//! can be taken up.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread::{self, JoinHandle};

use ensims_client::Api;
use jiff::Timestamp;

use super::earlier::Earlier;
use super::folder::StateFolder;
use super::line::{Key, Line, VERSION, Verdict};
use crate::batch::Kept;
use crate::job::{Job, Verify};
use crate::report::{AccountReport, Outcome};

pub(super) const NAME: &str = "journal.jsonl";
/// The service's words are kept up to this length, in characters.
const LONGEST_MESSAGE: usize = 300;

/// An open journal.
#[derive(Debug)]
pub(crate) struct Journal {
    file: File,
    /// Brings the file to the disk, which would hold the run up.
    syncing: Option<Syncing>,
    /// Whether a line could not be written. Half a line must be the last one, so none follows.
    is_broken: bool,
    service: String,
    verify: Verify,
    /// Planned accounts without a verdict so far.
    open: BTreeSet<Key>,
}

impl Journal {
    /// Begins the journal of a run, in place of that of the run before. What the run before leaves to a run that resumes
    /// it comes first, also of accounts and services that are not this run's; `kept` is what counts for this run.
    pub(crate) fn begin(
        folder: &StateFolder,
        job: &Job,
        service: &str,
        earlier: &Earlier,
        kept: &[Option<Kept>],
    ) -> io::Result<Self> {
        let present: BTreeSet<Key> = job.accounts.iter().map(|account| Key::of(account, service)).collect();
        let selected = job.accounts.iter().zip(kept).filter(|(account, _)| account.is_selected());
        let to_do = selected.filter(|(_, kept)| kept.is_none());
        let mut open: BTreeSet<Key> = to_do.map(|(account, _)| Key::of(account, service)).collect();
        // What an unfinished run left is still to be done, but for accounts that are no longer in the job.
        let left = earlier.left().filter(|key| present.contains(&key.at(service)));
        open.extend(left.cloned());
        let planned = open.iter().cloned().collect();
        let begin = Line::Begin { version: VERSION, started_at: Timestamp::now(), planned };
        let file = folder.replace(NAME, |file| {
            let mut file = BufWriter::new(file);
            write_line(&mut file, &begin)?;
            for (key, verdict) in &earlier.verdicts {
                write_line(&mut file, &Line::Account { key: key.clone(), verdict: verdict.clone() })?;
            }
            file.flush()
        })?;
        let syncing = Some(Syncing::start(file.try_clone()?)?);
        Ok(Self { file, syncing, is_broken: false, service: service.to_owned(), verify: job.verify, open })
    }

    /// Writes down how an account ended. One that was stopped has not ended.
    ///
    /// # Errors
    /// When it cannot be written; the journal is left as it is from then on, and later calls do nothing.
    pub(crate) fn note(&mut self, account: &AccountReport) -> io::Result<()> {
        if self.is_broken {
            return Ok(());
        }
        let message = || shortened(account.service_message.as_deref().unwrap_or_default());
        let verdict = match &account.outcome {
            Outcome::Stopped { .. } | Outcome::Skipped { .. } => return Ok(()),
            Outcome::Updated | Outcome::Unchanged if account.is_good() => {
                Verdict::Done { verify: self.verify }
            }
            Outcome::Updated | Outcome::Unchanged | Outcome::Failed { .. } => Verdict::Open,
            Outcome::Refused { refused_by: Api::Ensims } => Verdict::RefusedByEnsims { message: message() },
            Outcome::Refused { refused_by: Api::Jess } => Verdict::RefusedByJess { message: message() },
        };
        let key = Key::of_report(account, &self.service);
        self.open.remove(&key);
        let written = write_line(&mut self.file, &Line::Account { key, verdict });
        self.is_broken = written.is_err();
        if let Some(syncing) = &self.syncing {
            syncing.wake();
        }
        written
    }

    pub(crate) fn is_broken(&self) -> bool {
        self.is_broken
    }

    /// Waits until all that was written is on the disk.
    ///
    /// # Errors
    /// When that cannot be, unless a call before has had an error already.
    pub(crate) fn settle(&mut self) -> io::Result<()> {
        let synced = self.syncing.take().map_or(Ok(()), Syncing::end);
        if self.is_broken {
            return Ok(());
        }
        self.is_broken = synced.is_err();
        synced
    }

    /// Writes down that the run came to its end, unless an account has no verdict yet.
    pub(crate) fn finish(mut self) -> io::Result<()> {
        if self.is_broken || !self.open.is_empty() {
            return Ok(());
        }
        write_line(&mut self.file, &Line::Finished { at: Timestamp::now() })?;
        self.file.sync_all()
    }
}

/// A thread that brings a file to the disk each time it is woken.
#[derive(Debug)]
struct Syncing {
    wake: SyncSender<()>,
    thread: JoinHandle<io::Result<()>>,
}

impl Syncing {
    fn start(file: File) -> io::Result<Self> {
        let (wake, woken) = sync_channel(1);
        let thread = thread::Builder::new().name("journal".to_owned());
        // An error is told once by the system, so it must not be lost.
        let thread = thread.spawn(move || woken.iter().try_for_each(|()| file.sync_data()))?;
        Ok(Self { wake, thread })
    }

    fn wake(&self) {
        // Being busy, it has a call waiting that will do for this one; having ended, it has an error to tell.
        let _ = self.wake.try_send(());
    }

    fn end(self) -> io::Result<()> {
        drop(self.wake);
        self.thread.join().unwrap_or_else(|_| Err(io::Error::other("the thread that writes it broke down")))
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
