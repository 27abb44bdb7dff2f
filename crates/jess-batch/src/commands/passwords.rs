//! Resolves the passwords that take longer: from commands, and from the user at the terminal.

use super::error::CommandError;
use super::runtime::block_on;
use super::signals::Signals;
use crate::batch::Signal;
use crate::console::{PromptError, can_prompt, prompt_hidden, shown, status};
use crate::diagnostics::Diagnostics;
use crate::job::{Job, Question, UnresolvedJob};

/// How often the user is asked for one password.
const ATTEMPTS: usize = 3;

/// The jobs with all their passwords.
pub(super) fn resolve_remaining(mut jobs: Vec<UnresolvedJob>) -> Result<Vec<Job>, CommandError> {
    // Checked before commands run for half a minute.
    if jobs.iter_mut().any(|job| job.questions().next().is_some()) && !can_prompt() {
        return Err(CommandError::Usage("--ask needs a terminal; nothing was sent".to_owned()));
    }
    block_on(async {
        let mut diagnostics = Diagnostics::default();
        for job in &mut jobs {
            diagnostics.warnings.extend_from_slice(job.warnings());
            if let Err(found) = job.run_commands().await {
                diagnostics.errors.extend(found.errors);
            }
        }
        if diagnostics.has_errors() {
            return Err(CommandError::Invalid(diagnostics));
        }
        ask_all(jobs.iter_mut().flat_map(UnresolvedJob::questions)).await
    })??;
    jobs.into_iter().map(|job| job.into_job().ok_or(CommandError::NoPassword)).collect()
}

/// A signal ends the question, which restores the terminal's echo, and not the program at once.
async fn ask_all(questions: impl Iterator<Item = Question<'_>>) -> Result<(), CommandError> {
    let mut signals = None;
    for mut question in questions {
        let signals = match &mut signals {
            Some(signals) => signals,
            // Not before there is a question: from then on signals arrive here only.
            none => none.insert(Signals::new().map_err(|error| unusable(&error))?),
        };
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

fn unusable(error: &std::io::Error) -> CommandError {
    CommandError::Usage(format!("the terminal cannot be used: {error}; nothing was sent."))
}
