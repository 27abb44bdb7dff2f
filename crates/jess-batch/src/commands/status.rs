//! `status`: whether the accounts of a job are ready. Changes nothing.

use jiff::Timestamp;

use super::connect::{connect, ending, report_unreachable, service_facts};
use super::error::CommandError;
use super::load::load;
use super::log;
use super::print::print_error;
use super::rerun::run_after_status;
use super::runtime::{block_on, until_second_signal};
use crate::batch::{Batch, Event, Goal, ServiceInfo, Stop, not_started};
use crate::cli::{OutputArguments, StatusArguments};
use crate::console::{Progress, data_line, job_error, shown, status_table, status_text};
use crate::job::{Job, ReportTarget};
use crate::outcome::ExitCode;
use crate::report::{JobFacts, Mode, REHEARSAL, Report, Times, write};
use crate::state::EarlierRefusals;

pub(super) fn status(
    arguments: &StatusArguments,
    output: &OutputArguments,
) -> Result<ExitCode, CommandError> {
    log::start(&arguments.work, output, &arguments.job)?;
    let jobs = load(&arguments.job, &arguments.overrides())?;
    let stop = Stop::default();
    block_on(until_second_signal(&stop, output.quiet, async {
        let mut exit_code = ExitCode::Success;
        for job in jobs.iter().take_while(|_| stop.requested().is_none()) {
            let ended = status_of(job, arguments, output.quiet, &stop).await.unwrap_or_else(|error| {
                print_error(&error);
                error.exit_code()
            });
            exit_code = exit_code.max(ended);
        }
        Ok(exit_code)
    }))?
}

async fn status_of(
    job: &Job,
    arguments: &StatusArguments,
    quiet: bool,
    stop: &Stop,
) -> Result<ExitCode, CommandError> {
    let (client, sandbox) = connect(job).await?;
    if sandbox.is_some() {
        crate::console::status(REHEARSAL);
    }
    let progress = Progress::new(arguments.work.progress, quiet, job.selected());
    let listener = |event: Event<'_>| progress.listen(&event);
    let no_prior = vec![None; job.accounts.len()];
    let started_at = Timestamp::now();
    let batch = Batch::start(job, &client, Goal::Check, None, stop, &listener).await;
    let (service, mut accounts) = match &batch {
        Err(why) => {
            report_unreachable(job, &client, why);
            (ServiceInfo::default(), not_started(job, &no_prior, Goal::Check, why))
        }
        Ok(batch) => (batch.service().clone(), batch.run(&no_prior).await),
    };
    progress.end();
    let facts = service_facts(job, &client, service);
    let earlier = EarlierRefusals::read(job, arguments.work.state_dir.as_deref());
    for account in &mut accounts {
        account.refused_earlier = earlier.contain(account, &facts.url);
    }
    let times = Times { started_at, finished_at: Timestamp::now(), last_success: None };
    let job_facts = JobFacts::of(&job.settings);
    let mut report = Report::new(Mode::Status, job_facts, facts, times, ending(&batch, stop), accounts);
    report.rerun = run_after_status(job);
    let silent = batch.is_err() || (quiet && report.exit_code() == ExitCode::Success);
    finish(job, &report, arguments.long, silent)
}

/// Prints the table, or the JSON where that was asked for, and what to do.
fn finish(job: &Job, report: &Report, long: bool, silent: bool) -> Result<ExitCode, CommandError> {
    let mut exit_code = report.exit_code();
    let targets = &job.settings.reports;
    if !silent && !targets.contains(&ReportTarget::StandardOutput) {
        data_line(&status_table(report, long))?;
    }
    for target in targets {
        if let Err(error) = write(report, target) {
            let target = shown(&target.to_string());
            job_error(&job.settings.source, &format!("the report {target} cannot be written: {error}"));
            exit_code = exit_code.max(ExitCode::SomeFailed);
        }
    }
    if !silent {
        crate::console::status(&status_text(report));
    }
    Ok(exit_code)
}
