//! The passwords of checked jobs that take longer: from commands, and from the person at the terminal.

use std::io;

use super::load::refused;
use super::runtime::try_block_on;
use super::signals::Signals;
use crate::batch::Signal;
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
        ask_all(jobs.iter_mut().flat_map(Draft::questions)).await
    })??;
    jobs.into_iter().map(Draft::into_job).collect::<Option<Vec<Job>>>().ok_or_else(|| {
        say("No password was typed; nothing was sent.");
        Exit::BadInput
    })
}

/// A signal is to end the question, which gives the terminal its echo back, and not the program at once.
async fn ask_all(questions: impl Iterator<Item = Question<'_>>) -> Result<(), Exit> {
    let mut signals = None;
    for mut question in questions {
        let signals = match &mut signals {
            Some(signals) => signals,
            // Not before there is a question: from then on they are heard here only.
            none => none.insert(Signals::new().map_err(|error| unusable(&error))?),
        };
        let signal = tokio::select! {
            biased;
            signal = signals.next() => signal,
            answered = ask(&mut question) => match answered {
                Ok(()) => continue,
                Err(NotTyped::Interrupted) => Signal::Interrupt,
                Err(NotTyped::Ended) => break,
                Err(NotTyped::Failed(error)) => return Err(unusable(&error)),
            },
        };
        say(match signal {
            Signal::Interrupt => "Interrupted; nothing was sent.",
            Signal::Terminate => "Terminated; nothing was sent.",
        });
        return Err(signal.exit());
    }
    Ok(())
}

async fn ask(question: &mut Question<'_>) -> Result<(), NotTyped> {
    for _ in 0..ATTEMPTS {
        let typed = type_hidden(&shown(&question.prompt)).await?;
        match question.answer(&typed) {
            Ok(()) => return Ok(()),
            Err(flaw) => say(&format!("The password {flaw}.")),
        }
    }
    Err(NotTyped::Ended)
}

fn unusable(error: &io::Error) -> Exit {
    say(&format!("error: the terminal cannot be used: {error}; nothing was sent."));
    Exit::BadInput
}
