//! Writing the reports of a job, after a run or a status check.

use std::io;

use crate::console::{job_error, shown, status};
use crate::job::{Job, ReportTarget};
use crate::report::{Report, write};

/// A report target, and whether it was written.
pub(super) type Written<'a> = (&'a ReportTarget, io::Result<()>);

/// Writes all reports of a job. If one cannot be written, the others do not claim that all went well.
pub(super) fn write_reports<'a>(job: &'a Job, report: &mut Report) -> Vec<Written<'a>> {
    // Standard output cannot be written again, so it comes last.
    let (out, files): (Vec<_>, Vec<_>) =
        job.settings.reports.iter().partition(|target| **target == ReportTarget::StandardOutput);
    let mut written = Vec::new();
    for targets in [&files, &out] {
        for target in targets {
            written.push((*target, write(report, target)));
        }
        if written.iter().any(|(_, result)| result.is_err()) {
            report.mark_unwritten();
            for target in &files {
                let _ = write(report, target);
            }
        }
    }
    written
}

/// Prints where each report is, or why it is not there.
pub(super) fn print_written(job: &Job, written: &[Written<'_>]) {
    for (target, result) in written {
        let name = shown(&target.to_string());
        match result {
            Ok(()) if **target == ReportTarget::StandardOutput => {}
            Ok(()) => status(&format!("Report: {name}")),
            Err(error) => {
                job_error(&job.settings.source, &format!("the report {name} cannot be written: {error}"));
            }
        }
    }
}
