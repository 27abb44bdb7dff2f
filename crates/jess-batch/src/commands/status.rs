//! `status`: whether the accounts of a job are ready. Changes nothing.

use jiff::Timestamp;

use super::connect::connect;
use super::error::{CommandError, CommandResult};
use super::finish::{service_facts, write_reports};
use super::load::{read_jobs, resolve};
use super::rerun::run_after_status;
use super::runtime::{for_each_job, start_logging};
use crate::batch::{Batch, BatchResult, Ending, Event, Goal, Stop};
use crate::cli::{OutputArguments, StatusArguments};
use crate::console::{
    self, Progress, Stream, data_line, print_unreachable, print_written, status_table, status_text,
};
use crate::job::{Job, ReportTarget};
use crate::outcome::ExitCode;
use crate::report::{JobFacts, Mode, Report, Times};
use crate::state::EarlierVerdicts;

pub(super) fn status(arguments: &StatusArguments, output: &OutputArguments) -> CommandResult {
    let jobs = read_jobs(&arguments.job, &arguments.overrides());
    let log = start_logging(&arguments.work, output, jobs.as_deref().ok())?;
    let jobs = resolve(jobs?)?;
    let stop = Stop::default();
    let work = &async |job: &Job| status_of(job, arguments, output.quiet, &stop).await;
    for_each_job(&jobs, log.as_deref(), &stop, output.quiet, work)
}

async fn status_of(job: &Job, arguments: &StatusArguments, quiet: bool, stop: &Stop) -> CommandResult {
    let earlier = EarlierVerdicts::read(job, arguments.work.state_dir.as_deref());
    let (client, _sandbox) = connect(job, |account| earlier.were_done(job, account)).await?;
    let progress = Progress::new(arguments.work.progress, quiet, job.selected());
    let listener = |event: Event<'_>| progress.listen(&event);
    let no_prior = vec![None; job.accounts.len()];
    let started_at = Timestamp::now();
    let batch = Batch::start(job, &client, Goal::Check, &no_prior, None, stop, &listener).await;
    let facts = service_facts(job, &client, &batch);
    let BatchResult { accounts: mut results, ending } = batch.run().await;
    progress.end();
    for (result, account) in results.iter_mut().zip(&job.accounts) {
        result.refused_earlier = earlier.were_refused(job, account);
    }
    let times = Times { started_at, finished_at: Timestamp::now(), last_success: None };
    let job_facts = JobFacts::of(&job.settings);
    let mut report = Report::new(Mode::Status, job_facts, facts, times, &ending, results);
    report.rerun = run_after_status(job, &arguments.job);
    let written = write_reports(job, &mut report);
    if quiet && report.exit_code() == ExitCode::Success {
        return Ok(report.exit_code());
    }
    match &ending {
        Ending::Unreachable(error) => print_unreachable(job, &report.service.url, error),
        _ => print_result(job, &report, arguments.long, quiet)?,
    }
    print_written(job, &written);
    Ok(report.exit_code())
}

/// Prints the table, unless standard output has the report, and what to do.
fn print_result(job: &Job, report: &Report, long: bool, quiet: bool) -> Result<(), CommandError> {
    if !job.settings.reports.contains(&ReportTarget::StandardOutput) {
        data_line(&status_table(report, long, quiet))?;
    }
    console::status(&status_text(report, Stream::Err));
    Ok(())
}
