//! `status`: how the accounts of a job stand. Reads only, and changes nothing.

use jiff::Timestamp;

use super::load::load;
use super::log::log;
use super::runtime::{block_on, until_second_signal};
use super::service::{connect, say_unreachable, service_facts};
use crate::batch::{Batch, Event, Reached, Signal, Stop, nobody_asked, status as status_batch};
use crate::cli::StatusArguments;
use crate::console::{Progress, ProgressMode, give, say, shown, status_table, status_troubles};
use crate::job::{Job, ReportTarget};
use crate::report::{Exit, Format, REHEARSAL, StatusJob, StatusReport, StopReason, write_status};

pub(crate) fn status(arguments: &StatusArguments) -> Exit {
    if let Err(exit) = log(&arguments.log, &arguments.job) {
        return exit;
    }
    let jobs = match load(&arguments.job, &arguments.choices()) {
        Ok(jobs) => jobs,
        Err(exit) => return exit,
    };
    let json_only = |target: &ReportTarget| match target {
        ReportTarget::StandardOutput => true,
        ReportTarget::File { format, .. } => *format == Format::Json,
    };
    if !jobs.iter().all(|job| job.reports.iter().all(json_only)) {
        say("error: --report: status writes JSON only; end the name with .json");
        return Exit::BadInput;
    }
    let stop = Stop::new();
    block_on(until_second_signal(&stop, false, async {
        let mut exit = Exit::Success;
        for job in jobs.iter().take_while(|_| stop.requested().is_none()) {
            exit = exit.max(status_of(job, arguments.progress, &stop).await);
        }
        exit
    }))
}

async fn status_of(job: &Job, progress: ProgressMode, stop: &Stop) -> Exit {
    let (client, sandbox) = match connect(job).await {
        Ok(connected) => connected,
        Err(problem) => {
            say(&format!("error: {}: {problem}.", shown(&job.source.to_string())));
            return Exit::BadInput;
        }
    };
    if sandbox.is_some() {
        say(REHEARSAL);
    }
    let progress = Progress::new(progress, false, job.selected());
    let tell = |event: Event<'_>| progress.listen(&event);
    let asked_at = Timestamp::now();
    let batch = Batch::start(job, &client, None, stop, &tell).await;
    let (reached, accounts) = match &batch {
        Err(error) => {
            say_unreachable(job, &client, error);
            (Reached::default(), nobody_asked(job, StopReason::ServiceDown))
        }
        Ok(batch) => (batch.reached.clone(), status_batch(batch).await),
    };
    progress.end();
    let facts = StatusJob { name: job.name.clone(), file: job.source.to_string() };
    let service = service_facts(&client, sandbox.is_some(), reached);
    let interrupted = stop.requested().map(Signal::exit);
    let report = StatusReport::new(facts, service, asked_at, interrupted, accounts);
    finish(job, &report, batch.is_ok())
}

/// Gives the table, or the JSON where that was asked for, and says what can be done.
fn finish(job: &Job, report: &StatusReport, anybody_asked: bool) -> Exit {
    let mut exit = report.exit();
    if anybody_asked
        && !job.reports.contains(&ReportTarget::StandardOutput)
        && give(&status_table(report)).is_err()
    {
        exit = exit.max(Exit::SomeFailed);
    }
    for target in &job.reports {
        if let Err(error) = write_status(report, target) {
            say(&format!(
                "error: {}: the report could not be written: {error}",
                shown(&job.source.to_string())
            ));
            exit = exit.max(Exit::SomeFailed);
        }
    }
    if anybody_asked {
        say(&status_troubles(report));
    }
    exit
}
