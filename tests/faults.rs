//! The fault matrix: each fault of the sandbox at each step, and the outcome of the account that meets it.

use std::collections::BTreeSet;
use std::fmt;
use std::time::Duration;

use ensims_sandbox::{Fault, Operation, Seen, SeenRequest, Target};
use futures::{StreamExt, stream};
use serde_json::Value;

use crate::program::{TestDir, job_yaml, sandbox_with};

const MATRIX: &str = include_str!("faults.txt");

/// The request timeout in rows whose fault makes a request time out. A normal answer takes far less.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(2);

/// A row of the matrix, either expected or actual.
#[derive(Clone, PartialEq, Eq)]
struct Row {
    step: &'static str,
    fault: &'static str,
    often: &'static str,
    outcome: String,
    seen: usize,
    log_ons: usize,
    exit: i32,
}

impl fmt::Display for Row {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { step, fault, often, outcome, seen, log_ons, exit } = self;
        write!(
            formatter,
            "{step:<14}  {fault:<20}  {often:<6}  {outcome:<26}  {seen:<4}  {log_ons:<7}  {exit}"
        )
    }
}

fn parse_matrix() -> Vec<Row> {
    let lines = MATRIX.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.skip(1).flat_map(parse_line).collect()
}

fn parse_line(line: &'static str) -> Vec<Row> {
    let cells: Vec<&str> = line.split("  ").map(str::trim).filter(|cell| !cell.is_empty()).collect();
    let [step, faults, often, outcome, seen, log_ons, exit] = cells[..] else {
        panic!("not seven cells with two blanks between them: {line}");
    };
    let steps = if step == "info" { vec!["users-info", "jess-info"] } else { vec![step] };
    let number = |cell: &str| cell.parse().expect("a number of requests");
    let row = |step, fault| Row {
        step,
        fault,
        often,
        outcome: outcome.to_owned(),
        seen: number(seen),
        log_ons: number(log_ons),
        exit: exit.parse().expect("an exit code"),
    };
    steps.into_iter().flat_map(|step| faults.split(", ").map(move |fault| row(step, fault))).collect()
}

fn operation(step: &str) -> Operation {
    match step {
        "users-info" => Operation::UsersInfo,
        "jess-info" => Operation::JessInfo,
        "log-on" => Operation::LogOn,
        "update" => Operation::UpdateJessSession,
        "look-session" | "verify-session" => Operation::JessSession,
        "look-account" | "verify-account" => Operation::JessAccount,
        _ => panic!("no step has the name '{step}'"),
    }
}

/// Returns the fault that the matrix calls by this name.
fn fault(name: &str) -> Fault {
    let code = |code: &str| code.parse().expect("an HTTP status code");
    let cookies = |lines: &[&str]| Fault::SetCookie(lines.iter().map(ToString::to_string).collect());
    let with_header = |name: &str, value: &str| Fault::Answer {
        code: 200,
        headers: vec![(name.to_owned(), value.to_owned())],
        body: br#"{"ok":true,"status":"All is well."}"#.to_vec(),
    };
    match name.split(' ').collect::<Vec<_>>()[..] {
        ["delay"] => Fault::Delay(60 * REQUEST_TIMEOUT),
        ["drip"] => Fault::Drip { every: REQUEST_TIMEOUT / 2 },
        ["reset-before"] => Fault::ResetBefore,
        ["reset-within"] => Fault::ResetWithin,
        ["oversized"] => Fault::Oversized(2 * 1024 * 1024),
        ["cut-json"] => Fault::CutJson,
        ["html"] => Fault::Html,
        ["wrong-types"] => Fault::WrongTypes,
        ["empty-body"] => Fault::EmptyBody,
        ["redirect"] => Fault::Redirect(Operation::JessUsage.path().to_owned()),
        ["long-length"] => with_header("content-length", "500"),
        ["short-length"] => with_header("content-length", "10"),
        ["not-gzip"] => with_header("content-encoding", "gzip"),
        ["no-cookie"] => cookies(&[]),
        ["other-cookie"] => cookies(&["other=1"]),
        ["cleared-cookie"] => cookies(&["session_token=; Max-Age=0"]),
        ["unknown-cookie"] => cookies(&["session_token=unknown; Path=/"]),
        ["other-account"] => Fault::OtherAccount("lab1@uni.example".to_owned()),
        ["quoted-cookie"] => cookies(&["session_token=\"unknown\""]),
        ["last-cookie-cleared"] => cookies(&["session_token=unknown", "session_token="]),
        ["last-cookie-unknown"] => cookies(&["session_token=", "session_token=unknown"]),
        [status, "retry-after", "past"] => Fault::retry_after(code(status), "Sun, 06 Nov 1994 08:49:37 GMT"),
        [status, "retry-after", value] => Fault::retry_after(code(status), value),
        [status, "ok:false"] => {
            let body = r#"{"ok":false,"status":"No."}"#.to_owned();
            Fault::Status { code: code(status), retry_after: None, body }
        }
        [status] => Fault::status(code(status)),
        _ => panic!("no fault has the name '{name}'"),
    }
}

