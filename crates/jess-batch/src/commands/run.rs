//! `run`: the main job, from checked job files to reports.

use ensims_client::{Client, Error, Service};
use ensims_sandbox::Sandbox;
use jiff::Timestamp;
use tokio::time::Instant;

use super::load::load;
use super::log::log;
use super::proxy::from_environment;
use super::rehearsal;
use super::signals::Signals;
use crate::batch::{Batch, Event, Gate, Reached, RetryPolicy, Signal, Stop, nobody, reach, run as run_batch};
use crate::cli::RunArguments;
use crate::console::{Progress, REHEARSAL, RunLog, say, shown, summary};
use crate::job::{Job, ReportTarget, ServicePlan};
use crate::report::{AccountReport, Exit, JobFacts, Report, ServiceFacts, StopReason, write};

pub(crate) fn run(arguments: &RunArguments) -> Exit {
    if let Err(exit) = log(&arguments.log, &arguments.job) {
        return exit;
    }
    let Some(jobs) = load(&arguments.job) else { return Exit::BadInput };
    match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => {
            let exit = runtime.block_on(run_all(&jobs, arguments));
            // A name look-up that hangs must not keep the program alive.
            runtime.shutdown_background();
            exit
        }
        Err(error) => {
            say(&format!("error: the program cannot start: {error}"));
            Exit::BadInput
        }
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
    tokio::select! {
        exit = work => exit,
        signal = second_signal(&stop, arguments.quiet) => stop.requested().unwrap_or(signal).exit(),
    }
}

/// The first signal asks the run to stop; this ends with the second one.
async fn second_signal(stop: &Stop, quiet: bool) -> Signal {
    let Ok(mut signals) = Signals::new() else { return std::future::pending().await };
    stop.request(signals.next().await);
    if !quiet {
        say("Stopping: requests in flight end, then the report is written. Once more ends at once.");
    }
    signals.next().await
}

async fn run_one(job: &Job, arguments: &RunArguments, stop: &Stop) -> Exit {
    let (client, sandbox) = match connect(job).await {
        Ok(connected) => connected,
        Err(problem) => {
            say(&format!("error: {}: {problem}", job.source));
            return Exit::BadInput;
        }
    };
    // Said even with -q: nobody should take a rehearsal for the real run.
    if sandbox.is_some() {
        say(REHEARSAL);
    }
    let started_at = Timestamp::now();
    let run_log = RunLog::begin(job, client.service().address());
    let progress = Progress::new(arguments.progress, arguments.quiet, job.selected());
    let (reached, accounts) = attempt(job, &client, stop, &progress, &run_log).await;
    progress.end();
    let interrupted = stop.requested().map(Signal::exit);
    let service = ServiceFacts {
        url: client.service().address().to_owned(),
        sandbox: sandbox.is_some(),
        users_version: reached.users_version,
        jess_version: reached.jess_version,
    };
    let times = (started_at, Timestamp::now());
    let report = Report::new(facts(job), service, times, interrupted, accounts);
    let exit = finish(job, &report, arguments.quiet);
    run_log.end(&report, exit);
    if sandbox.is_some() {
        say(REHEARSAL);
    }
    exit
}

/// A client of the job's service; for a rehearsal, with the sandbox that it talks to.
async fn connect(job: &Job) -> Result<(Client, Option<Sandbox>), String> {
    let text = |error: Error| error.to_string();
    let user_agent = concat!("jess-batch/", env!("CARGO_PKG_VERSION"));
    match &job.service {
        ServicePlan::Sandbox(plan) => {
            let sandbox = rehearsal::start(job, plan)
                .await
                .map_err(|error| format!("the embedded sandbox cannot start: {error}"))?;
            let service = Service::new(&sandbox.url()).map_err(text)?;
            let client = Client::builder(service).user_agent(user_agent).timeout(job.limits.timeout);
            Ok((client.build().map_err(text)?, Some(sandbox)))
        }
        ServicePlan::Remote { service, ca_bundle, proxy } => {
            let mut client =
                Client::builder(service.clone()).user_agent(user_agent).timeout(job.limits.timeout);
            if let Some(pem) = ca_bundle {
                client = client.ca_bundle(pem.clone());
            }
            let proxy = if service.is_loopback() { None } else { proxy.clone() };
            if let Some(proxy) = proxy.or_else(|| from_environment(service)) {
                client = client.proxy(proxy);
            }
            Ok((client.build().map_err(text)?, None))
        }
    }
}

async fn attempt(
    job: &Job,
    client: &Client,
    stop: &Stop,
    progress: &Progress,
    run_log: &RunLog,
) -> (Reached, Vec<AccountReport>) {
    let gate = Gate::new(&job.limits);
    let policy = RetryPolicy::new(job.limits.attempts, job.limits.budget);
    let tell = |event: Event<'_>| {
        run_log.listen(&event);
        progress.listen(&event);
    };
    let started = Instant::now();
    let batch = Batch { job, client, gate: &gate, policy: &policy, stop, tell: &tell, started };
    // No secret is in flight yet, so a signal ends this first look at once.
    let reached = tokio::select! {
        biased;
        () = stop.requested_now() => Ok(Reached::default()),
        reached = reach(client, &policy, &gate, &tell) => reached,
    };
    match reached {
        Ok(reached) => (reached, run_batch(&batch).await),
        Err(error) => {
            progress.end();
            let address = client.service().address();
            say(&format!(
                "error: {}: the service at {address} cannot be reached: {}",
                job.source,
                shown(&error.to_string())
            ));
            say("No password was sent. Check the address and the network, or run the job again later.");
            (Reached::default(), nobody(job, StopReason::ServiceDown, &error.to_string()))
        }
    }
}

fn facts(job: &Job) -> JobFacts {
    JobFacts {
        name: job.name.clone(),
        file: job.source.to_string(),
        update: "always",
        verify: job.verify.word(),
    }
}

/// Writes the reports and says how it went.
fn finish(job: &Job, report: &Report, quiet: bool) -> Exit {
    let mut exit = report.exit();
    if !quiet || exit != Exit::Success {
        say(&summary(report));
    }
    for target in &job.reports {
        let (path, result) = match target {
            ReportTarget::StandardOutput => ("on standard output".to_owned(), write(report, target)),
            ReportTarget::File(path) => (shown(&path.display().to_string()), write(report, target)),
        };
        match result {
            Err(error) => {
                say(&format!("error: the report {path} could not be written: {error}"));
                exit = exit.max(Exit::SomeFailed);
            }
            Ok(()) if !quiet && *target != ReportTarget::StandardOutput => say(&format!("Report: {path}")),
            Ok(()) => {}
        }
    }
    if job.reports.is_empty() && !quiet {
        say("No report was written; --report PATH.json writes one.");
    }
    exit
}
