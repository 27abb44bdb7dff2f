//! The one place where errors and warnings are printed.

use std::io::ErrorKind;

use super::error::CommandError;
use crate::batch::Signal;
use crate::console::{count, job_error, status, usage_error};
use crate::diagnostics::{Diagnostic, Diagnostics, escape_invisible};

/// Prints why a command or the work on one job ended without result.
pub(super) fn print_error(error: &CommandError) {
    match error {
        CommandError::Usage(problem) => usage_error(problem),
        CommandError::Invalid(diagnostics) => print_diagnostics(diagnostics),
        CommandError::Job { source, problem } => job_error(source, problem),
        CommandError::State { source, error } => job_error(source, &error.to_string()),
        CommandError::NoPassword => status("No password was typed; nothing was sent."),
        CommandError::Interrupted(Signal::Interrupt) => status("Interrupted; nothing was sent."),
        CommandError::Interrupted(Signal::Terminate) => status("Terminated; nothing was sent."),
        // A reader such as `head` that has enough needs no message.
        CommandError::Output(error) if error.kind() == ErrorKind::BrokenPipe => {}
        CommandError::Output(error) => usage_error(&format!("standard output cannot be written: {error}.")),
    }
}

fn print_diagnostics(diagnostics: &Diagnostics) {
    print_warnings(&diagnostics.warnings);
    for error in &diagnostics.errors {
        // Not shortened: what to do stands at the end.
        status(&escape_invisible(&error.to_string()));
    }
    let mistakes = diagnostics.errors.len();
    tracing::error!(target: "jess_batch::run", mistakes, "no run");
    status(&format!("{}; nothing was sent.", count(mistakes, "mistake")));
}

/// Prints what may be a mistake.
pub(super) fn print_warnings(warnings: &[Diagnostic]) {
    for warning in warnings {
        status(&escape_invisible(&format!("warning: {warning}")));
    }
}
