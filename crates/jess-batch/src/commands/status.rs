//! `status`: how the accounts of a job stand. Reads only, and changes nothing.

use std::path::Path;

use jiff::Timestamp;

use super::keeping::refusals;
use super::load::load;
use super::log::log;
use super::runtime::{block_on, until_second_signal};
use super::service::{connect, ending, say_unreachable, service_facts};
use crate::batch::{Batch, Event, NotStarted, Reached, Stop, status as status_batch, unknown};
use crate::cli::StatusArguments;
use crate::console::{Progress, give, misuse, say, shown, status_table, status_troubles, trouble};
use crate::job::{Format, Job, ReportTarget};
use crate::report::{Exit, REHEARSAL, StatusJob, StatusReport, write_status};

pub(crate) fn status(arguments: &StatusArguments) -> Exit {
    if let Err(exit) = log(&arguments.log, &arguments.job) {
        return exit;
    }
    let can_be_written =
        |name: &String| name == "-" || Format::of(Path::new(name)).is_some_and(Format::can_show_status);
    if !arguments.report.iter().all(can_be_written) {
        misuse("--report: status writes JSON or CSV; end the name with .json or .csv");
        return Exit::BadInput;
    }
    let jobs = match load(&arguments.job, &arguments.choices()) {
        Ok(jobs) => jobs,
        Err(exit) => return exit,
    };
    let stop = Stop::new();
    block_on(until_second_signal(&stop, arguments.quiet, async {
        let mut exit = Exit::Success;
        for job in jobs.iter().take_while(|_| stop.requested().is_none()) {
            exit = exit.max(status_of(job, arguments, &stop).await);
        }
        exit
    }))
}

async fn status_of(job: &Job, arguments: &StatusArguments, stop: &Stop) -> Exit {
    let (client, sandbox) = match connect(job).await {
        Ok(connected) => connected,
        Err(problem) => {
            trouble(&job.source, &problem);
            return Exit::BadInput;
        }
    };
    if sandbox.is_some() {
        say(REHEARSAL);
    }
    let progress = Progress::new(arguments.progress, arguments.quiet, job.selected());
    let tell = |event: Event<'_>| progress.listen(&event);
    let asked_at = Timestamp::now();
    let batch = Batch::start(job, &client, None, stop, &tell).await;
    let (reached, mut accounts) = match &batch {
        Err(why) => {
            if let NotStarted::ServiceDown(error) = why {
                say_unreachable(job, &client, error);
            }
            (Reached::default(), unknown(job, why))
        }
        Ok(batch) => (batch.reached.clone(), status_batch(batch).await),
    };
    progress.end();
    let facts = StatusJob { name: job.name.clone(), file: job.source.to_string() };
    let service = service_facts(job, &client, reached);
    let refusals = refusals(job, &arguments.state);
    for account in &mut accounts {
        account.refused_before = refusals.contain(account, &service.url);
    }
    let report = StatusReport::new(facts, service, asked_at, ending(&batch, stop), accounts);
    let silent = batch.is_err() || (arguments.quiet && report.exit() == Exit::Success);
    finish(job, &report, silent)
}

/// Gives the table, or the JSON where that was asked for, and says what can be done.
fn finish(job: &Job, report: &StatusReport, silent: bool) -> Exit {
    let mut exit = report.exit();
    if !silent && !job.reports.contains(&ReportTarget::StandardOutput) {
        exit = exit.max(give(&status_table(report)));
    }
    for target in &job.reports {
        if let Err(error) = write_status(report, target) {
            let target = shown(&target.to_string());
            trouble(&job.source, &format!("the report {target} could not be written: {error}"));
            exit = exit.max(Exit::SomeFailed);
        }
    }
    if !silent {
        say(&status_troubles(report));
    }
    exit
}
