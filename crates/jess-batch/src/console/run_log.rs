//! What the log says of a run: when it begins and ends, how each account ended, and pauses.
//!
//! The names of the fields are part of what users build on; the README lists them.

use std::cell::Cell;
use std::time::Instant;

use tracing::{info, warn};

use crate::batch::{Event, WaitReason};
use crate::job::Job;
use crate::report::{AccountReport, Exit, Totals};

/// Where these lines come from, whatever this file is called.
const RUN: &str = "jess_batch::run";

/// Listens to a run and logs what matters of it.
pub(crate) struct RunLog {
    job: String,
    /// All accounts meet a pause; it is told once.
    paused_until: Cell<Option<Instant>>,
}

impl RunLog {
    pub(crate) fn begin(job: &Job, service: &str) -> Self {
        let selected = job.selected();
        let job = job.source.to_string();
        info!(target: RUN, job, selected, service, "run begins");
        Self { job, paused_until: Cell::new(None) }
    }

    pub(crate) fn listen(&self, event: &Event<'_>) {
        match event {
            Event::Waiting { reason: WaitReason::Held, wait, .. } => {
                let now = Instant::now();
                if self.paused_until.get().is_none_or(|until| until <= now) {
                    self.paused_until.set(Some(now + *wait));
                    let wait_ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
                    // It is about everyone, not about the account that happens to be at work.
                    warn!(target: RUN, parent: None, wait_ms, "the service asked to wait");
                }
            }
            Event::Waiting { .. } | Event::Looked { .. } => {}
            Event::Finished { account } => account_ended(account),
        }
    }

    pub(crate) fn end(&self, totals: &Totals, duration_ms: u64, exit: Exit) {
        info!(
            target: RUN,
            job = self.job,
            exit_code = exit as u8,
            duration_ms,
            accounts = totals.accounts,
            updated = totals.updated,
            unchanged = totals.unchanged,
            refused = totals.refused,
            failed = totals.failed,
            stopped = totals.stopped,
            skipped = totals.skipped,
            ready = totals.ready,
            "run ended"
        );
    }
}

fn account_ended(account: &AccountReport) {
    let AccountReport { name, requests, duration_ms, detail, .. } = account;
    let outcome = account.outcome.word();
    if account.is_good() {
        info!(target: RUN, account = name, outcome, requests, duration_ms, "account ended");
    } else {
        let not_ready = account.why_not_ready();
        warn!(target: RUN, account = name, outcome, requests, duration_ms, detail, not_ready, "account ended");
    }
}
