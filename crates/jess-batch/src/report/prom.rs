//! The report for Prometheus, in the text format that `node_exporter`'s text-file collector reads.
//!
//! The collector reads the files of all jobs together. So the HELP texts are the same in every file, no sample
//! has a timestamp, and the labels tell the samples of one job from those of another, and a rehearsal from the
//! real run.

use std::fmt::Display;
use std::io::{self, Write};
use std::time::Duration;

use super::run_report::Report;

pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let job = escaped(&report.job.name);
    let labels = format!(r#"job="{job}",rehearsal="{}""#, report.service.sandbox);

    let accounts = "jess_batch_accounts";
    head(out, accounts, "Accounts of the job, by how they ended.")?;
    for (outcome, count) in report.totals.by_outcome() {
        writeln!(out, r#"{accounts}{{{labels},outcome="{outcome}"}} {count}"#)?;
    }

    let mut gauge = |name: &str, help: &str, value: &dyn Display| {
        head(out, name, help)?;
        writeln!(out, "{name}{{{labels}}} {value}")
    };
    if let Some(ready) = report.totals.ready {
        gauge("jess_batch_accounts_ready", "Accounts that can run simulations, as verified.", &ready)?;
    }
    gauge(
        "jess_batch_last_run_timestamp_seconds",
        "When the last run ended, in Unix time.",
        &report.finished_at.as_second(),
    )?;
    if let Some(success) = report.last_success_at {
        gauge(
            "jess_batch_last_success_timestamp_seconds",
            "When a run of the whole job last succeeded, in Unix time.",
            &success.as_second(),
        )?;
    }
    gauge(
        "jess_batch_run_duration_seconds",
        "How long the last run took.",
        &Duration::from_millis(report.duration_ms).as_secs_f64(),
    )?;
    gauge(
        "jess_batch_exit_code",
        "Exit code of the last run; 0 is success of all selected accounts.",
        &(report.exit() as u8),
    )
}

fn head(out: &mut dyn Write, name: &str, help: &str) -> io::Result<()> {
    writeln!(out, "# HELP {name} {help}")?;
    writeln!(out, "# TYPE {name} gauge")
}

/// A text as it may stand between the quotes of a label's value.
fn escaped(text: &str) -> String {
    text.replace('\\', r"\\").replace('"', r#"\""#).replace('\n', r"\n")
}
