//! The report for CI servers: one test case for each account.
//!
//! A failure is what a person must mend: a refusal, or an account that cannot simulate. An error is a run that gave no
//! verdict: failed or stopped.

use std::io::{self, Write};
use std::time::Duration;

use quick_junit::{NonSuccessKind, Report as JUnitReport, TestCase, TestCaseStatus, TestSuite};

use super::outcome::Outcome;
use super::run_report::{AccountReport, Report};
use super::visible::visible;

pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let name = visible(&report.job.name);
    let mut suite = TestSuite::new(&*name);
    // Both crates write and read times as RFC 3339 has them.
    suite.timestamp = report.started_at.to_string().parse().ok();
    suite.set_time(Duration::from_millis(report.duration_ms));
    suite.add_properties([
        ("file", &*visible(&report.job.file)),
        ("service", &*visible(&report.service.url)),
        ("rehearsal", if report.service.sandbox { "true" } else { "false" }),
    ]);
    suite.add_test_cases(report.accounts.iter().map(|account| test_case(account, &name)));
    let mut whole = JUnitReport::new("jess-batch");
    (whole.timestamp, whole.time) = (suite.timestamp, suite.time);
    whole.add_test_suite(suite);
    whole.serialize(out).map_err(io::Error::other)
}

fn test_case(account: &AccountReport, suite: &str) -> TestCase {
    let mut status = match account.outcome {
        Outcome::Updated | Outcome::Unchanged if account.is_good() => TestCaseStatus::success(),
        Outcome::Updated | Outcome::Unchanged | Outcome::Refused { .. } => {
            TestCaseStatus::non_success(NonSuccessKind::Failure)
        }
        Outcome::Failed { .. } | Outcome::Stopped { .. } => {
            TestCaseStatus::non_success(NonSuccessKind::Error)
        }
        Outcome::Skipped { .. } => TestCaseStatus::skipped(),
    };
    status.set_message(account.phrase());
    if !account.is_good() {
        status.set_type(if account.not_ready().is_empty() { account.outcome.word() } else { "not-ready" });
        status.set_description(description(account));
    }
    let mut case = TestCase::new(visible(&account.name), status);
    case.set_classname(suite).set_time(Duration::from_millis(account.duration_ms));
    case
}

/// Who it is, what happened, and what to do.
fn description(account: &AccountReport) -> String {
    let mut lines = vec![
        format!("e-mail: {}", visible(&account.email)),
        format!("JESS user: {}", visible(&account.jess_username)),
    ];
    lines.extend(account.detail.as_deref().map(visible));
    let message = account.service_message.as_deref();
    lines.extend(message.map(|message| format!("the service said: '{}'", visible(message))));
    lines.extend(account.hint().map(str::to_owned));
    lines.join("\n")
}
