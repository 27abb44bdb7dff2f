//! The plan of a job, for `check`: what a run would do where, for whom, and where each password comes from.

use super::table::table;
use super::text::shown;
use crate::job::{Job, ServicePlan};

/// A plan of more accounts than this is cut: nobody reads that far.
const MAX_ROWS: usize = 100;
/// How many rows a plan that is cut shows.
const FIRST_ROWS: usize = 20;

/// The plan of a job. Never a password.
pub fn plan(job: &Job) -> String {
    let settings = &job.settings;
    let service = match &settings.service {
        ServicePlan::Remote { service, .. } => shown(service.address()),
        ServicePlan::Sandbox(_) => "the embedded sandbox (a rehearsal)".to_owned(),
    };
    let reports: Vec<String> = settings.reports.iter().map(ToString::to_string).collect();
    let reports = if reports.is_empty() { "none".to_owned() } else { shown(&reports.join(", ")) };
    format!(
        " service: {service}\n update: {}; verify: {}\n {}\n reports: {reports}\n\n{}",
        settings.update,
        settings.verify,
        settings.limits,
        accounts(job)
    )
}

fn accounts(job: &Job) -> String {
    let mut table = table(&["account", "e-mail", "JESS user", "ENSIMS password", "JESS password"]);
    let selected = job.selected();
    let rows = if selected > MAX_ROWS { FIRST_ROWS } else { selected };
    for account in job.selected_accounts().take(rows) {
        table.add_row([
            shown(&account.name),
            shown(&account.email),
            shown(&account.jess_username),
            shown(&account.ensims_source.to_string()),
            shown(&account.jess_source.to_string()),
        ]);
    }
    let more = if rows < selected { format!("\n … and {} more", selected - rows) } else { String::new() };
    table.trim_fmt() + &more
}
