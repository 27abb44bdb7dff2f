//! Reports of several jobs that would replace each other, or a file that is read.

use super::options::Overrides;
use super::reports::{ReservedPaths, subject};
use super::target::ReportTarget;
use super::unresolved::UnresolvedJob;
use crate::diagnostics::Diagnostic;

/// The errors of reports that would replace a report or an input of another job. What overlaps within one job is an error
/// of that job already.
pub fn overlapping_reports(jobs: &[UnresolvedJob], overrides: &Overrides) -> Vec<Diagnostic> {
    let mut reserved = ReservedPaths::default();
    for job in jobs {
        job.settings().source.path().into_iter().chain(job.rosters()).for_each(|path| reserved.insert(path));
    }
    let mut errors = Vec::new();
    for job in jobs {
        for (index, target) in job.settings().reports.iter().enumerate() {
            let ReportTarget::File { path, .. } = target else { continue };
            if let Err(message) = reserved.reserve(path) {
                errors.push(job.error(&subject(overrides.reports.is_some(), index), message));
            }
        }
    }
    errors
}