/// Runs one row. Returns a description of the difference if the result is not as expected.
async fn check_row(row: Row) -> Option<String> {
    let (operation, fault) = (operation(row.step), fault(row.fault));
    let (checks_first, slow) =
        (row.step.starts_with("look"), matches!(fault, Fault::Delay(_) | Fault::Drip { .. }));
    // The second account is the one whose answers `other-account` sends.
    let sandbox = sandbox_with(2).start().await.expect("a sandbox");
    if checks_first {
        sandbox.link("lab0@uni.example", "jess0");
    }
    match row.often {
        "once" => sandbox.script(Target::Anyone, operation, [fault.clone()]),
        "always" => sandbox.always(Target::Anyone, operation, fault.clone()),
        other => panic!("a fault comes once or always, not '{other}'"),
    }
    let timeout = if slow { REQUEST_TIMEOUT } else { 15 * REQUEST_TIMEOUT }.as_secs();
    let limits = format!("attempts: 2, rate: unlimited, timeout: {timeout}s");
    let settings = if checks_first { "update: when-invalid\n" } else { "verify: account\n" };
    let dir = TestDir::new();
    dir.write("job.yaml", &(job_yaml(&sandbox.url(), &limits, 1) + settings));
    let run = dir.run(&["run", "job.yaml", "--report", "r.json"]).await;

    let report = if dir.path("r.json").exists() { dir.report("r.json") } else { Value::from(run.stderr) };
    let seen = sandbox.seen();
    let actual = Row {
        outcome: outcome(&report),
        seen: seen.count(operation),
        log_ons: seen.count(Operation::LogOn),
        exit: run.code.unwrap_or(-1),
        ..row.clone()
    };
    let mut errors = count_errors(&report, &actual, &seen);
    let is_other = row.fault == "other-account";
    if actual.outcome.starts_with("updated")
        && !is_other
        && sandbox.jess_user_of("lab0@uni.example").is_none()
    {
        errors.push("the account is not linked".to_owned());
    }
    errors.extend(pause_error(operation, &fault, &seen));
    let matches = actual == row && errors.is_empty();
    (!matches)
        .then(|| format!("table   {row}\nin fact {actual}  {}", errors.join("; ")).trim_end().to_owned())
}

/// Checks that the report has the exit code and counts as many requests as the service saw.
fn count_errors(report: &Value, actual: &Row, seen: &Seen) -> Vec<String> {
    let mut wrong = Vec::new();
    if report["exit_code"] != actual.exit {
        wrong.push(format!("exit code {} in the report", report["exit_code"]));
    }
    let counted = &report["accounts"][0]["requests"];
    let sent = seen.requests.iter().filter(|request| !is_info(request)).count();
    if *counted != sent {
        wrong.push(format!("{counted} requests in the report, {sent} at the service"));
    }
    wrong
}

/// Checks that the client waited at least as long as the service asked.
fn pause_error(operation: Operation, fault: &Fault, seen: &Seen) -> Option<String> {
    let Fault::Status { retry_after: Some(asked), .. } = fault else { return None };
    let asked = Duration::from_secs(asked.parse().ok()?);
    // Both APIs are asked for their versions at the same time, so one request may be sent before the pause is known.
    let mut requests =
        seen.requests.iter().filter(|request| request.operation == Some(operation) || !is_info(request));
    let met = requests.find(|request| request.operation == Some(operation))?;
    let pause = requests.next()?.at.saturating_sub(met.at);
    (pause < asked).then(|| format!("asked again after {pause:?}"))
}

fn is_info(request: &SeenRequest) -> bool {
    matches!(request.operation, Some(Operation::UsersInfo | Operation::JessInfo))
}

/// The outcome of the only account with its details, in the words of the report.
fn outcome(report: &Value) -> String {
    outcome_of(&report["accounts"][0]).unwrap_or_else(|| report.to_string())
}

