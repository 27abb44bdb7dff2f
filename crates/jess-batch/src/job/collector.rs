//! Collecting the diagnostics of a job, each with its location.

use std::fmt;

use super::account::{Origin, UnresolvedAccount};
use super::yaml::Node;
use crate::diagnostics::{Diagnostic, Diagnostics, Location};
use crate::platform::show_path;
use crate::roster::Roster;

/// The diagnostics of a job, and what their locations are found with.
#[derive(Debug)]
pub(super) struct Collector {
    pub(super) diagnostics: Diagnostics,
    /// The rosters that were read.
    pub(super) rosters: Vec<Roster>,
    file: String,
    tree: Node,
}

impl Collector {
    /// `file` is what messages call the job file.
    pub(super) fn new(file: String, tree: Node) -> Self {
        Self { diagnostics: Diagnostics::default(), rosters: Vec::new(), file, tree }
    }

    /// Reports an error at a path of the job file or in a flag such as `--only`.
    pub(super) fn error(&mut self, path: &str, message: impl Into<String>) {
        let error = self.diagnostic(path, message);
        self.diagnostics.errors.push(error);
    }

    /// The value; an error is reported at the path.
    pub(super) fn value<T, E: fmt::Display>(&mut self, path: &str, result: Result<T, E>) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(error) => {
                self.error(path, error.to_string());
                None
            }
        }
    }

    /// Reports an error in one account. `key` is its path below the account, such as `ensims.email`; empty for all of it.
    pub(super) fn account_error(
        &mut self,
        account: &UnresolvedAccount,
        key: &str,
        message: impl Into<String>,
    ) {
        let error = self.account_diagnostic(account, key, message.into());
        self.diagnostics.errors.push(error);
    }

    /// A diagnostic at a path of the job file or in a flag.
    pub(super) fn diagnostic(&self, path: &str, message: impl Into<String>) -> Diagnostic {
        let location = if path.starts_with('-') { None } else { self.tree.locate(path).map(Location::Text) };
        Diagnostic { file: self.file.clone(), location, subject: path.to_owned(), message: message.into() }
    }

    /// A diagnostic about a key of one account.
    pub(super) fn account_diagnostic(
        &self,
        account: &UnresolvedAccount,
        key: &str,
        message: String,
    ) -> Diagnostic {
        let mut diagnostic = match account.origin {
            Origin::JobFile(index) => self.diagnostic(&join(&format!("accounts[{index}]"), key), message),
            Origin::Roster { roster, row } => {
                let roster = &self.rosters[roster];
                let location = Some(roster.location(row, &column(key)));
                Diagnostic { location, ..Diagnostic::of_file(show_path(&roster.path), message) }
            }
        };
        let label = account.label();
        if diagnostic.subject.is_empty() {
            label.clone_into(&mut diagnostic.subject);
        } else if !label.is_empty() {
            diagnostic.subject = format!("{label}, {}", diagnostic.subject);
        }
        diagnostic
    }

    /// Where an account is, such as ` (students.csv, line 7)`.
    pub(super) fn place_of(&self, account: &UnresolvedAccount) -> String {
        let Diagnostic { file, location, .. } = self.account_diagnostic(account, "", String::new());
        location.map_or_else(String::new, |location| format!(" ({file}{location})"))
    }

    /// Sorts by location: the job file first, then each roster.
    pub(super) fn sort(&mut self) {
        self.diagnostics.sort(&self.file);
    }
}

/// The path of a key below another path; if the key is empty, the path itself.
pub(super) fn join(path: &str, key: &str) -> String {
    if key.is_empty() { path.to_owned() } else { format!("{path}.{key}") }
}

/// The standard heading of the column that holds this key of an account in a roster.
fn column(key: &str) -> String {
    match key {
        "ensims.email" => "email".to_owned(),
        "ensims" | "jess" => format!("{key}_password"),
        _ => key.replace('.', "_"),
    }
}
