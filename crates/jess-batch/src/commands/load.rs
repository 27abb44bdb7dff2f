//! Reads the job files of a command line, all of them before anything else happens.

use super::error::CommandError;
use super::passwords::resolve_remaining;
use super::roster_name::suggest_init;
use crate::cli::JobArguments;
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::job::{Job, JobSource, Overrides, UnresolvedJob, overlapping_reports, read_text};

/// The jobs with all their passwords.
///
/// # Errors
/// When a job has errors, all of them together; or a password cannot be resolved.
pub(super) fn load(arguments: &JobArguments, overrides: &Overrides) -> Result<Vec<Job>, CommandError> {
    if let Some(conflict) = arguments.conflict(overrides) {
        return Err(CommandError::Usage(conflict.to_owned()));
    }
    let mut jobs = Vec::new();
    let mut diagnostics = Diagnostics::default();
    for path in &arguments.jobs {
        match read(&JobSource::of(path), overrides) {
            Ok(job) => {
                diagnostics.warnings.extend_from_slice(job.warnings());
                jobs.push(job);
            }
            Err(found) => diagnostics.extend(found),
        }
    }
    diagnostics.errors.extend(overlapping_reports(&jobs, overrides));
    if diagnostics.has_errors() {
        return Err(CommandError::Invalid(diagnostics));
    }
    resolve_remaining(jobs)
}

/// One validated job, or what is wrong with it.
pub(super) fn read(source: &JobSource, overrides: &Overrides) -> Result<UnresolvedJob, Diagnostics> {
    let whole_file = |message| Diagnostic::of_file(source.to_string(), message);
    if let Some(advice) = source.path().and_then(suggest_init) {
        let message = format!("a job file has the extension .yaml or .yml; {advice}");
        return Err(whole_file(message).into());
    }
    let text =
        read_text(source).map_err(|error| whole_file(format!("the job file cannot be read: {error}")))?;
    UnresolvedJob::read(source, &text, overrides)
}
