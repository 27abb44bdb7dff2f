//! `run`: from validated jobs to reports.

use ensims_client::Client;
use jiff::Timestamp;

use super::connect::connect;
use super::error::{CommandError, CommandResult, exit_code_of, print_warnings};
use super::finish::{ending, not_begun, print_written, report_unreachable, service_facts, write_reports};
use super::load::load;
use super::rerun::rerun;
use super::runtime::{block_on_until_second_signal, start_logging};
use crate::batch::{Batch, Event, Goal, NotStarted, PriorVerdict, Stop, not_started};
use crate::cli::{OutputArguments, RunArguments};
use crate::console::{
    Progress, RunLog, Stream, count, job_error, resume_advice, status, status_wrapped, summary,
};
use crate::job::{Job, ReportTarget};
use crate::outcome::ExitCode;
use crate::report::{Ending, JobFacts, Mode, REHEARSAL, Report, Times, headline};
use crate::state::{RunState, StateError};

/// The options of the command, and the signal that ends it.
#[derive(Clone, Copy)]
struct Run<'a> {
    arguments: &'a RunArguments,
    quiet: bool,
    stop: &'a Stop,
}

pub(super) fn run(arguments: &RunArguments, output: &OutputArguments) -> CommandResult {
    start_logging(&arguments.work, output, &arguments.job)?;
    let jobs = load(&arguments.job, &arguments.overrides())?;
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
    block_on_until_second_signal(&stop, output.quiet, run_all(&jobs, run))
}

/// One job after another. The exit code is the greatest.
async fn run_all(jobs: &[Job], run: Run<'_>) -> ExitCode {
    let mut exit_code = ExitCode::Success;
    for job in jobs {
        let ended = match run.stop.requested() {
            // Its last report may be a good one, so it is left alone.
            Some(signal) => not_begun(job, signal),
            // An error of one job does not stop the others.
            None => exit_code_of(run_one(job, run).await),
        };
        exit_code = exit_code.max(ended);
    }
    exit_code
}

async fn run_one(job: &Job, run: Run<'_>) -> CommandResult {
    let (client, _sandbox) = connect(job, |_| false).await?;
    let state_dir = run.arguments.work.state_dir.as_deref();
    let state =
        RunState::open(job, state_dir, run.arguments.resume).map_err(|error| state_error(job, error))?;
    if !run.quiet {
        print_previous(job, &state, run.arguments.resume);
    }
    let run_log = RunLog::begin(job, client.service().address());
    let executed = execute(job, &client, &state, run, &run_log).await?;
    let is_rehearsal = executed.report.service.sandbox;
    let exit_code = conclude(job, &client, state, executed, run.quiet, &run_log);
    if is_rehearsal {
        status_wrapped(REHEARSAL);
    }
    Ok(exit_code)
}

fn state_error(job: &Job, error: StateError) -> CommandError {
    CommandError::State { source: job.settings.source.clone(), error }
}

/// Says what the previous run has to do with this one.
fn print_previous(job: &Job, state: &RunState, resume: bool) {
    if !resume {
        if state.previous_cut_short {
            status("The previous run was cut short. This run starts again; --resume would do only the rest.");
        }
        return;
    }
    let settled = job.selected() - state.remaining(job);
    let mut refused = 0;
    for (account, prior) in job.accounts.iter().zip(&state.prior) {
        let is_refused = matches!(prior, Some(PriorVerdict::Refused { .. }));
        refused += usize::from(account.is_selected() && is_refused);
    }
    if settled == 0 {
        status("No result of an earlier run can be reused; every selected account is attempted.");
    } else if refused == 0 {
        status(&format!("Resumed: {settled} done earlier."));
    } else {
        status(&format!(
            "Resumed: {} done and {refused} refused earlier. Nothing is sent for the refused ones; once their passwords \
             are corrected, run the job without --resume.",
            settled - refused
        ));
    }
}

/// A run that is over.
struct Executed {
    report: Report,
    ending: Ending,
    /// Why it did not get as far as the first account, if so.
    not_started: Option<NotStarted>,
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
    let batch = Batch::start(job, client, goal, max_failures, run.stop, &listener).await;
    let facts = service_facts(job, client, &batch);
    let accounts = match &batch {
        Err(why) => not_started(job, &state.prior, goal, why),
        Ok(batch) => {
            state.begin(job).map_err(|error| state_error(job, error))?;
            batch.run(&state.prior).await
        }
    };
    progress.end();
    let mut ending = ending(&batch, run.stop);
    if ending == Ending::Complete && !settle(state) {
        ending = Ending::Unrecorded;
    }
    let times = Times { started_at, finished_at: Timestamp::now(), last_success: state.last_success };
    let mut report = Report::new(Mode::Run, JobFacts::of(settings), facts, times, ending, accounts);
    report.rerun = rerun(job, state.is_resumable(), run.arguments);
    Ok(Executed { report, ending, not_started: batch.err() })
}

/// Writes the reports, keeps what the next run needs, and prints how it went.
fn conclude(
    job: &Job,
    client: &Client,
    state: RunState,
    executed: Executed,
    quiet: bool,
    run_log: &RunLog,
) -> ExitCode {
    let Executed { mut report, ending, not_started } = executed;
    let replaces = job.settings.reports.iter().any(ReportTarget::exists);
    let written = write_reports(job, &mut report);
    let closed = state.close(ending == Ending::Complete, report.last_success_at);
    let least = if closed.is_ok() { ExitCode::Success } else { ExitCode::SomeFailed };
    let exit_code = report.exit_code().max(least);
    if !quiet || exit_code != ExitCode::Success {
        if quiet {
            // A mail from cron shows nothing else of what was run.
            status(&headline(&report));
        }
        if let Some(why) = &not_started {
            report_unreachable(job, client, why);
        } else {
            status(&summary(&report, Stream::Err));
            if let Some(advice) = resume_advice(&report) {
                status(&advice);
            }
        }
        print_written(job, &report, &written);
        print_coverage(job, &report, replaces, quiet);
    }
    if let Err(error) = closed {
        job_error(&job.settings.source, &format!("the state folder cannot be written: {error}"));
    }
    run_log.end(&report);
    exit_code
}

fn print_unrecorded(error: &std::io::Error) {
    status(&format!(
        "error: the run history cannot be written: {error}. The run goes on, but --resume would not know all of it."
    ));
}

/// Waits until the run history is on the disk. Returns whether all of it is.
fn settle(state: &RunState) -> bool {
    state.settle().unwrap_or_else(|error| {
        print_unrecorded(&error);
        false
    })
}

/// Says which accounts the reports cover, if that may surprise.
fn print_coverage(job: &Job, report: &Report, replaces: bool, quiet: bool) {
    if job.settings.reports.is_empty() && !quiet {
        status("No report was written; --report PATH.json writes one.");
    }
    if replaces && job.selected() < job.accounts.len() {
        let again = if report.rerun.as_ref().is_some_and(|rerun| rerun.resumes) {
            "; a run with --resume, and without --only or --skip, covers all of them again"
        } else {
            ""
        };
        let all = count(job.accounts.len(), "account");
        status(&format!("The reports now cover {} of {all}{again}.", job.selected()));
    }
}
