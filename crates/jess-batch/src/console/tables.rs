//! Tables for people: the plan of a job, and whether its accounts are ready.

use comfy_table::{ContentArrangement, Table, presets};

use super::text::{Stream, shown};
use crate::job::{Job, ServicePlan};
use crate::outcome::{AccountResult, JessState, Outcome, UsageRecord};
use crate::platform::show_path;
use crate::report::Report;

/// A plan of more accounts than this is cut: nobody reads that far.
const MAX_ROWS: usize = 100;
/// How many rows a plan that is cut shows.
const FIRST_ROWS: usize = 20;

/// What a run of the job would do where, for whom, and where each password comes from. Never a password.
pub(super) fn plan(job: &Job) -> String {
    let settings = &job.settings;
    let service = match &settings.service {
        ServicePlan::Remote { service, .. } => shown(service.address()),
        ServicePlan::Sandbox => "the embedded sandbox (a rehearsal)".to_owned(),
    };
    let reports: Vec<String> = settings.reports.iter().map(ToString::to_string).collect();
    let reports = if reports.is_empty() { "none".to_owned() } else { shown(&reports.join(", ")) };
    let mut rosters = String::new();
    for roster in &job.rosters {
        let contents = format!("{}: {}", show_path(&roster.path), roster.contents());
        rosters += &format!("\n roster: {}", shown(&contents));
    }
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
    format!(
        " service: {service}\n update: {}; verify: {}\n {}\n reports: {reports}{rosters}\n\n{}{more}",
        settings.update,
        settings.verify,
        settings.limits,
        table.trim_fmt()
    )
}

/// One row for each selected account, within the width of the terminal; with `quiet` only for those that need attention.
/// `long` adds the usage, with numbers as the service gives them: it documents no units but the name "CPU hours".
pub fn status_table(report: &Report, long: bool, quiet: bool) -> String {
    let mut headings = vec!["account", "readiness", "JESS session", "JESS user", "suspended"];
    if long {
        headings.extend(["CPU hours", "simulations", "CPU time", "storage"]);
    }
    let mut table = table(&headings);
    if let Some(width) = Stream::Out.width() {
        // Long cells go on in further lines.
        table.set_content_arrangement(ContentArrangement::Dynamic).set_width(width);
    }
    for account in report.selected_accounts() {
        if quiet && account.is_good() {
            continue;
        }
        table.add_row(status_row(account, long));
    }
    table.trim_fmt()
}

fn status_row(account: &AccountResult, long: bool) -> Vec<String> {
    let unknown = JessState::default();
    let jess = account.jess.as_deref().unwrap_or(&unknown);
    let readiness = match &account.outcome {
        Outcome::Checked => account.word().to_owned(),
        outcome => format!("unknown ({})", outcome.phrase()),
    };
    let mut row = vec![
        shown(&account.name),
        readiness,
        yes_or_no(jess.session_valid, "valid", "not valid"),
        shown(jess.linked_jess_user.as_deref().unwrap_or("-")),
        yes_or_no(jess.suspended, "yes", "no"),
    ];
    if long {
        row.push(jess.cpu_hours.map_or("-".to_owned(), |hours| hours.to_string()));
        row.push(usage(jess, |record| record.jobs));
        row.push(usage(jess, |record| record.cputime));
        row.push(usage(jess, |record| record.storage));
    }
    row
}

fn yes_or_no(answer: Option<bool>, yes: &str, no: &str) -> String {
    answer.map_or("-", |answer| if answer { yes } else { no }).to_owned()
}

/// One number of each line of usage; the service gives one line, as far as is known.
fn usage(jess: &JessState, number: impl Fn(&UsageRecord) -> Option<i64>) -> String {
    let mut numbers = Vec::new();
    for record in jess.usage.iter().flatten() {
        numbers.extend(number(record).map(|number| number.to_string()));
    }
    if numbers.is_empty() { "-".to_owned() } else { numbers.join(", ") }
}

/// An empty table without lines, as wide as its contents.
fn table(header: &[&str]) -> Table {
    let mut table = Table::new();
    table
        .load_style(presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Disabled)
        .set_header(header);
    table
}
