//! `run`: the main job, from checked job files to reports.

use jiff::Timestamp;

use super::keeping::{Keeping, state_file};
use super::load::load;
use super::log::log;
use super::runtime::{block_on, until_second_signal};
use super::service::{connect, say_unreachable, service_facts};
use crate::batch::{Batch, Event, Reached, Signal, Stop, nobody, run as run_batch};
use crate::cli::RunArguments;
use crate::console::{Progress, RunLog, say, shown, summary};
use crate::job::{Job, ReportTarget};
use crate::report::{Exit, JobFacts, REHEARSAL, Report, StopReason, Times, write};

pub(crate) fn run(arguments: &RunArguments) -> Exit {
    if let Err(exit) = log(&arguments.log, &arguments.job) {
        return exit;
    }
    let jobs = match load(&arguments.job, &arguments.choices()) {
        Ok(jobs) => jobs,
        Err(exit) => return exit,
    };
    if let Some(job) = jobs.iter().find(|job| arguments.resume && state_file(job).is_none()) {
        say(&format!(
            "error: {}: --resume needs a job file and a real service; standard input and rehearsals keep no journal",
            shown(&job.source.to_string())
        ));
        return Exit::BadInput;
    }
    block_on(run_all(&jobs, arguments))
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
    let keeping = match Keeping::open(job, arguments, &address) {
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
    if !arguments.quiet {
        keeping.say_earlier(job, arguments);
    }
    let started_at = Timestamp::now();
    let run_log = RunLog::begin(job, &address);
    let progress = Progress::new(arguments.progress, arguments.quiet, keeping.to_do(job));
    let tell = |event: Event<'_>| {
        keeping.listen(&event);
        run_log.listen(&event);
        progress.listen(&event);
    };
    let batch = Batch::start(job, &client, arguments.max_failures, stop, &tell).await;
    let (reached, accounts) = match &batch {
        Err(error) => {
            say_unreachable(job, &client, error);
            (Reached::default(), nobody(job, &keeping.kept, StopReason::ServiceDown, &error.to_string()))
        }
        Ok(batch) => {
            if let Err((problem, exit)) = keeping.begin(job, &address) {
                cannot(&problem);
                return exit;
            }
            (batch.reached.clone(), run_batch(batch, &keeping.kept).await)
        }
    };
    progress.end();
    let times = Times { started_at, finished_at: Timestamp::now(), last_success: keeping.last_success };
    let interrupted = stop.requested().map(Signal::exit);
    let service = service_facts(&client, sandbox.is_some(), reached);
    let report = Report::new(facts(job), service, times, interrupted, accounts);
    if batch.is_ok() {
        say_result(job, &report, &keeping, arguments);
    }
    let exit = finish(job, &report, keeping, arguments.quiet);
    run_log.end(&report, exit);
    if sandbox.is_some() {
        say(REHEARSAL);
    }
    exit
}

fn facts(job: &Job) -> JobFacts {
    JobFacts { name: job.name.clone(), file: job.source.to_string(), update: job.update, verify: job.verify }
}

/// Says how it went, and what to do next.
fn say_result(job: &Job, report: &Report, keeping: &Keeping, arguments: &RunArguments) {
    if arguments.quiet && report.exit() == Exit::Success {
        return;
    }
    if arguments.quiet {
        // A mail from cron shows nothing else of what was run.
        say(&format!("{}: exit code {}", shown(&job.source.to_string()), report.exit() as u8));
    }
    say(&summary(report));
    if report.totals.stopped > 0 && keeping.can_be_resumed() {
        let refused = if report.totals.refused > 0 { ", but not what was refused" } else { "" };
        say(&format!("To do the rest{refused}: jess-batch run {}", to_resume(job, arguments)));
    }
}

/// The end of the command line that resumes a run.
fn to_resume(job: &Job, arguments: &RunArguments) -> String {
    let word = |text: String| {
        let plain = text.chars().all(|c| c.is_ascii_alphanumeric() || "/._-".contains(c));
        if plain { text } else { format!("'{}'", shown(&text.replace('\'', "'\\''"))) }
    };
    let state = arguments.state_dir.as_ref();
    let state =
        state.map_or_else(String::new, |root| format!("--state-dir {} ", word(root.display().to_string())));
    format!("{state}--resume {}", word(job.source.to_string()))
}

/// Writes the reports, and keeps what the next run needs.
fn finish(job: &Job, report: &Report, keeping: Keeping, quiet: bool) -> Exit {
    let source = shown(&job.source.to_string());
    let mut exit = report.exit();
    let silent = quiet && exit == Exit::Success;
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
    exit
}
