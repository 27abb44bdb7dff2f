//! The passwords of checked jobs that take longer: from commands, and from the person at the terminal.

use super::load::refused;
use super::runtime::try_block_on;
use super::signals::hear_interrupts;
use crate::console::{NotTyped, can_ask, misuse, say, shown, type_hidden};
use crate::job::{Draft, Findings, Job, Question};
use crate::report::Exit;

/// How often a person is asked for one password.
const ATTEMPTS: usize = 3;

/// The jobs with all their passwords; or what to end with, when that has been said.
pub(super) fn complete(mut jobs: Vec<Draft>) -> Result<Vec<Job>, Exit> {
    // Said before commands run for half a minute.
    if jobs.iter_mut().any(|job| job.questions().next().is_some()) && !can_ask() {
        misuse("--ask needs a terminal to type at; nothing was sent");
        return Err(Exit::BadInput);
    }
    try_block_on(async {
        let mut found = Findings::default();
        for job in &mut jobs {
            found.warnings.extend_from_slice(job.warnings());
            found.mistakes.extend(job.run_commands().await.err().into_iter().flatten());
        }
        if !found.mistakes.is_empty() {
            return Err(refused(&found));
        }
        for mut question in jobs.iter_mut().flat_map(Draft::questions) {
            // Ctrl-C is to end the question, which gives the terminal its echo back, and not the program.
            let _heard = hear_interrupts();
            if !ask(&mut question)? {
                break;
            }
        }
        Ok(())
    })??;
    jobs.into_iter().map(Draft::into_job).collect::<Option<Vec<Job>>>().ok_or_else(|| {
        say("No password was typed; nothing was sent.");
        Exit::BadInput
    })
}

/// Whether the person has typed the password.
fn ask(question: &mut Question<'_>) -> Result<bool, Exit> {
    for _ in 0..ATTEMPTS {
        match type_hidden(&shown(&question.prompt)) {
            Ok(typed) => match question.answer(&typed) {
                Ok(()) => return Ok(true),
                Err(flaw) => say(&format!("The password {flaw}.")),
            },
            Err(NotTyped::Interrupted) => {
                say("Interrupted; nothing was sent.");
                return Err(Exit::Interrupted);
            }
            Err(NotTyped::Ended) => break,
            Err(NotTyped::Failed(error)) => {
                say(&format!("error: the terminal cannot be used: {error}"));
                break;
            }
        }
    }
    Ok(false)
}
