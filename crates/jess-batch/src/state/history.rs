//! The run history in progress: every verdict is written as it is reached, so that a run that is cut short can be
//! continued.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread::{self, JoinHandle};

use ensims_client::Api;
use jiff::Timestamp;

use super::folder::StateFolder;
use super::previous_run::{FILE_NAME, PreviousRun};
use super::record::{Key, Record, VERSION, Verdict};
use crate::batch::PriorVerdict;
use crate::job::{Job, Verify};
use crate::outcome::{AccountResult, Outcome};

/// The service's words are kept up to this length, in characters.
const MAX_MESSAGE: usize = 300;

/// The run history of a run in progress.
#[derive(Debug)]
pub(super) struct RunHistory {
    file: File,
    /// Brings the file to the disk, which would hold up the run.
    sync: Option<SyncThread>,
    /// Whether a line could not be written. Half a line must be the last one, so none follows.
    is_broken: bool,
    service: String,
    verify: Verify,
    /// Planned accounts without a verdict so far.
    open: BTreeSet<Key>,
}

impl RunHistory {
    /// Begins the history of a run, in place of that of the previous run. What the previous run leaves to a run that
    /// continues it comes first, also about accounts and services that are not this run's. `prior` is what counts for
    /// this run.
    pub(super) fn begin(
        folder: &StateFolder,
        job: &Job,
        service: &str,
        previous: &PreviousRun,
        prior: &[Option<PriorVerdict>],
    ) -> io::Result<Self> {
        let (mut present, mut open) = (BTreeSet::new(), BTreeSet::new());
        for (account, prior) in job.accounts.iter().zip(prior) {
            let key = Key::of(account, service);
            if account.is_selected() && prior.is_none() {
                open.insert(key.clone());
            }
            present.insert(key);
        }
        // What an unfinished run left is still to be done, unless the account is no longer in the job.
        open.extend(previous.remaining().filter(|key| present.contains(&key.at(service))).cloned());
        let begin = Record::Begin { version: VERSION, started_at: Timestamp::now(), planned: open.clone() };
        let file = folder.replace(FILE_NAME, |file| {
            let mut file = BufWriter::new(file);
            write_line(&mut file, &begin)?;
            for (key, verdict) in &previous.verdicts {
                write_line(&mut file, &Record::Account { key: key.clone(), verdict: verdict.clone() })?;
            }
            file.flush()
        })?;
        let sync = Some(SyncThread::start(file.try_clone()?)?);
        let verify = job.settings.verify;
        Ok(Self { file, sync, is_broken: false, service: service.to_owned(), verify, open })
    }

    /// Writes down how an account ended. One that was stopped or skipped has not ended.
    ///
    /// # Errors
    /// When it cannot be written. The history is left as it is from then on, and later calls do nothing.
    pub(super) fn record(&mut self, result: &AccountResult) -> io::Result<()> {
        if self.is_broken {
            return Ok(());
        }
        let Some(verdict) = self.verdict(result) else { return Ok(()) };
        let key = Key::of_result(result, &self.service);
        self.open.remove(&key);
        let written = write_line(&mut self.file, &Record::Account { key, verdict });
        self.is_broken = written.is_err();
        if let Some(sync) = &self.sync {
            sync.wake();
        }
        written
    }

    fn verdict(&self, result: &AccountResult) -> Option<Verdict> {
        let message = result.service_message.as_ref();
        let message = message.map(|message| message.chars().take(MAX_MESSAGE).collect());
        match &result.outcome {
            Outcome::Stopped { .. } | Outcome::Skipped { .. } | Outcome::Checked => None,
            Outcome::Updated | Outcome::Unchanged if result.is_good() => {
                Some(Verdict::Done { verify: self.verify })
            }
            Outcome::Updated | Outcome::Unchanged | Outcome::Failed { .. } => Some(Verdict::Open),
            Outcome::Refused { refused_by: Api::Ensims } => Some(Verdict::RefusedByEnsims { message }),
            Outcome::Refused { refused_by: Api::Jess } => Some(Verdict::RefusedByJess { message }),
        }
    }

    pub(super) fn is_broken(&self) -> bool {
        self.is_broken
    }

    /// Waits until everything that was written is on the disk.
    ///
    /// # Errors
    /// When that fails, unless an earlier call has returned an error already.
    pub(super) fn settle(&mut self) -> io::Result<()> {
        let synced = self.sync.take().map_or(Ok(()), SyncThread::end);
        if self.is_broken {
            return Ok(());
        }
        self.is_broken = synced.is_err();
        synced
    }

    /// Writes down that the run is finished, unless an account has no verdict yet.
    pub(super) fn finish(mut self) -> io::Result<()> {
        if self.is_broken || !self.open.is_empty() {
            return Ok(());
        }
        write_line(&mut self.file, &Record::Finished { at: Timestamp::now() })?;
        self.file.sync_all()
    }
}

/// A thread that brings a file to the disk each time it is woken.
#[derive(Debug)]
struct SyncThread {
    wake: SyncSender<()>,
    thread: JoinHandle<io::Result<()>>,
}

impl SyncThread {
    fn start(file: File) -> io::Result<Self> {
        let (wake, woken) = sync_channel(1);
        let thread = thread::Builder::new().name("run-history".to_owned());
        // The system reports an error once, so it must not be lost.
        let thread = thread.spawn(move || woken.iter().try_for_each(|()| file.sync_data()))?;
        Ok(Self { wake, thread })
    }

    fn wake(&self) {
        // A busy thread has a call pending that also covers this one; one that has ended has an error to return.
        let _ = self.wake.try_send(());
    }

    fn end(self) -> io::Result<()> {
        drop(self.wake);
        self.thread.join().unwrap_or_else(|_| Err(io::Error::other("the thread that syncs it panicked")))
    }
}

/// One line in one write, so that a kill leaves it out or leaves it whole.
fn write_line(file: &mut impl Write, record: &Record) -> io::Result<()> {
    let mut text = serde_json::to_vec(record)?;
    text.push(b'\n');
    file.write_all(&text)
}
