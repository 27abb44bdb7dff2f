//! Reading the job files of a command line, all of them before anything else happens.

use std::collections::HashSet;
use std::io::Read;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::cli::JobArguments;
use crate::console::{say, shown};
use crate::job::{Choices, Job, JobFile, Mistake, ReportTarget, Source};
use crate::report::check_target;

/// The checked jobs, or nothing when any has a mistake; all mistakes have been said then.
pub(super) fn load(arguments: &JobArguments, choices: &Choices) -> Option<Vec<Job>> {
    if let Some(conflict) = arguments.conflict(choices) {
        say(&format!("error: {conflict}"));
        return None;
    }
    let mut jobs = Vec::new();
    let mut mistakes = Vec::new();
    for path in &arguments.jobs {
        match load_one(path, choices) {
            Ok(job) => jobs.push(job),
            Err(more) => mistakes.extend(more),
        }
    }
    mistakes.extend(overwritten(&jobs));
    mistakes.extend(unwritable(&jobs));
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

/// Reports that would replace a job file or the report of another job.
fn overwritten(jobs: &[Job]) -> Vec<Mistake> {
    let whole = |path: &Path| path.canonicalize().or_else(|_| std::path::absolute(path)).unwrap_or_default();
    let mut taken: HashSet<PathBuf> = HashSet::new();
    taken.extend(jobs.iter().filter_map(|job| job.source.path()).map(whole));
    let mut mistakes = Vec::new();
    for job in jobs {
        for target in &job.reports {
            let ReportTarget::File { path, .. } = target else { continue };
            if !taken.insert(whole(path)) {
                mistakes.push(Mistake {
                    file: job.source.to_string(),
                    place: None,
                    subject: "reports".to_owned(),
                    problem: "a report would replace a job file or another report; give it another name"
                        .to_owned(),
                });
            }
        }
    }
    mistakes
}

/// Reports that cannot be written where the job says.
fn unwritable(jobs: &[Job]) -> Vec<Mistake> {
    let mut mistakes = Vec::new();
    for job in jobs {
        for target in &job.reports {
            if let (ReportTarget::File { path, .. }, Err(error)) = (target, check_target(target)) {
                mistakes.push(Mistake {
                    file: job.source.to_string(),
                    place: None,
                    subject: "reports".to_owned(),
                    problem: format!("{} cannot be written: {error}", path.display()),
                });
            }
        }
    }
    mistakes
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
