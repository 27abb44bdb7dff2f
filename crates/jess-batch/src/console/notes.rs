//! What is printed around the summary of a run or a status check.

use std::io;

use ensims_client::Error;

use super::output::{job_error, status};
use super::text::{diagnostic_lines, shown, warning_line};
use crate::batch::PriorVerdict;
use crate::diagnostics::{Diagnostic, Diagnostics, counted};
use crate::job::{Job, ReportTarget};
use crate::remedies::Remedy;
use crate::report::Report;
use crate::state::RunState;

/// Says what the previous run has to do with this one.
pub fn print_previous(job: &Job, state: &RunState, resume: bool) {
    if !resume {
        if state.previous_cut_short {
            status("The previous run was cut short. This run starts again; --resume would do only the rest.");
        }
        return;
    }
    let settled = job.selected() - state.remaining(job);
    let mut refused = 0;
    for (account, prior) in job.accounts.iter().zip(&state.prior) {
        let is_refused = matches!(prior, Some(PriorVerdict::Refused { .. }));
        refused += usize::from(account.is_selected() && is_refused);
    }
    if settled == 0 {
        status("No result of an earlier run can be reused; every selected account is attempted.");
    } else if refused == 0 {
        status(&format!("Resumed: {settled} done earlier."));
    } else {
        status(&format!(
            "Resumed: {} done and {refused} refused earlier. Nothing is sent for the refused ones; once their passwords \
             are corrected, run the job without --resume.",
            settled - refused
        ));
    }
}

/// Says that the run history cannot be written.
pub fn print_unrecorded(error: &io::Error) {
    status(&format!(
        "error: the run history cannot be written: {error}. The run goes on, but --resume would not know all of it."
    ));
}

/// Says that the service at this address is not there.
pub fn print_unreachable(job: &Job, address: &str, error: &Error) {
    let advice = if matches!(error, Error::Tls { .. }) {
        &Remedy::CheckCertificate.texts().hint
    } else {
        "Check the address and the network, or run the job again later."
    };
    let problem = if error.http_status().is_some() { "is not available" } else { "cannot be reached" };
    let error = shown(&error.to_string());
    job_error(&job.settings.source, &format!("the service at {address} {problem}: {error}"));
    status(&format!("No password was sent. {advice}"));
}

/// Says where each report is, or why it is not there; `None`: it was left out because the run was at another service.
pub fn print_written(job: &Job, written: &[(&ReportTarget, Option<io::Result<()>>)]) {
    for (target, result) in written {
        let name = shown(&target.to_string());
        let is_file = **target != ReportTarget::StandardOutput;
        match result {
            None => status(&format!(
                "Not written: {name}. A run at another service than the job's does not count for Prometheus."
            )),
            Some(Ok(())) if is_file => status(&format!("Report: {name}")),
            Some(Ok(())) => {}
            Some(Err(error)) => {
                let to = if is_file { "the report" } else { "the report to" };
                job_error(&job.settings.source, &format!("{to} {name} cannot be written: {error}"));
            }
        }
    }
}

/// Says which accounts the reports cover, if that may surprise. `replaces`: there were reports of these names before.
pub fn print_coverage(job: &Job, report: &Report, replaces: bool, quiet: bool) {
    if job.settings.reports.is_empty() && !quiet {
        status("No report was written; --report PATH.json writes one.");
    }
    if replaces && job.selected() < job.accounts.len() {
        let again = if report.is_resumable() {
            "; a run with --resume, and without --only or --skip, covers all of them again"
        } else {
            ""
        };
        let all = counted(job.accounts.len(), "account", "accounts");
        status(&format!("The reports now cover {} of {all}{again}.", job.selected()));
    }
}

/// Says what makes the input unusable, after what may be a mistake.
pub fn print_diagnostics(diagnostics: &Diagnostics) {
    for line in diagnostic_lines(diagnostics) {
        status(&line);
    }
    let mistakes = diagnostics.errors.len();
    tracing::error!(target: "jess_batch::run", mistakes, "no run");
    status(&format!("{}; nothing was sent.", counted(mistakes, "mistake", "mistakes")));
}

/// Says what may be a mistake.
pub fn print_warnings(warnings: &[Diagnostic]) {
    for warning in warnings {
        status(&warning_line(warning));
    }
}
