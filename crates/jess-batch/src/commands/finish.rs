//! The end of a run or a status check: how it ended, and its reports.

use std::io;

use ensims_client::{Client, Error};

use crate::batch::{Batch, NotStarted, ServiceInfo, Signal, Stop};
use crate::console::{job_error, shown, status, status_wrapped};
use crate::job::{Format, Job, ReportTarget};
use crate::outcome::{ExitCode, Remedy};
use crate::report::{Ending, REHEARSAL, Report, ServiceFacts, write};

/// What a report says about the service. A rehearsal is announced even with -q: nobody should take it for the real run.
pub(super) fn service_facts(
    job: &Job,
    client: &Client,
    batch: &Result<Batch<'_>, NotStarted>,
) -> ServiceFacts {
    let info = batch.as_ref().map_or_else(|_| ServiceInfo::default(), |batch| batch.service().clone());
    let facts = ServiceFacts {
        url: client.service().address().to_owned(),
        sandbox: info.is_sandbox || job.settings.service.is_sandbox(),
        users_version: info.users_version,
        jess_version: info.jess_version,
    };
    if facts.sandbox {
        status_wrapped(REHEARSAL);
    }
    facts
}

/// Says that a signal came before this job.
pub(super) fn not_begun(job: &Job, signal: Signal) -> ExitCode {
    status(&format!("{}: not started.", shown(&job.settings.source.to_string())));
    signal.exit_code()
}

/// How a batch came to its end.
pub(super) fn ending(batch: &Result<Batch<'_>, NotStarted>, stop: &Stop) -> Ending {
    match (stop.requested(), batch) {
        (Some(signal), _) => Ending::Interrupted(signal.exit_code()),
        (None, Ok(batch)) if !batch.is_service_down() => Ending::Complete,
        (None, _) => Ending::ServiceDown,
    }
}

/// Reports that the service is not there.
pub(super) fn report_unreachable(job: &Job, client: &Client, why: &NotStarted) {
    let NotStarted::ServiceDown(error) = why else { return };
    let advice = if matches!(error, Error::Tls { .. }) {
        &Remedy::CheckCertificate.texts().hint
    } else {
        "Check the address and the network, or run the job again later."
    };
    let (address, error) = (client.service().address(), shown(&error.to_string()));
    job_error(&job.settings.source, &format!("the service at {address} cannot be reached: {error}"));
    status(&format!("No password was sent. {advice}"));
}

/// A report target, and whether it was written.
pub(super) type Written<'a> = (&'a ReportTarget, io::Result<()>);

/// Whether a report must not be written: Prometheus would take another service for that of the job.
fn is_withheld(job: &Job, report: &Report, target: &ReportTarget) -> bool {
    let is_elsewhere = job.settings.detour.is_some() && !report.service.sandbox;
    is_elsewhere && matches!(target, ReportTarget::File { format: Format::Prom, .. })
}

/// Writes all reports of a job. If one cannot be written, the others do not claim that all went well.
pub(super) fn write_reports<'a>(job: &'a Job, report: &mut Report) -> Vec<Written<'a>> {
    let targets = job.settings.reports.iter().filter(|target| !is_withheld(job, report, target));
    // Standard output cannot be written again, so it comes last.
    let (out, files): (Vec<_>, Vec<_>) = targets.partition(|target| **target == ReportTarget::StandardOutput);
    let mut written = Vec::new();
    for targets in [&files, &out] {
        let mut is_complete = true;
        for target in targets {
            let result = write(report, target);
            is_complete &= result.is_ok();
            written.push((*target, result));
        }
        if !is_complete {
            report.mark_unwritten();
            for target in &files {
                let _ = write(report, target);
            }
        }
    }
    written
}

/// Prints where each report is, or why it is not there.
pub(super) fn print_written(job: &Job, report: &Report, written: &[Written<'_>]) {
    for (target, result) in written {
        let name = shown(&target.to_string());
        let is_file = **target != ReportTarget::StandardOutput;
        match result {
            Ok(()) if is_file => status(&format!("Report: {name}")),
            Ok(()) => {}
            Err(error) => {
                let to = if is_file { "the report" } else { "the report to" };
                job_error(&job.settings.source, &format!("{to} {name} cannot be written: {error}"));
            }
        }
    }
    for target in job.settings.reports.iter().filter(|target| is_withheld(job, report, target)) {
        let name = shown(&target.to_string());
        status(&format!(
            "Not written: {name}. A run at another service than the job's does not count for Prometheus."
        ));
    }
}
