//! The report for Prometheus, in the text format that `node_exporter`'s text-file collector reads.
//!
//! The collector reads the files of all jobs together. So the HELP texts are the same in every file, no sample has a
//! timestamp, and the labels tell the samples of one job from those of another, and a rehearsal from the real run.
//!
//! A status check has metrics of its own, which begin with `jess_batch_status`. Alerts watch the metrics of runs, such as
//! the exit code and the time of the last success, and a status check in between must neither clear nor raise them; nor may
//! a sum over `jess_batch_accounts` count accounts twice. Both files can lie in the collector's folder, under two names.

use std::fmt::Display;
use std::io::{self, Write};
use std::time::Duration;

use super::model::{Mode, Report};

pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let labels = labels(report);
    let prefix = match report.mode {
        Mode::Run => "jess_batch",
        Mode::Status => "jess_batch_status",
    };
    let accounts = format!("{prefix}_accounts");
    head(out, &accounts, "Accounts of the job, by how they ended.")?;
    for (outcome, count) in report.totals.by_outcome() {
        writeln!(out, r#"{accounts}{{{labels},outcome="{outcome}"}} {count}"#)?;
    }
    if let Some(ready) = report.totals.ready {
        let help = "Accounts that can run simulations, as verified.";
        gauge(out, &format!("{prefix}_accounts_ready"), help, &labels, ready)?;
    }
    match report.mode {
        Mode::Run => write_run(report, &labels, out),
        Mode::Status => write_status(report, &labels, out),
    }
}

fn write_run(report: &Report, labels: &str, out: &mut dyn Write) -> io::Result<()> {
    let help = "When the last run ended, in Unix time.";
    gauge(out, "jess_batch_last_run_timestamp_seconds", help, labels, report.finished_at.as_second())?;
    if let Some(success) = report.last_success_at {
        let help = "When a run of the whole job last succeeded, in Unix time.";
        gauge(out, "jess_batch_last_success_timestamp_seconds", help, labels, success.as_second())?;
    }
    let duration = Duration::from_millis(report.duration_ms).as_secs_f64();
    gauge(out, "jess_batch_run_duration_seconds", "How long the last run took.", labels, duration)?;
    let help = "Exit code of the last run; 0 is success of all selected accounts.";
    gauge(out, "jess_batch_exit_code", help, labels, report.exit_code().number())
}

fn write_status(report: &Report, labels: &str, out: &mut dyn Write) -> io::Result<()> {
    let help = "When the last status check ended, in Unix time.";
    gauge(out, "jess_batch_status_timestamp_seconds", help, labels, report.finished_at.as_second())?;
    let help = "Exit code of the last status check; 0 if all selected accounts are ready.";
    gauge(out, "jess_batch_status_exit_code", help, labels, report.exit_code().number())
}

fn labels(report: &Report) -> String {
    format!(r#"job="{}",rehearsal="{}""#, escape(&report.job.name), report.service.sandbox)
}

fn gauge(out: &mut dyn Write, name: &str, help: &str, labels: &str, value: impl Display) -> io::Result<()> {
    head(out, name, help)?;
    writeln!(out, "{name}{{{labels}}} {value}")
}

fn head(out: &mut dyn Write, name: &str, help: &str) -> io::Result<()> {
    writeln!(out, "# HELP {name} {help}")?;
    writeln!(out, "# TYPE {name} gauge")
}

/// The text as it may appear between the quotes of a label's value.
fn escape(text: &str) -> String {
    text.replace('\\', r"\\").replace('"', r#"\""#).replace('\n', r"\n")
}

#[cfg(test)]
mod tests {
    use super::super::testing::{account, report, status};
    use super::*;
    use crate::outcome::Outcome;

    /// How many samples a report has, and how many of them are of a status check.
    fn samples(report: &Report) -> (usize, usize) {
        let mut out = Vec::new();
        write(report, &mut out).expect("a buffer takes everything");
        let text = String::from_utf8(out).expect("UTF-8");
        (text.matches("\njess_batch_").count(), text.matches("\njess_batch_status_").count())
    }

    #[test]
    fn run_and_status_share_no_metric() {
        assert_eq!(samples(&report(vec![account(0, Outcome::Updated)])), (10, 0));
        assert_eq!(samples(&status(vec![account(0, Outcome::Checked)])), (8, 8));
    }
}
