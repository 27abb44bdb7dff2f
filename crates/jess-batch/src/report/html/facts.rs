//! The facts of the run, one line each.

use jiff::Timestamp;

use super::shown;
use super::time::span;
use crate::job::{Update, Verify};
use crate::report::model::{Mode, Report};

/// What stands beside the name of a fact.
pub(super) enum Fact {
    Text(String),
    Time(Time),
}

/// A time for programs and for people.
pub(super) struct Time {
    pub(super) machine: String,
    pub(super) people: String,
}

impl Time {
    pub(super) fn to_the_minute(at: Timestamp) -> Self {
        Self::formatted("%-d %B %Y, %H:%M UTC", at)
    }

    fn to_the_second(at: Timestamp) -> Self {
        Self::formatted("%-d %B %Y, %H:%M:%S UTC", at)
    }

    fn formatted(format: &str, at: Timestamp) -> Self {
        Self { machine: at.to_string(), people: at.strftime(format).to_string() }
    }
}

/// The facts of a report with their names.
pub(super) fn facts(report: &Report) -> Vec<(&'static str, Fact)> {
    let (job, service) = (&report.job, &report.service);
    let mut facts = vec![
        ("Job", text(&job.name)),
        ("Job file", text(&job.file)),
        ("Service", text(&service.url)),
        ("Users API", text(service.users_version.as_deref().unwrap_or("not given"))),
        ("JESS API", text(service.jess_version.as_deref().unwrap_or("not given"))),
    ];
    match report.mode {
        Mode::Run => {
            facts.push(("Update", text(update(job.update))));
            facts.push(("Verify", text(verify(job.verify))));
        }
        Mode::Status => facts.push(("Update", text("nothing; the accounts were only checked (status)"))),
    }
    facts.push(("Accounts", text(&counts(report))));
    facts.push(("Started", Fact::Time(Time::to_the_second(report.started_at))));
    facts.push(("Finished", Fact::Time(Time::to_the_second(report.finished_at))));
    facts.push(("Took", Fact::Text(span(report.duration_ms))));
    if let Some(at) = report.last_success_at {
        facts.push(("Last full success", Fact::Time(Time::to_the_second(at))));
    }
    let exit_code = report.exit_code();
    facts.push(("Exit code", Fact::Text(format!("{}: {}", exit_code.number(), exit_code.meaning()))));
    facts.push(("Made by", text(&format!("jess-batch {}", report.tool.version))));
    facts
}

fn text(text: &str) -> Fact {
    Fact::Text(shown(text))
}

fn update(update: Update) -> &'static str {
    match update {
        Update::Always => "always",
        Update::WhenInvalid => "only if the JESS session is not valid (when-invalid)",
    }
}

fn verify(verify: Verify) -> &'static str {
    match verify {
        Verify::None => "nothing (none)",
        Verify::Session => "the JESS session (session)",
        Verify::Account => "the JESS session and the JESS account (account)",
    }
}

fn counts(report: &Report) -> String {
    let mut counts = vec![format!("{} in all", report.totals.accounts)];
    for (word, count) in report.totals.by_outcome() {
        if count > 0 {
            counts.push(format!("{count} {word}"));
        }
    }
    counts.extend(report.totals.ready.map(|ready| format!("{ready} ready")));
    counts.join(", ")
}
