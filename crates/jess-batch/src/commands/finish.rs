//! The end of a run or a status check, and its reports.

use std::io;

use ensims_client::Client;

use crate::batch::ServiceInfo;
use crate::console::{shown, status};
use crate::job::{Job, ReportTarget};
use crate::outcome::ExitCode;
use crate::platform::Signal;
use crate::report::{Report, ServiceFacts, write};

/// What a report says about the service.
pub(super) fn service_facts(job: &Job, client: &Client, info: ServiceInfo) -> ServiceFacts {
    ServiceFacts {
        url: client.service().address().to_owned(),
        sandbox: job.settings.is_rehearsal(),
        users_version: info.users_version,
        jess_version: info.jess_version,
    }
}

/// Says that a signal came before this job.
pub(super) fn not_begun(job: &Job, signal: Signal) -> ExitCode {
    status(&format!("{}: not started.", shown(&job.settings.source.to_string())));
    signal.exit_code()
}

/// A report target, and whether it was written.
pub(super) type Written<'a> = (&'a ReportTarget, io::Result<()>);

/// Writes all reports of a job. If one cannot be written, the others do not claim that all went well.
pub(super) fn write_reports<'a>(job: &'a Job, report: &mut Report) -> Vec<Written<'a>> {
    // Standard output cannot be written again, so it comes last.
    let (out, files): (Vec<_>, Vec<_>) =
        job.settings.reports.iter().partition(|target| **target == ReportTarget::StandardOutput);
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
