//! `run`: from validated jobs to reports.

use ensims_client::Client;
use jiff::Timestamp;

use super::connect::connect;
use super::error::{CommandError, CommandResult};
use super::finish::{service_facts, write_reports};
use super::load::{read_jobs, resolve};
use super::open::open_page;
use super::rerun::rerun;
use super::runtime::{for_each_job, start_logging};
use crate::batch::{Batch, BatchResult, Ending, Event, Goal, Stop};
use crate::cli::{OutputArguments, RunArguments};
use crate::console::{
    Progress, RunLog, Stream, job_error, print_coverage, print_previous, print_unreachable, print_unrecorded,
    print_warnings, print_written, resume_advice, status, status_wrapped, summary,
};
use crate::job::{Job, ReportTarget};
use crate::outcome::ExitCode;
use crate::report::{JobFacts, Mode, REHEARSAL, Report, Times, headline};
use crate::state::RunState;

/// The options of the command, and the signal that ends it.
#[derive(Clone, Copy)]
struct Run<'a> {
    arguments: &'a RunArguments,
    quiet: bool,
    stop: &'a Stop,
}

pub(super) fn run(arguments: &RunArguments, output: &OutputArguments) -> CommandResult {
    let jobs = read_jobs(&arguments.job, &arguments.overrides());
    let log = start_logging(&arguments.work, output, jobs.as_deref().ok())?;
    let jobs = resolve(jobs?)?;
    if let Some(job) = jobs.iter().find(|job| arguments.resume && job.settings.source.file().is_none()) {
        let problem =
            "--resume needs a job file; standard input keeps no run history. Run it without --resume";
        return Err(CommandError::of_job(job, problem));
    }
    if !output.quiet {
        for job in &jobs {
            print_warnings(&job.warnings);
        }
    }
    let stop = Stop::default();
    let run = Run { arguments, quiet: output.quiet, stop: &stop };
    for_each_job(&jobs, log.as_deref(), &stop, output.quiet, &async |job: &Job| run_one(job, run).await)
}

async fn run_one(job: &Job, run: Run<'_>) -> CommandResult {
    let (client, _sandbox) = connect(job, |_| false).await?;
    let state_dir = run.arguments.work.state_dir.as_deref();
    let state = RunState::open(job, state_dir, run.arguments.resume)
        .map_err(|error| CommandError::of_state(job, &error))?;
    if !run.quiet {
        print_previous(job, &state, run.arguments.resume);
    }
    let run_log = RunLog::begin(job, client.service().address());
    let executed = execute(job, &client, &state, run, &run_log).await?;
    let is_rehearsal = executed.report.service.sandbox;
    let exit_code = conclude(job, state, executed, run, &run_log);
    if is_rehearsal {
        status_wrapped(REHEARSAL);
    }
    Ok(exit_code)
}

/// A run that is over.
struct Executed {
    report: Report,
    ending: Ending,
    /// Whether the run history knows all of it.
    is_recorded: bool,
}

/// From the preflight to the report.
async fn execute(
    job: &Job,
    client: &Client,
    state: &RunState,
    run: Run<'_>,
    run_log: &RunLog,
) -> Result<Executed, CommandError> {
    let settings = &job.settings;
    let goal = Goal::Update { when: settings.update, verify: settings.verify };
    let started_at = Timestamp::now();
    let progress = Progress::new(run.arguments.work.progress, run.quiet, state.remaining(job));
    let listener = |event: Event<'_>| {
        if let Event::Finished { result } = &event
            && let Err(error) = state.record(result)
        {
            print_unrecorded(&error);
        }
        run_log.listen(&event);
        progress.listen(&event);
    };
    let max_failures = run.arguments.max_failures;
    let batch = Batch::start(job, client, goal, &state.prior, max_failures, run.stop, &listener).await;
    let facts = service_facts(job, client, &batch);
    if batch.has_started() {
        state.begin(job).map_err(|error| CommandError::of_state(job, &error))?;
    }
    let BatchResult { accounts, ending } = batch.run().await;
    progress.end();
    let is_recorded = settle(state);
    let times = Times { started_at, finished_at: Timestamp::now(), last_success: state.last_success };
    let mut report = Report::new(Mode::Run, JobFacts::of(settings), facts, times, &ending, accounts);
    if !is_recorded {
        report.mark_unwritten();
    }
    report.rerun = rerun(job, state.is_resumable(), run.arguments);
    Ok(Executed { report, ending, is_recorded })
}

/// Writes the reports, keeps what the next run needs, and prints how it went.
fn conclude(job: &Job, state: RunState, executed: Executed, run: Run<'_>, run_log: &RunLog) -> ExitCode {
    let Executed { mut report, ending, is_recorded } = executed;
    let quiet = run.quiet;
    let replaces = job.settings.reports.iter().any(ReportTarget::exists);
    let written = write_reports(job, &mut report);
    let replaces = replaces && written.iter().all(|(_, result)| !matches!(result, Some(Err(_))));
    let is_complete = is_recorded && matches!(ending, Ending::Complete);
    let closed = state.close(is_complete, report.last_success_at);
    let least = if closed.is_ok() { ExitCode::Success } else { ExitCode::SomeFailed };
    let exit_code = report.exit_code().max(least);
    if !quiet || exit_code != ExitCode::Success {
        if quiet {
            // A mail from cron shows nothing else of what was run.
            status(&headline(&report, &ending));
        }
        if let Ending::Unreachable(error) = &ending {
            print_unreachable(job, &report.service.url, error);
        } else {
            status(&summary(&report, Stream::Err));
            if let Some(advice) = resume_advice(&report) {
                status(&advice);
            }
        }
        print_written(job, &written);
        print_coverage(job, &report, replaces, quiet);
    }
    if let Err(error) = closed {
        job_error(&job.settings.source, &format!("the state folder cannot be written: {error}"));
    }
    run_log.end(&report);
    if run.arguments.open {
        let of_this_run = written.iter().filter(|(_, result)| matches!(result, Some(Ok(()))));
        open_page(of_this_run.map(|(target, _)| *target));
    }
    exit_code
}

/// Waits until the run history is on the disk. Returns whether all of it is.
fn settle(state: &RunState) -> bool {
    state.settle().unwrap_or_else(|error| {
        print_unrecorded(&error);
        false
    })
}
