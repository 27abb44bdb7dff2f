//! The matrix: every fault of the sandbox at every step, and what becomes of an account that meets it.

use std::collections::BTreeSet;
use std::fmt;
use std::time::Duration;

use ensims_sandbox::{Fault, Operation, Seen, SeenRequest, Target};
use futures::{StreamExt, stream};
use serde_json::Value;

use crate::program::{Place, job, sandbox_of};

const MATRIX: &str = include_str!("faults.txt");

/// Of one request, where a fault makes it run out; far more than a good answer takes.
const TIME_OUT: Duration = Duration::from_secs(2);

/// A row of the matrix, as it should be or as it was.
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

fn rows() -> Vec<Row> {
    let lines = MATRIX.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.skip(1).flat_map(rows_of).collect()
}

fn rows_of(line: &'static str) -> Vec<Row> {
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

/// The fault of this name in the table.
fn fault(name: &str) -> Fault {
    let code = |code: &str| code.parse().expect("an HTTP status code");
    let cookies = |lines: &[&str]| Fault::SetCookie(lines.iter().map(ToString::to_string).collect());
    let headed = |name: &str, value: &str| Fault::Answer {
        code: 200,
        headers: vec![(name.to_owned(), value.to_owned())],
        body: br#"{"ok":true,"status":"All is well."}"#.to_vec(),
    };
    match name.split(' ').collect::<Vec<_>>()[..] {
        ["delay"] => Fault::Delay(60 * TIME_OUT),
        ["drip"] => Fault::Drip { every: TIME_OUT / 2 },
        ["reset-before"] => Fault::ResetBefore,
        ["reset-within"] => Fault::ResetWithin,
        ["oversized"] => Fault::Oversized(2 * 1024 * 1024),
        ["cut-json"] => Fault::CutJson,
        ["html"] => Fault::Html,
        ["wrong-types"] => Fault::WrongTypes,
        ["empty-body"] => Fault::EmptyBody,
        ["redirect"] => Fault::Redirect(Operation::JessUsage.path().to_owned()),
        ["long-length"] => headed("content-length", "500"),
        ["short-length"] => headed("content-length", "10"),
        ["not-gzip"] => headed("content-encoding", "gzip"),
        ["no-cookie"] => cookies(&[]),
        ["other-cookie"] => cookies(&["other=1"]),
        ["cleared-cookie"] => cookies(&["session_token=; Max-Age=0"]),
        ["unknown-cookie"] => cookies(&["session_token=unknown; Path=/"]),
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

/// Runs the row; if it is not so, both it and what was.
async fn contradiction(row: Row) -> Option<String> {
    let (operation, fault) = (operation(row.step), fault(row.fault));
    let (looks, slow) = (row.step.starts_with("look"), matches!(fault, Fault::Delay(_) | Fault::Drip { .. }));
    let sandbox = sandbox_of(1).start().await.expect("a sandbox");
    if looks {
        sandbox.link("lab0@uni.example", "jess0");
    }
    match row.often {
        "once" => sandbox.script(Target::Anyone, operation, [fault.clone()]),
        "always" => sandbox.always(Target::Anyone, operation, fault.clone()),
        other => panic!("a fault comes once or always, not '{other}'"),
    }
    let timeout = if slow { TIME_OUT } else { 15 * TIME_OUT }.as_secs();
    let limits = format!("attempts: 2, rate: unlimited, timeout: {timeout}s");
    let wanted = if looks { "update: when-invalid\n" } else { "verify: account\n" };
    let place = Place::new();
    place.file("job.yaml", &(job(&sandbox.url(), &limits, 1) + wanted));
    let ended = place.run(&["run", "job.yaml", "--report", "r.json"]).await;

    let report = if place.path("r.json").exists() { place.report("r.json") } else { Value::from(ended.err) };
    let seen = sandbox.seen();
    let was = Row {
        outcome: outcome(&report),
        seen: seen.count(operation),
        log_ons: seen.count(Operation::LogOn),
        exit: ended.code.unwrap_or(-1),
        ..row.clone()
    };
    let mut also_wrong = wrong_counts(&report, &was, &seen);
    if was.outcome.starts_with("updated") && sandbox.jess_user_of("lab0@uni.example").is_none() {
        also_wrong.push("the account is not linked".to_owned());
    }
    also_wrong.extend(too_short_pause(operation, &fault, &seen));
    let is_so = was == row && also_wrong.is_empty();
    (!is_so).then(|| format!("table   {row}\nin fact {was}  {}", also_wrong.join("; ")).trim_end().to_owned())
}

/// The report has the exit code, and counts the requests of the account as the service does.
fn wrong_counts(report: &Value, was: &Row, seen: &Seen) -> Vec<String> {
    let mut wrong = Vec::new();
    if report["exit_code"] != was.exit {
        wrong.push(format!("exit code {} in the report", report["exit_code"]));
    }
    let counted = &report["accounts"][0]["requests"];
    let sent = seen.requests.iter().filter(|request| !is_info(request)).count();
    if *counted != sent {
        wrong.push(format!("{counted} requests in the report, {sent} at the service"));
    }
    wrong
}

/// What the service may complain of, where it asked for a pause.
fn too_short_pause(operation: Operation, fault: &Fault, seen: &Seen) -> Option<String> {
    let Fault::Status { retry_after: Some(asked), .. } = fault else { return None };
    let asked = Duration::from_secs(asked.parse().ok()?);
    // The two APIs are asked for their versions at the same time, so one of them may not know of the pause yet.
    let mut requests =
        seen.requests.iter().filter(|request| request.operation == Some(operation) || !is_info(request));
    let met = requests.find(|request| request.operation == Some(operation))?;
    let pause = requests.next()?.at.saturating_sub(met.at);
    (pause < asked).then(|| format!("asked again after {pause:?}"))
}

fn is_info(request: &SeenRequest) -> bool {
    matches!(request.operation, Some(Operation::UsersInfo | Operation::JessInfo))
}

/// The outcome of the only account with what goes with it, in the words of the report.
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
async fn every_fault_at_every_step_ends_as_the_matrix_says() {
    // Most rows wait most of the time, for a time-out or a retry.
    let runs = stream::iter(rows()).map(contradiction).buffer_unordered(32);
    let mut contradictions: Vec<String> = runs.filter_map(std::future::ready).collect().await;
    contradictions.sort();
    let (wrong, all) = (contradictions.len(), rows().len());
    assert!(wrong == 0, "{wrong} of {all} rows are not so:\n{}\n", contradictions.join("\n"));
}

#[test]
fn the_matrix_has_every_kind_of_fault_at_every_step() {
    let rows = rows();
    let steps: BTreeSet<&str> = rows.iter().map(|row| row.step).collect();
    assert_eq!(steps.len(), 8, "{steps:?}");
    for step in steps {
        let faults = rows.iter().filter(|row| row.step == step).map(|row| kind(&fault(row.fault)));
        let kinds: BTreeSet<&str> = faults.collect();
        assert_eq!(kinds.len(), 13, "{step} meets only {kinds:?}");
    }
}

/// Without a catch-all, so that a new kind of fault is not forgotten; then count one more above.
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
    }
}

/// A run of three accounts against a service that answers 401 to these operations.
async fn run_with_401_at(operations: impl IntoIterator<Item = Operation>) -> (Option<i32>, Value, Seen) {
    let sandbox = sandbox_of(3).start().await.expect("a sandbox");
    for operation in operations {
        sandbox.always(Target::Anyone, operation, Fault::unauthorized());
    }
    let place = Place::new();
    place.file("job.yaml", &(job(&sandbox.url(), "rate: unlimited", 3) + "verify: account\n"));
    let ended = place.run(&["run", "job.yaml", "--report", "r.json"]).await;
    (ended.code, place.report("r.json"), sandbox.seen())
}

#[tokio::test]
async fn a_service_that_answers_401_to_everything_refuses_nobody_and_meets_no_storm() {
    let (code, report, seen) = run_with_401_at(Operation::ALL).await;
    assert_eq!(code, Some(1));
    for number in 0..3 {
        assert_eq!(outcome_of(&report["accounts"][number]).as_deref(), Some("failed: unauthorized"));
        let log_ons = seen.log_ons(&format!("lab{number}@uni.example"));
        assert!((1..=2).contains(&log_ons), "{log_ons}");
    }
    assert_eq!(seen.count(Operation::UpdateJessSession), 0, "nobody has a token");
}

#[tokio::test]
async fn a_service_that_answers_401_to_all_but_log_on_gets_two_of_each_account() {
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