fn outcome_of(account: &Value) -> Option<String> {
    let word = |key: &str| account[key].as_str();
    let reasons = account["not_ready"].as_array()?;
    let reasons = reasons.iter().map(Value::as_str).collect::<Option<Vec<&str>>>()?;
    Some(match (word("outcome")?, account["ready"].as_bool(), &reasons[..]) {
        (outcome @ ("updated" | "unchanged"), None, []) => outcome.to_owned(),
        ("updated", Some(true), []) => "updated, ready".to_owned(),
        ("updated", None, ["not-verified"]) => "updated, not-verified".to_owned(),
        ("updated", Some(false), reasons) => format!("updated, {}", reasons.join(", ")),
        ("refused", None, []) => format!("refused by {}", word("refused_by")?),
        ("failed", None, []) => format!("failed: {}", word("error")?),
        ("stopped", None, []) => format!("stopped: {}", word("reason")?),
        _ => return None,
    })
}

#[tokio::test]
async fn faults_end_as_the_matrix_states() {
    // Most rows spend their time waiting for a timeout or a retry.
    let runs = stream::iter(parse_matrix()).map(check_row).buffer_unordered(32);
    let mut differences: Vec<String> = runs.filter_map(std::future::ready).collect().await;
    differences.sort();
    let (wrong, all) = (differences.len(), parse_matrix().len());
    assert!(wrong == 0, "{wrong} of {all} rows differ:\n{}\n", differences.join("\n"));
}

#[test]
fn matrix_covers_every_fault_at_every_step() {
    let rows = parse_matrix();
    let steps: BTreeSet<&str> = rows.iter().map(|row| row.step).collect();
    assert_eq!(steps.len(), 8, "{steps:?}");
    for step in steps {
        let faults = rows.iter().filter(|row| row.step == step).map(|row| kind(&fault(row.fault)));
        let kinds: BTreeSet<&str> = faults.collect();
        assert_eq!(kinds.len(), 14, "{step} meets only {kinds:?}");
    }
}

/// The match has no catch-all, so a new kind of fault cannot be forgotten. Then raise the number above by one.
fn kind(fault: &Fault) -> &'static str {
    match fault {
        Fault::Delay(_) => "delay",
        Fault::Status { .. } => "status",
        Fault::ResetBefore => "reset before",
        Fault::ResetWithin => "reset within",
        Fault::Drip { .. } => "drip",
        Fault::Oversized(_) => "oversized",
        Fault::CutJson => "cut JSON",
        Fault::Html => "HTML",
        Fault::WrongTypes => "wrong types",
        Fault::EmptyBody => "empty body",
        Fault::Redirect(_) => "redirect",
        Fault::Answer { .. } => "answer",
        Fault::SetCookie(_) => "cookies",
        Fault::OtherAccount(_) => "other account",
    }
}

/// Runs three accounts against a service that answers 401 to these operations.
async fn run_with_401_at(operations: impl IntoIterator<Item = Operation>) -> (Option<i32>, Value, Seen) {
    let sandbox = sandbox_with(3).start().await.expect("a sandbox");
    for operation in operations {
        sandbox.always(Target::Anyone, operation, Fault::unauthorized());
    }
    let dir = TestDir::new();
    dir.write("job.yaml", &(job_yaml(&sandbox.url(), "rate: unlimited", 3) + "verify: account\n"));
    let run = dir.run(&["run", "job.yaml", "--report", "r.json"]).await;
    (run.code, dir.report("r.json"), sandbox.seen())
}

#[tokio::test]
async fn run_fails_unauthorized_when_everything_answers_401() {
    let (code, report, seen) = run_with_401_at(Operation::ALL).await;
    assert_eq!(code, Some(1));
    for number in 0..3 {
        assert_eq!(outcome_of(&report["accounts"][number]).as_deref(), Some("failed: unauthorized"));
        let log_ons = seen.log_ons(&format!("lab{number}@uni.example"));
        assert!((1..=2).contains(&log_ons), "{log_ons}");
    }
    assert_eq!(seen.count(Operation::UpdateJessSession), 0, "no account has a token");
}

#[tokio::test]
async fn run_logs_on_twice_when_all_but_log_on_answer_401() {
    let all_but_log_on = Operation::ALL.into_iter().filter(|operation| *operation != Operation::LogOn);
    let (code, report, seen) = run_with_401_at(all_but_log_on).await;
    assert_eq!(code, Some(1));
    for number in 0..3 {
        assert_eq!(outcome_of(&report["accounts"][number]).as_deref(), Some("failed: unauthorized"));
        assert_eq!(seen.log_ons(&format!("lab{number}@uni.example")), 2);
    }
    assert_eq!(seen.count(Operation::UpdateJessSession), 2 * 3);
    assert_eq!(seen.requests.len(), 2 + 4 * 3);
}
