//! How the user can run a job again after this run.

use crate::cli::STATE_DIR_VARIABLE;
use crate::job::Job;
use crate::report::Rerun;
use crate::secret::SecretSource;

/// How the user can run a job again: with this command line once more. `resumes`: with `--resume`. None for a job that
/// cannot be read again.
pub(super) fn rerun(job: &Job, resumes: bool) -> Option<Rerun> {
    job.settings.source.file()?;
    let words = std::env::args_os().skip(1).map(|word| word.to_string_lossy().into_owned());
    let state_dir = std::env::var(STATE_DIR_VARIABLE).ok();
    Some(Rerun { resumes, arguments: unless_systemd(job, command_line(words, resumes, state_dir)) })
}

/// How the user can run a job after a status check of it.
pub(super) fn run_after_status(job: &Job) -> Option<Rerun> {
    let file = job.settings.source.file()?;
    let arguments = vec!["run".to_owned(), file.display().to_string()];
    Some(Rerun { resumes: false, arguments: unless_systemd(job, arguments) })
}

/// These arguments, unless the job uses credentials: they are there only for the systemd service that ran the job.
fn unless_systemd(job: &Job, arguments: Vec<String>) -> Option<Vec<String>> {
    let is_credential = |source: &SecretSource| matches!(source, SecretSource::Credential(_));
    let uses_credentials = job
        .selected_accounts()
        .any(|account| is_credential(&account.ensims_source) || is_credential(&account.jess_source));
    if uses_credentials { None } else { Some(arguments) }
}

/// The words of a command line with or without `--resume`, and with the state folder that a variable names.
fn command_line(
    words: impl Iterator<Item = String>,
    resumes: bool,
    state_dir: Option<String>,
) -> Vec<String> {
    let mut words: Vec<String> = words.filter(|word| word != "--resume").collect();
    let after_run = words.iter().position(|word| word == "run").map_or(0, |at| at + 1);
    if resumes {
        words.insert(after_run, "--resume".to_owned());
    }
    let is_named = words.iter().any(|word| word == "--state-dir" || word.starts_with("--state-dir="));
    if let Some(state_dir) = state_dir.filter(|folder| !folder.is_empty() && !is_named) {
        // A relative one still means the same folder where the command is typed.
        let at = after_run + usize::from(resumes);
        words.splice(at..at, ["--state-dir".to_owned(), state_dir]);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn command_line_resumes_with_the_same_words() {
        let line = |text: &str, resumes, state_dir: Option<&str>| {
            let words = text.split(' ').map(str::to_owned);
            command_line(words, resumes, state_dir.map(str::to_owned)).join(" ")
        };
        for (typed, resumes, state_dir, again) in [
            ("run lab.yaml", true, None, "run --resume lab.yaml"),
            ("-q run lab.yaml", true, None, "-q run --resume lab.yaml"),
            ("run lab.yaml --resume", true, None, "run --resume lab.yaml"),
            ("run lab.yaml --resume", false, None, "run lab.yaml"),
            ("run lab.yaml", true, Some("/var/lib/jess"), "run --resume --state-dir /var/lib/jess lab.yaml"),
            ("run lab.yaml --state-dir x", true, Some("y"), "run --resume lab.yaml --state-dir x"),
            ("run lab.yaml", true, Some(""), "run --resume lab.yaml"),
        ] {
            assert_eq!(line(typed, resumes, state_dir), again);
        }
    }
}
