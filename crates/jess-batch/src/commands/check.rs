//! `check`: everything that can be known without the network.

use serde::Serialize;

use super::error::{CommandError, CommandResult, print_warnings};
use super::load::load;
use crate::cli::{CheckArguments, CheckFormat, OutputArguments};
use crate::console::{count, data_line, plan};
use crate::diagnostics::{Diagnostic, Location};
use crate::job::Job;
use crate::outcome::ExitCode;

pub(super) fn check(arguments: &CheckArguments, output: &OutputArguments) -> CommandResult {
    let loaded = load(&arguments.job, &arguments.overrides());
    if arguments.format == CheckFormat::Json {
        return print_json(loaded);
    }
    for job in &loaded? {
        if !output.quiet {
            data_line(&format!("{}: {}\n{}", job.settings.source, found(job), plan(job)))?;
        }
        // Below the table, where they are seen.
        print_warnings(&job.warnings);
    }
    Ok(ExitCode::Success)
}

/// How many accounts a run would attempt, and what else was found.
fn found(job: &Job) -> String {
    let accounts = count(job.selected(), "account");
    match job.warnings.len() {
        0 => format!("{accounts}, no mistakes"),
        warnings => format!("{accounts}, no mistakes, {}", count(warnings, "warning")),
    }
}

/// The result of `check --format json`.
#[derive(Default, Serialize)]
struct CheckResult {
    accounts: Vec<CheckedAccount>,
    mistakes: Vec<CheckedMistake>,
    warnings: Vec<CheckedMistake>,
}

#[derive(Serialize)]
struct CheckedAccount {
    job: String,
    name: String,
    email: String,
    jess_username: String,
    selected: bool,
    ensims_password_from: String,
    jess_password_from: String,
}

#[derive(Serialize)]
struct CheckedMistake {
    file: String,
    line: Option<usize>,
    column: Option<usize>,
    message: String,
}

impl From<&Diagnostic> for CheckedMistake {
    fn from(diagnostic: &Diagnostic) -> Self {
        Self {
            file: diagnostic.file.clone(),
            line: diagnostic.location.as_ref().map(Location::line),
            column: diagnostic.location.as_ref().map(Location::column),
            message: diagnostic.text(),
        }
    }
}

fn print_json(loaded: Result<Vec<Job>, CommandError>) -> CommandResult {
    let mut result = CheckResult::default();
    let mut exit_code = ExitCode::Success;
    match loaded {
        Ok(jobs) => {
            for job in &jobs {
                result.accounts.extend(checked_accounts(job));
                result.warnings.extend(job.warnings.iter().map(CheckedMistake::from));
            }
        }
        Err(CommandError::Invalid(diagnostics)) => {
            result.mistakes.extend(diagnostics.errors.iter().map(CheckedMistake::from));
            result.warnings.extend(diagnostics.warnings.iter().map(CheckedMistake::from));
            exit_code = ExitCode::BadInput;
        }
        Err(other) => return Err(other),
    }
    data_line(
        &serde_json::to_string_pretty(&result).expect("texts and numbers can always be written as JSON"),
    )?;
    Ok(exit_code)
}

fn checked_accounts(job: &Job) -> impl Iterator<Item = CheckedAccount> {
    job.accounts.iter().map(|account| CheckedAccount {
        job: job.settings.source.to_string(),
        name: account.name.clone(),
        email: account.email.clone(),
        jess_username: account.jess_username.clone(),
        selected: account.is_selected(),
        ensims_password_from: account.ensims_source.to_string(),
        jess_password_from: account.jess_source.to_string(),
    })
}
