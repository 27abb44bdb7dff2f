//! `status`: how the accounts of a job stand. Reads only, and changes nothing.

use jiff::Timestamp;
use tokio::time::Instant;

use super::load::load;
use super::runtime::{block_on, until_second_signal};
use super::service::{connect, look_for_service, say_unreachable};
use crate::batch::{Batch, Event, Gate, Patience, RetryPolicy, Signal, Stop, status as status_batch};
use crate::cli::StatusArguments;
use crate::console::{REHEARSAL, give, say, shown, status_table, status_troubles};
use crate::job::{Choices, Job, ReportTarget};
use crate::report::{Exit, Format, ServiceFacts, StatusJob, StatusReport, write_status};

pub(crate) fn status(arguments: &StatusArguments) -> Exit {
    // The job's own reports are those of its runs.
    let choices = Choices { reports: Some(arguments.job.report.clone()), ..arguments.job.choices(None) };
    let Some(jobs) = load(&arguments.job, &choices) else { return Exit::BadInput };
    let json_only =
        |target: &ReportTarget| !matches!(target, ReportTarget::File { format: Format::Prom, .. });
    if !jobs.iter().all(|job| job.reports.iter().all(json_only)) {
        say("error: --report: status writes JSON only; end the name with .json");
        return Exit::BadInput;
    }
    let stop = Stop::new();
    block_on(until_second_signal(&stop, false, async {
        let mut exit = Exit::Success;
        for job in jobs.iter().take_while(|_| stop.requested().is_none()) {
            exit = exit.max(status_of(job, &stop).await);
        }
        exit
    }))
}

async fn status_of(job: &Job, stop: &Stop) -> Exit {
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
    let gate = Gate::new(&job.limits);
    let policy = RetryPolicy::new(job.limits.attempts, job.limits.budget);
    let patience = Patience::new(job.limits.give_up_after, None);
    let tell = |_: Event<'_>| ();
    let asked_at = Timestamp::now();
    let reached = match look_for_service(&client, &policy, &gate, stop, &tell).await {
        Ok(reached) => reached,
        Err(error) => {
            say_unreachable(job, &client, &error);
            return Exit::ServiceDown;
        }
    };
    let batch = Batch {
        job,
        client: &client,
        reached: &reached,
        gate: &gate,
        policy: &policy,
        patience: &patience,
        stop,
        tell: &tell,
        started: Instant::now(),
    };
    let accounts = status_batch(&batch).await;
    let service = ServiceFacts {
        url: client.service().address().to_owned(),
        sandbox: sandbox.is_some(),
        users_version: reached.users_version,
        jess_version: reached.jess_version,
    };
    let facts = StatusJob { name: job.name.clone(), file: job.source.to_string() };
    let interrupted = stop.requested().map(Signal::exit);
    finish(job, &StatusReport::new(facts, service, asked_at, interrupted, accounts))
}

/// Gives the table, or the JSON where that was asked for, and says what can be done.
fn finish(job: &Job, report: &StatusReport) -> Exit {
    let mut exit = report.exit();
    if !job.reports.contains(&ReportTarget::StandardOutput) && give(&status_table(report)).is_err() {
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
    say(&status_troubles(report));
    exit
}
