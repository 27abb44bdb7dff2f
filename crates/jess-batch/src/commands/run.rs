//! `run`: the main job, from checked job files to reports.

use ensims_client::Client;
use jiff::Timestamp;

use super::keeping::{Keeping, state_file};
use super::load::{load, say_warning};
use super::log::log;
use super::runtime::{block_on, until_second_signal};
use super::service::{connect, ending, say_unreachable, service_facts};
use crate::batch::{Batch, Event, NotStarted, Reached, Stop, nobody, run as run_batch};
use crate::cli::RunArguments;
use crate::console::{Progress, RunLog, say, shown, summary, trouble};
use crate::job::{Job, ReportTarget};
use crate::report::{Ending, Exit, JobFacts, REHEARSAL, Report, Times, shell_word, visible, write};

pub(crate) fn run(arguments: &RunArguments) -> Exit {
    if let Err(exit) = log(&arguments.log, &arguments.job) {
        return exit;
    }
    let jobs = match load(&arguments.job, &arguments.choices()) {
        Ok(jobs) => jobs,
        Err(exit) => return exit,
    };
    if let Some(job) = jobs.iter().find(|job| arguments.resume && state_file(job).is_none()) {
        let problem = "--resume needs a job file and a real service; standard input and rehearsals keep no journal. Run it without --resume";
        trouble(&job.source, problem);
        return Exit::BadInput;
    }
    if !arguments.quiet {
        jobs.iter().flat_map(|job| &job.warnings).for_each(say_warning);
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
    let (client, sandbox) = match connect(job).await {
        Ok(connected) => connected,
        Err(problem) => {
            trouble(&job.source, &problem);
            return Exit::BadInput;
        }
    };
    let keeping = match Keeping::open(job, arguments, client.service().address()) {
        Ok(keeping) => keeping,
        Err((problem, exit)) => {
            trouble(&job.source, &problem);
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
    let exit = attempt(job, &client, keeping, arguments, stop).await;
    if sandbox.is_some() {
        say(REHEARSAL);
    }
    exit
}

/// The run itself, from the first look at the service to the reports.
async fn attempt(
    job: &Job,
    client: &Client,
    keeping: Keeping,
    arguments: &RunArguments,
    stop: &Stop,
) -> Exit {
    let started_at = Timestamp::now();
    let run_log = RunLog::begin(job, client.service().address());
    let progress = Progress::new(arguments.progress, arguments.quiet, keeping.to_do(job));
    let tell = |event: Event<'_>| {
        keeping.listen(&event);
        run_log.listen(&event);
        progress.listen(&event);
    };
    let batch = Batch::start(job, client, arguments.max_failures, stop, &tell).await;
    let (reached, accounts) = match &batch {
        Err(why) => {
            if let NotStarted::ServiceDown(error) = why {
                say_unreachable(job, client, error);
            }
            (Reached::default(), nobody(job, &keeping.kept, why))
        }
        Ok(batch) => {
            if let Err((problem, exit)) = keeping.begin(job) {
                trouble(&job.source, &problem);
                return exit;
            }
            (batch.reached.clone(), run_batch(batch, &keeping.kept).await)
        }
    };
    progress.end();
    let ending = match ending(&batch, stop) {
        Ending::Whole if !keeping.settle() => Ending::Unrecorded,
        ending => ending,
    };
    let times = Times { started_at, finished_at: Timestamp::now(), last_success: keeping.last_success };
    let report = Report::new(facts(job), service_facts(job, client, reached), times, ending, accounts);
    if batch.is_ok() {
        say_result(job, &report, &keeping, arguments);
    }
    let totals = report.totals.clone();
    let duration_ms = report.duration_ms;
    let exit = finish(job, report, keeping, ending, arguments.quiet);
    run_log.end(&totals, duration_ms, exit);
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
    if report.exit() == Exit::Success || !keeping.can_be_resumed() {
        return;
    }
    let what = match (report.totals.stopped, report.totals.refused) {
        (0, _) => "To try again only those that did not succeed",
        (_, 0) => "To do the rest",
        _ => "To do the rest, but not what was refused",
    };
    say(&format!("{what}: {}", command_to_resume()));
}

/// This command line once more, with `--resume`.
fn command_to_resume() -> String {
    let mut words: Vec<String> = std::env::args_os()
        .skip(1)
        .map(|word| word.to_string_lossy().into_owned())
        .filter(|word| word != "--resume")
        .map(|word| visible(&shell_word(&word)))
        .collect();
    words.insert(words.len().min(1), "--resume".to_owned());
    format!("jess-batch {}", words.join(" "))
}

/// Writes the reports, and keeps what the next run needs.
fn finish(job: &Job, mut report: Report, keeping: Keeping, ending: Ending, quiet: bool) -> Exit {
    let silent = quiet && report.exit() == Exit::Success;
    let replaced = job.reports.iter().any(ReportTarget::is_there);
    // What is given to standard output cannot be written again, so it comes last.
    let (out, files): (Vec<_>, Vec<_>) =
        job.reports.iter().partition(|target| **target == ReportTarget::StandardOutput);
    for targets in [&files, &out] {
        let written: Vec<bool> =
            targets.iter().map(|target| write_one(job, &report, target, silent)).collect();
        if written.contains(&false) {
            report.note_unwritten();
            // The others must not say that all went well.
            for target in &files {
                let _ = write(&report, target);
            }
        }
    }
    if job.reports.is_empty() && !quiet {
        say("No report was written; --report PATH.json writes one.");
    }
    if replaced && job.selected() < job.accounts.len() && !silent {
        say(&only_some(job, &keeping));
    }
    match keeping.finish(&report, ending == Ending::Whole) {
        Ok(()) => report.exit(),
        Err(error) => {
            trouble(&job.source, &format!("the state folder could not be written: {error}"));
            report.exit().max(Exit::SomeFailed)
        }
    }
}

/// That reports which may have told of the whole job do so no more.
fn only_some(job: &Job, keeping: &Keeping) -> String {
    let again = if keeping.can_be_resumed() {
        "; the next run with --resume, and without --only or --skip, tells of all again"
    } else {
        ""
    };
    format!("The reports now tell of {} of {} accounts{again}.", job.selected(), job.accounts.len())
}

/// Writes a report and says where it is, or why it is not.
fn write_one(job: &Job, report: &Report, target: &ReportTarget, silent: bool) -> bool {
    let path = match target {
        ReportTarget::StandardOutput => "on standard output".to_owned(),
        ReportTarget::File { path, .. } => shown(&path.display().to_string()),
    };
    match write(report, target) {
        Ok(()) if silent || *target == ReportTarget::StandardOutput => true,
        Ok(()) => {
            say(&format!("Report: {path}"));
            true
        }
        Err(error) => {
            trouble(&job.source, &format!("the report {path} could not be written: {error}"));
            false
        }
    }
}
