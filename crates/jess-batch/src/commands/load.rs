//! Reading the job files of a command line, all of them before anything else happens.

use std::io::Read;
use std::path::Path;

use zeroize::Zeroizing;

use crate::cli::JobArguments;
use crate::console::{say, shown};
use crate::job::{Choices, Job, JobFile, Mistake, Source};

/// The checked jobs, or nothing when any has a mistake; all mistakes have been said then.
pub(super) fn load(arguments: &JobArguments) -> Option<Vec<Job>> {
    if let Some(conflict) = arguments.conflict() {
        say(&format!("error: {conflict}"));
        return None;
    }
    let choices = arguments.choices();
    let mut jobs = Vec::new();
    let mut mistakes = Vec::new();
    for path in &arguments.jobs {
        match load_one(path, &choices) {
            Ok(job) => jobs.push(job),
            Err(more) => mistakes.extend(more),
        }
    }
    if mistakes.is_empty() {
        return Some(jobs);
    }
    for mistake in &mistakes {
        say(&shown(&mistake.to_string()));
    }
    let count = mistakes.len();
    let noun = if count == 1 { "mistake" } else { "mistakes" };
    say(&format!("{count} {noun}; nothing was sent."));
    None
}

/// One checked job, or its mistakes.
pub(super) fn load_one(path: &Path, choices: &Choices) -> Result<Job, Vec<Mistake>> {
    let source = if path.as_os_str() == "-" { Source::StandardInput } else { Source::File(path.to_owned()) };
    let name = source.to_string();
    let text = read(&source).map_err(|error| {
        vec![Mistake {
            file: name.clone(),
            place: None,
            subject: String::new(),
            problem: format!("the job file cannot be read: {error}"),
        }]
    })?;
    let (file, places) = JobFile::read(&name, &text).map_err(|mistake| vec![mistake])?;
    Job::check(file, &places, source, choices)
}

fn read(source: &Source) -> std::io::Result<Zeroizing<Vec<u8>>> {
    match source {
        Source::File(path) => std::fs::read(path).map(Zeroizing::new),
        Source::StandardInput => {
            let mut text = Zeroizing::new(Vec::new());
            std::io::stdin().lock().read_to_end(&mut text)?;
            Ok(text)
        }
    }
}
