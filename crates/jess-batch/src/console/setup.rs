//! What `init` prints for a user who starts.

use std::path::Path;

use super::text::{diagnostic_lines, shown};
use crate::diagnostics::{Diagnostic, Diagnostics, counted, shell_quote_path};
use crate::platform::{FILES_ARE_PRIVATE, new_password_file, shell_quote, show_path};
use crate::roster::{Column, RosterSummary};

/// What is in a roster, then its warnings and mistakes.
pub fn roster_text(roster: &Path, contents: &RosterSummary, diagnostics: &Diagnostics) -> String {
    let mut lines = Vec::new();
    lines.push(shown(&format!("{}: {}", show_path(roster), contents.roster.contents())));
    lines.push(format!("  columns: {}", columns(contents)));
    if let Some(headings) = contents.headings.as_ref().filter(|headings| !headings.others.is_empty()) {
        lines.push(format!("  ignored: {}", shown(&headings.others.join(", "))));
    }
    lines.push(format!("  ENSIMS passwords: {}", contents.password_sources(Column::ENSIMS_PASSWORDS)));
    lines.push(if contents.has_no_jess_accounts() {
        "  JESS accounts: none, so all accounts share the one in the job file".to_owned()
    } else {
        format!("  JESS passwords: {}", contents.password_sources(Column::JESS_PASSWORDS))
    });
    lines.extend(diagnostic_lines(diagnostics));
    let (errors, warnings) = (diagnostics.errors.len(), diagnostics.warnings.len());
    let mistakes =
        if errors == 0 { "No mistakes".to_owned() } else { counted(errors, "mistake", "mistakes") };
    let warnings = if warnings == 0 {
        String::new()
    } else {
        format!(" and {}", counted(warnings, "warning", "warnings"))
    };
    lines.push(format!("{mistakes}{warnings} in the roster."));
    lines.join("\n")
}

/// The columns that are used; with their headings, if these are not the standard ones.
fn columns(contents: &RosterSummary) -> String {
    let mut columns = Vec::new();
    if let Some(headings) = &contents.headings {
        for (column, heading) in &headings.known {
            columns.push(if heading == column.heading() {
                heading.clone()
            } else {
                format!("{column} ('{heading}')")
            });
        }
    } else {
        columns.extend(contents.columns().map(|column| column.to_string()));
    }
    shown(&columns.join(", "))
}

/// The first steps with a job file of examples at `job`.
pub fn steps_for_examples(job: &Path) -> Vec<String> {
    let mut steps = vec!["Replace the examples in it with your accounts and passwords.".to_owned()];
    steps.extend(steps_for_password_file(&job.with_file_name("secrets/alice-jess.txt")));
    steps
}

/// The first steps with a job file for a roster.
pub fn steps_for_roster(job: &Path, contents: &RosterSummary, errors: &[Diagnostic]) -> Vec<String> {
    let mut steps = Vec::new();
    if contents.exposes_passwords {
        steps.push("Run the chmod command above: other users can read that file now.".to_owned());
    }
    if errors.len() > usize::from(contents.exposes_passwords) {
        steps.push("Correct the mistakes above, and save the spreadsheet again.".to_owned());
        let has_ignored = contents.headings.as_ref().is_some_and(|headings| !headings.others.is_empty());
        if contents.lacks_column() && has_ignored {
            steps.push("If you need an ignored column, add it under 'columns:' in the job file.".to_owned());
        }
    }
    if contents.has_no_jess_accounts() {
        steps.push("Put the user name of the shared JESS account into it, under 'jess:'.".to_owned());
        steps.extend(steps_for_password_file(&job.with_file_name("secrets/jess.txt")));
    }
    steps
}

/// The commands that create a file with a password. None if the file is there.
fn steps_for_password_file(file: &Path) -> Vec<String> {
    if file.exists() {
        return Vec::new();
    }
    let folder = file.parent().filter(|folder| !folder.exists());
    let folder = folder.map(|folder| shown(&shell_quote_path(folder)));
    let steps = new_password_file(folder.as_deref(), &shown(&shell_quote_path(file)));
    steps.iter().map(|(what, command)| step(what, command)).collect()
}

/// What to do, and the command for it.
fn step(what: &str, command: &str) -> String {
    format!("{what:<34}{command}")
}

/// That the job file is there, and what to do next. `first` is an account to start with.
pub fn new_job_text(path: &Path, first: &str, mut steps: Vec<String>) -> String {
    let (job, first) = (shown(&shell_quote_path(path)), shown(&shell_quote(first)));
    steps.push(step("Check it (sends nothing):", &format!("jess-batch check {job}")));
    steps.push(step("Rehearse it (sends nothing):", &format!("jess-batch run {job} --dry-run")));
    steps.push(step("Run one account for real:", &format!("jess-batch run {job} --only {first}")));
    steps.push(step("Run all of them:", &format!("jess-batch run {job}")));
    let name = shown(&show_path(path));
    let privacy = if FILES_ARE_PRIVATE { ", which only you can open" } else { "" };
    let mut text = format!("Created {name}{privacy}. Next:");
    for (index, step) in steps.iter().enumerate() {
        text.push_str(&format!("\n  {}. {step}", index + 1));
    }
    text
}
