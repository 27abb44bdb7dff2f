//! The result of `check`, for people and for programs.

use serde::Serialize;

use super::tables::plan;
use crate::diagnostics::{Diagnostic, Diagnostics, counted};
use crate::job::Job;

/// How many accounts a run of the job would attempt, what else was found, and its plan.
pub fn check_text(job: &Job) -> String {
    let warnings = match job.warnings.len() {
        0 => String::new(),
        warnings => format!(", {}", counted(warnings, "warning", "warnings")),
    };
    let accounts = counted(job.selected(), "account", "accounts");
    format!("{}: {accounts}, no mistakes{warnings}\n{}", job.settings.source, plan(job))
}

#[derive(Serialize)]
struct CheckResult<'a> {
    accounts: Vec<CheckedAccount<'a>>,
    mistakes: &'a [Diagnostic],
    warnings: Vec<&'a Diagnostic>,
}

#[derive(Serialize)]
struct CheckedAccount<'a> {
    job: String,
    name: &'a str,
    email: &'a str,
    jess_username: &'a str,
    selected: bool,
    ensims_password_from: String,
    jess_password_from: String,
}

/// The accounts of valid jobs, or what is wrong with jobs, as JSON.
#[expect(clippy::missing_panics_doc, reason = "texts and numbers can always be written as JSON")]
pub fn check_json(jobs: &[Job], found: &Diagnostics) -> String {
    let mut warnings: Vec<_> = found.warnings.iter().collect();
    let mut accounts = Vec::new();
    for job in jobs {
        warnings.extend(&job.warnings);
        accounts.extend(job.accounts.iter().map(|account| CheckedAccount {
            job: job.settings.source.to_string(),
            name: &account.name,
            email: &account.email,
            jess_username: &account.jess_username,
            selected: account.is_selected(),
            ensims_password_from: account.ensims_source.to_string(),
            jess_password_from: account.jess_source.to_string(),
        }));
    }
    let result = CheckResult { accounts, mistakes: &found.errors, warnings };
    serde_json::to_string_pretty(&result).expect("texts and numbers can always be written as JSON")
}
