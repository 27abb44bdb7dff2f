//! The report for CI servers: one test case for each account.
//!
//! A failure needs a person: a refusal, or an account that cannot run simulations. An error gave no verdict: failed or
//! stopped.

use std::io::{self, Write};
use std::time::Duration;

use quick_junit::{NonSuccessKind, Report as JUnitReport, TestCase, TestCaseStatus, TestSuite};

use super::model::Report;
use crate::diagnostics::escape_invisible;
use crate::outcome::{AccountResult, Outcome};
use crate::remedies::Remedy;

pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let name = escape_invisible(&report.job.name);
    let mut suite = TestSuite::new(&*name);
    // Both crates write and read times in RFC 3339 format.
    suite.timestamp = report.started_at.to_string().parse().ok();
    suite.set_time(Duration::from_millis(report.duration_ms));
    suite.add_properties([
        ("file", &*escape_invisible(&report.job.file)),
        ("service", &*escape_invisible(&report.service.url)),
        ("rehearsal", if report.service.sandbox { "true" } else { "false" }),
        ("mode", &*report.mode.to_string()),
    ]);
    suite.add_test_cases(report.accounts.iter().map(|account| test_case(account, &name)));
    let mut whole = JUnitReport::new("jess-batch");
    (whole.timestamp, whole.time) = (suite.timestamp, suite.time);
    whole.add_test_suite(suite);
    whole.serialize(out).map_err(io::Error::other)
}

fn test_case(account: &AccountResult, suite: &str) -> TestCase {
    let mut status = match account.outcome {
        Outcome::Skipped { .. } => TestCaseStatus::skipped(),
        _ if account.is_good() => TestCaseStatus::success(),
        Outcome::Failed { .. } | Outcome::Stopped { .. } => {
            TestCaseStatus::non_success(NonSuccessKind::Error)
        }
        Outcome::Updated | Outcome::Unchanged | Outcome::Checked | Outcome::Refused { .. } => {
            TestCaseStatus::non_success(NonSuccessKind::Failure)
        }
    };
    status.set_message(account.phrase());
    if !account.is_good() {
        let is_ready = account.readiness.reasons().is_empty();
        status.set_type(if is_ready { account.outcome.word() } else { "not-ready" });
        status.set_description(description(account));
    }
    let mut case = TestCase::new(escape_invisible(&account.name), status);
    case.set_classname(suite).set_time(Duration::from_millis(account.duration_ms));
    case
}

/// Who it is, what happened, and what to do.
fn description(account: &AccountResult) -> String {
    let mut lines = vec![
        format!("e-mail: {}", escape_invisible(&account.email)),
        format!("JESS user: {}", escape_invisible(&account.jess_username)),
    ];
    if let Some(detail) = &account.detail {
        lines.push(escape_invisible(detail));
    }
    if let Some(message) = &account.service_message {
        lines.push(format!("the service said: '{}'", escape_invisible(message)));
    }
    if let Some(remedy) = Remedy::of(account) {
        lines.push(remedy.texts().hint.clone());
    }
    lines.join("\n")
}
