//! Tables for people: the plan of a job, and how its run ended.

use comfy_table::{ContentArrangement, Table, presets};

use super::shown;
use crate::job::{Job, ServicePlan};
use crate::report::{AccountReport, Outcome, Report};

/// A plan of more accounts than this is cut: nobody reads that far.
const LONGEST_PLAN: usize = 100;
const BEGINNING_OF_PLAN: usize = 20;

/// The plan of a job: what is done where, for whom, and where each secret comes from. Never a secret.
pub(crate) fn plan(job: &Job) -> String {
    format!("{}\n{}", what_and_where(job), who(job))
}

fn what_and_where(job: &Job) -> String {
    let service = match &job.service {
        ServicePlan::Remote { service, .. } => service.address(),
        ServicePlan::Sandbox(_) => "the embedded sandbox (a rehearsal)",
    };
    let reports: Vec<String> = job.reports.iter().map(ToString::to_string).collect();
    let reports = if reports.is_empty() { "none".to_owned() } else { reports.join(", ") };
    let (update, verify) = (job.update.word(), job.verify.word());
    format!(
        " service: {}\n update: {update}; verify: {verify}\n {}\n reports: {}\n",
        shown(service),
        job.limits,
        shown(&reports)
    )
}

fn who(job: &Job) -> String {
    let mut table = table(&["account", "e-mail", "JESS user", "ENSIMS password", "JESS password"]);
    let selected = job.selected();
    let rows = if selected > LONGEST_PLAN { BEGINNING_OF_PLAN } else { selected };
    for account in job.accounts.iter().filter(|account| account.is_selected()).take(rows) {
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

/// Who did not succeed and why, then the totals.
pub(crate) fn summary(report: &Report) -> String {
    let mut text = String::new();
    let unattempted = |account: &&AccountReport| {
        matches!(account.outcome, Outcome::Stopped { .. }) && account.requests == 0
    };
    let not_good = report.accounts.iter().filter(|account| !account.is_good());
    let (unattempted, troubled): (Vec<_>, Vec<_>) = not_good.partition(unattempted);
    if !troubled.is_empty() {
        text.push_str("Not as wanted:\n");
        for account in troubled {
            text.push_str(&trouble(account));
        }
    }
    // They all wait for one thing, so one line is enough.
    if let [first, ..] = &unattempted[..] {
        let (count, why) = (unattempted.len(), first.outcome.phrase());
        text.push_str(&format!("{count} not attempted ({why}). {}\n", first.hint().unwrap_or_default()));
    }
    text.push_str(&report.totals.sentence());
    text
}

fn trouble(account: &AccountReport) -> String {
    let mut lines = vec![format!("  {}: {}", shown(&account.name), account.outcome.phrase())];
    let not_ready = account.why_not_ready();
    if let Some(reasons) = &not_ready {
        lines.push(format!("    not ready: {reasons}"));
    }
    if let Some(detail) = &account.detail {
        lines.push(format!("    {}", shown(detail)));
    }
    if let Some(message) = account.service_message.as_ref().filter(|_| not_ready.is_none()) {
        lines.push(format!("    the service said: '{}'", shown(message)));
    }
    if let Some(hint) = account.hint() {
        lines.push(format!("    {hint}"));
    }
    lines.join("\n") + "\n"
}

pub(super) fn table(header: &[&str]) -> Table {
    let mut table = Table::new();
    table
        .load_style(presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Disabled)
        .set_header(header);
    table
}
