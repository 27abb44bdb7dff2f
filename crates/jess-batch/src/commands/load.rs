//! Reading the job files of a command line, all of them before anything else happens.

use std::io::Read;
use std::path::Path;

use zeroize::Zeroizing;

use super::init::job_of_list;
use super::passwords::complete;
use crate::cli::JobArguments;
use crate::console::{misuse, say};
use crate::job::{
    Choices, Draft, Findings, Job, JobFile, MAX_FILE_BYTES, Mistake, ReportTarget, Source, TakenFiles,
};
use crate::report::{Exit, visible};

/// The jobs with all their passwords, or what to end with when any has a mistake; that has been said then.
pub(super) fn load(arguments: &JobArguments, choices: &Choices) -> Result<Vec<Job>, Exit> {
    if let Some(conflict) = arguments.conflict(choices) {
        misuse(conflict);
        return Err(Exit::BadInput);
    }
    let mut jobs = Vec::new();
    let mut found = Findings::default();
    for path in &arguments.jobs {
        match check(path, choices) {
            Ok(job) => {
                found.warnings.extend_from_slice(job.warnings());
                jobs.push(job);
            }
            Err(more) => {
                found.warnings.extend(more.warnings);
                found.mistakes.extend(more.mistakes);
            }
        }
    }
    found.mistakes.extend(overwritten(&jobs, choices));
    if found.mistakes.is_empty() { complete(jobs) } else { Err(refused(&found)) }
}

/// One job with all its passwords.
pub(super) fn load_one(path: &Path, choices: &Choices) -> Result<Job, Exit> {
    let job = check(path, choices).map_err(|found| refused(&found))?;
    complete(vec![job])?.pop().ok_or(Exit::BadInput)
}

/// Says all that was found.
pub(super) fn refused(found: &Findings) -> Exit {
    for warning in &found.warnings {
        say_warning(warning);
    }
    for mistake in &found.mistakes {
        // Not cut: what to do stands at the end.
        say(&visible(&mistake.to_string()));
    }
    let count = found.mistakes.len();
    let noun = if count == 1 { "mistake" } else { "mistakes" };
    tracing::error!(target: "jess_batch::run", mistakes = count, "no run");
    say(&format!("{count} {noun}; nothing was sent."));
    Exit::BadInput
}

pub(super) fn say_warning(warning: &Mistake) {
    say(&visible(&format!("warning: {warning}")));
}

/// Reports that would replace what belongs to another job. Within one job the check has found them.
fn overwritten(jobs: &[Draft], choices: &Choices) -> Vec<Mistake> {
    let mut taken = TakenFiles::default();
    jobs.iter().filter_map(|job| job.source().path()).for_each(|path| taken.keep(path));
    jobs.iter().flat_map(Draft::rosters).for_each(|path| taken.keep(path));
    let mut mistakes = Vec::new();
    for job in jobs {
        for (index, target) in job.reports().iter().enumerate() {
            let ReportTarget::File { path, .. } = target else { continue };
            if let Some(problem) = taken.take(path) {
                // The job's reports are those of the flags where there are any.
                let by_flag = choices.reports.is_some();
                let subject = if by_flag { "--report".to_owned() } else { format!("reports[{index}]") };
                mistakes.push(Mistake { file: job.source().to_string(), place: None, subject, problem });
            }
        }
    }
    mistakes
}

/// One checked job, or what is wrong with it.
fn check(path: &Path, choices: &Choices) -> Result<Draft, Findings> {
    let source = if path.as_os_str() == "-" { Source::StandardInput } else { Source::File(path.to_owned()) };
    let whole = |problem| Mistake { file: source.to_string(), place: None, subject: String::new(), problem };
    if let Some(advice) = job_of_list(path) {
        return Err(whole(format!("the name of a job file ends in .yaml or .yml; {advice}")).into());
    }
    let text = read(&source).map_err(|error| whole(format!("the job file cannot be read: {error}")))?;
    check_text(&text, &source, choices)
}

/// The same of the text of a job file.
pub(super) fn check_text(text: &[u8], source: &Source, choices: &Choices) -> Result<Draft, Findings> {
    let (file, places) = JobFile::read(&source.to_string(), text)?;
    Draft::check(file, places, source, choices)
}

/// Reads no more than shows that a job file is too large.
fn read(source: &Source) -> std::io::Result<Zeroizing<Vec<u8>>> {
    let most = MAX_FILE_BYTES as u64 + 1;
    let mut text = Zeroizing::new(Vec::new());
    match source {
        Source::File(path) => std::fs::File::open(path)?.take(most).read_to_end(&mut text)?,
        Source::StandardInput => std::io::stdin().lock().take(most).read_to_end(&mut text)?,
    };
    Ok(text)
}
