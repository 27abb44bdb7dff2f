//! The end of a run or a status check, and its reports.

use std::io;

use ensims_client::Client;

use crate::batch::Batch;
use crate::console::status_wrapped;
use crate::job::{Format, Job, ReportTarget};
use crate::report::{REHEARSAL, Report, ServiceFacts, write};

/// What a report says about the service. A rehearsal is announced even with -q: nobody should take it for the real run.
pub(super) fn service_facts(job: &Job, client: &Client, batch: &Batch<'_>) -> ServiceFacts {
    let info = batch.service().clone();
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

/// A report target, and whether it was written; `None`: left out on purpose.
pub(super) type Written<'a> = (&'a ReportTarget, Option<io::Result<()>>);

/// Writes all reports of a job. If one cannot be written, the others do not claim that all went well.
pub(super) fn write_reports<'a>(job: &'a Job, report: &mut Report) -> Vec<Written<'a>> {
    // Prometheus would take another service for that of the job.
    let is_elsewhere = job.settings.detour.is_some() && !report.service.sandbox;
    let (mut files, mut out, mut written) = (Vec::new(), Vec::new(), Vec::new());
    for target in &job.settings.reports {
        match target {
            ReportTarget::File { format: Format::Prom, .. } if is_elsewhere => written.push((target, None)),
            ReportTarget::File { .. } => files.push(target),
            ReportTarget::StandardOutput => out.push(target),
        }
    }
    // Standard output cannot be written again, so it comes last.
    for targets in [&files, &out] {
        let mut is_complete = true;
        for target in targets {
            let result = write(report, target);
            is_complete &= result.is_ok();
            written.push((*target, Some(result)));
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
