//! What the log says about a run: when it begins and ends, how each account ended, and pauses.
//!
//! Users build on the names of the fields; the documentation lists them.

use std::cell::Cell;
use std::time::Instant;

use tracing::{info, warn};

use crate::batch::{Event, WaitReason};
use crate::job::Job;
use crate::outcome::AccountResult;
use crate::report::Report;

/// The target of these lines, whatever this file is called.
const RUN: &str = "jess_batch::run";

/// Listens to a run and logs what matters.
pub struct RunLog {
    job: String,
    /// All accounts meet a pause; it is logged once.
    paused_until: Cell<Option<Instant>>,
}

impl RunLog {
    /// Logs that the run of a job begins.
    pub fn begin(job: &Job, service: &str) -> Self {
        let selected = job.selected();
        let job = job.settings.source.to_string();
        info!(target: RUN, job, selected, service, "run begins");
        Self { job, paused_until: Cell::new(None) }
    }

    /// Logs an event, if it matters.
    pub fn listen(&self, event: &Event<'_>) {
        match event {
            Event::Waiting { reason: WaitReason::Hold, wait, .. } => {
                let now = Instant::now();
                if self.paused_until.get().is_none_or(|until| until <= now) {
                    self.paused_until.set(Some(now + *wait));
                    let wait_ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
                    // It is about everybody, not about the account that met it.
                    warn!(target: RUN, parent: None, wait_ms, "the service asked to wait");
                }
            }
            Event::Waiting { .. } => {}
            Event::Finished { result } => log_result(result),
        }
    }

    /// Logs that the run has ended, with its totals.
    pub fn end(&self, report: &Report) {
        let totals = &report.totals;
        info!(
            target: RUN,
            job = self.job,
            exit_code = report.exit_code().number(),
            duration_ms = report.duration_ms,
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

fn log_result(result: &AccountResult) {
    let AccountResult { name, requests, duration_ms, detail, .. } = result;
    let outcome = result.outcome.word();
    if result.is_good() {
        info!(target: RUN, account = name, outcome, requests, duration_ms, "account ended");
    } else {
        let not_ready = result.not_ready_phrase();
        warn!(target: RUN, account = name, outcome, requests, duration_ms, detail, not_ready, "account ended");
    }
}
