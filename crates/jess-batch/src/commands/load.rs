//! From the job files of a command line to jobs with all their passwords, before anything else happens.

use std::io;
use std::path::PathBuf;

use super::error::CommandError;
use super::init::suggest_init;
use super::runtime::block_on;
use crate::cli::JobArguments;
use crate::console::{PromptError, can_prompt, prompt_hidden, shown, status};
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::job::{Job, JobSource, Overrides, Question, UnresolvedJob, overlapping_reports, read_text};
use crate::platform::{Signal, Signals};

/// How often the user is asked for one password.
const ATTEMPTS: usize = 3;

/// The validated jobs of a command line.
///
/// # Errors
/// When a job has errors, all of them together; or several jobs exclude each other.
pub(super) fn read_jobs(
    arguments: &JobArguments,
    overrides: &Overrides,
) -> Result<Vec<UnresolvedJob>, CommandError> {
    if let Some(conflict) = arguments.conflict(overrides) {
        return Err(CommandError::Usage(conflict.to_owned()));
    }
    read_files(&arguments.jobs, overrides)
}

/// The validated jobs in these files.
///
/// # Errors
/// When a job has errors, all of them together.
pub(super) fn read_files(
    files: &[PathBuf],
    overrides: &Overrides,
) -> Result<Vec<UnresolvedJob>, CommandError> {
    let mut jobs = Vec::new();
    let mut diagnostics = Diagnostics::default();
    for path in files {
        match read(&JobSource::of(path), overrides) {
            Ok(job) => {
                diagnostics.warnings.extend_from_slice(job.warnings());
                jobs.push(job);
            }
            Err(found) => diagnostics.extend(found),
        }
    }
    diagnostics.errors.extend(overlapping_reports(&jobs, overrides));
    if diagnostics.has_errors() { Err(CommandError::Invalid(diagnostics)) } else { Ok(jobs) }
}

/// The jobs with all their passwords.
///
/// # Errors
/// When a password cannot be resolved. The warnings about the jobs are reported with it.
pub(super) fn resolve(mut jobs: Vec<UnresolvedJob>) -> Result<Vec<Job>, CommandError> {
    let mut diagnostics = Diagnostics::default();
    for job in &jobs {
        diagnostics.warnings.extend_from_slice(job.warnings());
    }
    let has_questions = jobs.iter_mut().any(|job| job.questions().next().is_some());
    // Checked before commands run for half a minute.
    if has_questions && !can_prompt() {
        return Err(CommandError::Usage("--ask needs a terminal; nothing was sent".to_owned()));
    }
    block_on(async {
        for job in &mut jobs {
            if let Err(found) = job.run_commands().await {
                diagnostics.errors.extend(found.errors);
            }
        }
        if diagnostics.has_errors() {
            return Err(CommandError::Invalid(diagnostics));
        }
        if has_questions { ask_all(&mut jobs).await } else { Ok(()) }
    })?;
    let resolved =
        jobs.into_iter().map(|job| job.into_job().map_err(|error| CommandError::Invalid(error.into())));
    resolved.collect()
}

/// One validated job, or what is wrong with it.
fn read(source: &JobSource, overrides: &Overrides) -> Result<UnresolvedJob, Diagnostics> {
    let whole_file = |message| Diagnostic::of_file(source.to_string(), message);
    if let Some(advice) = source.path().and_then(suggest_init) {
        let message = format!("a job file has the extension .yaml or .yml; {advice}");
        return Err(whole_file(message).into());
    }
    let text =
        read_text(source).map_err(|error| whole_file(format!("the job file cannot be read: {error}")))?;
    UnresolvedJob::read(source, &text, overrides)
}

/// A signal ends the question, which restores the terminal's echo, and not the program at once.
async fn ask_all(jobs: &mut [UnresolvedJob]) -> Result<(), CommandError> {
    // From now on signals arrive here only.
    let mut signals = Signals::new().map_err(|error| unusable(&error))?;
    for mut question in jobs.iter_mut().flat_map(UnresolvedJob::questions) {
        tokio::select! {
            biased;
            signal = signals.next() => return Err(CommandError::Interrupted(signal)),
            answered = ask(&mut question) => match answered {
                Ok(()) => {}
                Err(PromptError::Interrupted) => return Err(CommandError::Interrupted(Signal::Interrupt)),
                Err(PromptError::Ended) => return Err(CommandError::NoPassword),
                Err(PromptError::Failed(error)) => return Err(unusable(&error)),
            },
        }
    }
    Ok(())
}

async fn ask(question: &mut Question<'_>) -> Result<(), PromptError> {
    for _ in 0..ATTEMPTS {
        let typed = prompt_hidden(&shown(&question.prompt)).await?;
        match question.answer(&typed) {
            Ok(()) => return Ok(()),
            Err(flaw) => status(&format!("The password {flaw}.")),
        }
    }
    Err(PromptError::Ended)
}

fn unusable(error: &io::Error) -> CommandError {
    CommandError::Usage(format!("the terminal cannot be used: {error}; nothing was sent."))
}
