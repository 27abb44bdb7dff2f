//! `run`: the main job, from checked job files to reports.

use ensims_client::Client;
use jiff::Timestamp;
use tokio::time::Instant;

use super::keeping::{Keeping, say_resumed};
use super::load::load;
use super::runtime::{block_on, until_second_signal};
use super::service::{connect, look_for_service, say_unreachable};
use crate::batch::{
    Batch, Event, Gate, Patience, Reached, RetryPolicy, Signal, Stop, nobody, run as run_batch,
};
use crate::cli::RunArguments;
use crate::console::{Progress, REHEARSAL, say, shown, start_log, summary};
use crate::job::{Job, ReportTarget, ServicePlan};
use crate::report::{AccountReport, Exit, JobFacts, Report, ServiceFacts, StopReason, Times, write};

pub(crate) fn run(arguments: &RunArguments) -> Exit {
    start_log(arguments.verbose, std::env::var("RUST_LOG").ok().as_deref());
    let choices = arguments.job.choices(arguments.verify.verify);
    let Some(jobs) = load(&arguments.job, &choices) else { return Exit::BadInput };
    if let Some(job) = jobs.iter().find(|job| arguments.resume && state_file(job).is_none()) {
        say(&format!(
            "error: {}: --resume needs a job file and a real service; standard input and rehearsals keep no journal",
            shown(&job.source.to_string())
        ));
        return Exit::BadInput;
    }
    block_on(run_all(&jobs, arguments))
}

/// The job file that a run's state belongs to. A job from standard input and a rehearsal have no state.
fn state_file(job: &Job) -> Option<&std::path::Path> {
    match job.service {
        ServicePlan::Sandbox(_) => None,
        ServicePlan::Remote { .. } => job.source.path(),
    }
}

/// One job after another; the exit code is the greatest. A second signal ends at once.
async fn run_all(jobs: &[Job], arguments: &RunArguments) -> Exit {
    let stop = Stop::new();
    let work = async {
        let mut exit = Exit::Success;
        for job in jobs {
            let ended = match stop.requested() {
                // Its last report may be a good one, so it is left alone.
                Some(signal) => {
                    say(&format!("{}: not started.", shown(&job.source.to_string())));
                    signal.exit()
                }
                None => run_one(job, arguments, &stop).await,
            };
            exit = exit.max(ended);
        }
        exit
    };
    until_second_signal(&stop, arguments.quiet, work).await
}

async fn run_one(job: &Job, arguments: &RunArguments, stop: &Stop) -> Exit {
    let cannot = |problem: &str| say(&format!("error: {}: {problem}.", shown(&job.source.to_string())));
    let (client, sandbox) = match connect(job).await {
        Ok(connected) => connected,
        Err(problem) => {
            cannot(&problem);
            return Exit::BadInput;
        }
    };
    let address = client.service().address().to_owned();
    let keeping = match state_file(job) {
        None => Ok(Keeping::nothing(job)),
        Some(file) => Keeping::open(job, file, arguments.state_dir.as_deref(), &address, arguments.resume),
    };
    let keeping = match keeping {
        Ok(keeping) => keeping,
        Err((problem, exit)) => {
            cannot(&problem);
            return exit;
        }
    };
    // Said even with -q: nobody should take a rehearsal for the real run.
    if sandbox.is_some() {
        say(REHEARSAL);
    }
    if arguments.resume && !arguments.quiet {
        say_resumed(job, &keeping);
    }
    let started_at = Timestamp::now();
    let progress = Progress::new(arguments.progress, arguments.quiet, keeping.to_do(job));
    let (reached, accounts) = attempt(job, &client, &keeping, arguments, stop, &progress).await;
    progress.end();
    let service = ServiceFacts {
        url: address,
        sandbox: sandbox.is_some(),
        users_version: reached.users_version,
        jess_version: reached.jess_version,
    };
    let times = Times { started_at, finished_at: Timestamp::now(), last_success: keeping.last_success };
    let interrupted = stop.requested().map(Signal::exit);
    let report = Report::new(facts(job), service, times, interrupted, accounts);
    finish(job, &report, keeping, arguments.quiet)
}

async fn attempt(
    job: &Job,
    client: &Client,
    keeping: &Keeping,
    arguments: &RunArguments,
    stop: &Stop,
    progress: &Progress,
) -> (Reached, Vec<AccountReport>) {
    let gate = Gate::new(&job.limits);
    let policy = RetryPolicy::new(job.limits.attempts, job.limits.budget);
    let patience = Patience::new(job.limits.give_up_after, arguments.max_failures);
    let tell = |event: Event<'_>| {
        keeping.listen(&event);
        progress.listen(&event);
    };
    let started = Instant::now();
    let reached = match look_for_service(client, &policy, &gate, stop, &tell).await {
        Ok(reached) => reached,
        Err(error) => {
            progress.end();
            say_unreachable(job, client, &error);
            let nobody = nobody(job, &keeping.kept, StopReason::ServiceDown, &error.to_string());
            return (Reached::default(), nobody);
        }
    };
    let batch = Batch {
        job,
        client,
        reached: &reached,
        gate: &gate,
        policy: &policy,
        patience: &patience,
        stop,
        tell: &tell,
        started,
    };
    let accounts = run_batch(&batch, &keeping.kept).await;
    (reached, accounts)
}

fn facts(job: &Job) -> JobFacts {
    JobFacts {
        name: job.name.clone(),
        file: job.source.to_string(),
        update: job.update.word(),
        verify: job.verify.word(),
    }
}

/// Writes the reports, says how it went, and keeps what the next run needs.
fn finish(job: &Job, report: &Report, keeping: Keeping, quiet: bool) -> Exit {
    let source = shown(&job.source.to_string());
    let mut exit = report.exit();
    let silent = quiet && exit == Exit::Success;
    if !silent {
        // A mail from cron shows nothing else of what was run.
        if quiet {
            say(&format!("{source}: exit code {}", exit as u8));
        }
        say(&summary(report));
        if report.totals.stopped > 0 && keeping.can_be_resumed() {
            say(&format!("To do the rest: jess-batch run --resume {source}"));
        }
    }
    for target in &job.reports {
        let (path, result) = match target {
            ReportTarget::StandardOutput => ("on standard output".to_owned(), write(report, target)),
            ReportTarget::File { path, .. } => (shown(&path.display().to_string()), write(report, target)),
        };
        match result {
            Err(error) => {
                say(&format!("error: {source}: the report {path} could not be written: {error}"));
                exit = exit.max(Exit::SomeFailed);
            }
            Ok(()) if !silent && *target != ReportTarget::StandardOutput => say(&format!("Report: {path}")),
            Ok(()) => {}
        }
    }
    if job.reports.is_empty() && !quiet {
        say("No report was written; --report PATH.json writes one.");
    }
    if let Err(error) = keeping.finish(report) {
        say(&format!(
            "error: {source}: the state folder could not be written: {error}. --resume will not know all of this run"
        ));
        exit = exit.max(Exit::SomeFailed);
    }
    if report.service.sandbox {
        say(REHEARSAL);
    }
    exit
}
