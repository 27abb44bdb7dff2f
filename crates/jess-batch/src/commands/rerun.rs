//! How the user can run a job again after this run.

use std::path::Path;

use crate::cli::{JobArguments, RunArguments};
use crate::job::Job;
use crate::platform::show_path;
use crate::report::Rerun;
use crate::secret::SecretSource;

/// How the user can run a job again: with this command line once more, but no other job, and with what variables say.
/// `resumes`: with `--resume`. None for a job that cannot be read again.
pub(super) fn rerun(job: &Job, resumes: bool, arguments: &RunArguments) -> Option<Rerun> {
    let file = job.settings.source.file()?;
    let mut words = Vec::new();
    for word in &arguments.words {
        let is_other_job = Path::new(word) != file && arguments.job.jobs.iter().any(|job| **job == **word);
        if !is_other_job {
            words.push(word.to_string_lossy().into_owned());
        }
    }
    let words = command_line(words, resumes, &from_variables(job, arguments));
    Some(Rerun { resumes, arguments: unless_systemd(job, words) })
}

/// What variables say, as words. On a detour, their reports have the names that this run gave them: the words count as
/// typed then.
fn from_variables(job: &Job, arguments: &RunArguments) -> Vec<String> {
    let mut words = arguments.from_variables.clone();
    let Some(detour) = &job.settings.detour else { return words };
    let mut is_report = false;
    for word in &mut words {
        if is_report && *word != "-" {
            *word = show_path(&detour.rename(Path::new(word)));
        }
        is_report = *word == "--report";
    }
    words
}

/// How the user can run a job after a status check of it: the same accounts at the same service.
pub(super) fn run_after_status(job: &Job, arguments: &JobArguments) -> Option<Rerun> {
    let file = job.settings.source.file()?;
    let mut words = vec!["run".to_owned()];
    words.extend(arguments.selection());
    words.push(show_path(file));
    Some(Rerun { resumes: false, arguments: unless_systemd(job, words) })
}

/// These arguments, unless the job uses credentials: they are there only for the systemd service that ran the job.
fn unless_systemd(job: &Job, arguments: Vec<String>) -> Option<Vec<String>> {
    let is_credential = |source: &SecretSource| matches!(source, SecretSource::Credential(_));
    let uses_credentials = job
        .selected_accounts()
        .any(|account| is_credential(&account.ensims_source) || is_credential(&account.jess_source));
    if uses_credentials { None } else { Some(arguments) }
}

/// The words of a command line with or without `--resume`, and with the options that came from variables.
fn command_line(mut words: Vec<String>, resumes: bool, from_variables: &[String]) -> Vec<String> {
    words.retain(|word| word != "--resume");
    // It was ignored, and both cannot be typed.
    if from_variables.iter().any(|word| word == "--dry-run")
        && let Some(at) = words.iter().position(|word| word == "--service" || word.starts_with("--service="))
    {
        let end = if words[at] == "--service" { at + 2 } else { at + 1 };
        words.drain(at..end.min(words.len()));
    }
    let after_run = words.iter().position(|word| word == "run").map_or(0, |at| at + 1);
    let resume = resumes.then(|| "--resume".to_owned());
    words.splice(after_run..after_run, resume.into_iter().chain(from_variables.iter().cloned()));
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn command_line_resumes_with_the_same_words() {
        let line = |text: &str, resumes, from_variables: &[&str]| {
            let words = text.split(' ').map(str::to_owned).collect();
            let from_variables: Vec<_> = from_variables.iter().map(|word| (*word).to_owned()).collect();
            command_line(words, resumes, &from_variables).join(" ")
        };
        let dry_run = ["--dry-run"];
        let folder = ["--state-dir", "/var/lib/jess"];
        for (typed, resumes, from_variables, again) in [
            ("run lab.yaml", true, &[][..], "run --resume lab.yaml"),
            ("-q run lab.yaml", true, &[], "-q run --resume lab.yaml"),
            ("run lab.yaml --resume", true, &[], "run --resume lab.yaml"),
            ("run lab.yaml --resume", false, &[], "run lab.yaml"),
            ("run lab.yaml", true, &folder, "run --resume --state-dir /var/lib/jess lab.yaml"),
            ("run --service https://a.example lab.yaml", false, &dry_run, "run --dry-run lab.yaml"),
            ("run --service=https://a.example lab.yaml", false, &dry_run, "run --dry-run lab.yaml"),
            ("run lab.yaml", false, &folder, "run --state-dir /var/lib/jess lab.yaml"),
        ] {
            assert_eq!(line(typed, resumes, from_variables), again);
        }
    }
}
