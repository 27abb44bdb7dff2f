//! `status`: the readiness of each account, without changing anything.

use std::time::Duration;

use ensims_sandbox::{Account, Fault, JessUser, Operation, Sandbox, Target};
use serde_json::{Value, json};

use crate::program::{
    TestDir, account_fields, jess_password, job_yaml, outcomes, password, sandbox_with, wait_until,
};

const FAST: &str = "rate: unlimited";

fn email(number: usize) -> String {
    format!("lab{number}@uni.example")
}

/// Whether each account of a report is ready.
fn readiness(report: &Value) -> Vec<Value> {
    let accounts = report["accounts"].as_array().expect("a list of accounts");
    accounts.iter().map(|account| account["ready"].clone()).collect()
}

/// Accounts in every state, in this order: ready, lapsed, linked to another JESS user, suspended, refused at log-on,
/// never linked.
async fn sandbox_with_every_readiness() -> Sandbox {
    let sandbox = sandbox_with(6).jess_user(JessUser::new("by-hand", "anything"));
    let sandbox = sandbox.start().await.expect("a sandbox");
    for number in 0..5 {
        sandbox.link(&email(number), &format!("jess{number}"));
    }
    sandbox.lapse_jess_session(&email(1));
    sandbox.link(&email(2), "by-hand");
    sandbox.suspend("jess3", true);
    sandbox.add_account(Account::new(email(4), "another"));
    sandbox
}

#[tokio::test]
async fn status_table_shows_readiness_and_remedies() {
    let sandbox = sandbox_with_every_readiness().await;
    let dir = TestDir::new();
    dir.write("job.yaml", &job_yaml(&sandbox.url(), FAST, 6));
    let run = dir.run(&["status", "job.yaml", "--progress", "none"]).await;
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    let seen = sandbox.seen();
    assert_eq!(seen.count(Operation::UpdateJessSession), 0, "status sends no update");
    let read_only = seen
        .requests
        .iter()
        .all(|request| request.method == "GET" || request.operation == Some(Operation::LogOn));
    assert!(read_only, "{:?}", seen.requests);
    assert!(!dir.path(".local").exists(), "status keeps no state");
    insta::assert_snapshot!(format!("{}---- standard error\n{}", run.stdout, run.stderr));
}

#[tokio::test]
async fn status_json_is_alone_on_stdout() {
    let sandbox = sandbox_with_every_readiness().await;
    let dir = TestDir::new();
    dir.write("job.yaml", &job_yaml(&sandbox.url(), FAST, 6));
    let run = dir.run(&["status", "job.yaml", "--report", "-"]).await;
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    let report: Value = serde_json::from_str(&run.stdout).expect("standard output is JSON alone");
    assert!(run.stderr.contains("lab3"), "the summary is on standard error: {}", run.stderr);
    insta::assert_json_snapshot!(report, {
        ".started_at" => "[time]",
        ".finished_at" => "[time]",
        ".**.start_ms" => "[duration]",
        ".**.duration_ms" => "[duration]",
        ".**.answer_ms" => "[duration]",
        ".**.waited_ms" => "[duration]",
        ".**.budget_used_ms" => "[duration]",
        ".service.url" => "[url]",
        ".tool.version" => "[version]",
    });
}

#[tokio::test]
async fn status_exits_0_when_ready_and_keeps_job_reports() {
    let sandbox = sandbox_with(2).start().await.expect("a sandbox");
    (0..2).for_each(|number| sandbox.link(&email(number), &format!("jess{number}")));
    let dir = TestDir::new();
    dir.write("job.yaml", &format!("{}reports: [r.json, r.prom]\n", job_yaml(&sandbox.url(), FAST, 2)));
    dir.write("r.json", "the report of last night");
    let run = dir.run(&["status", "job.yaml", "--progress", "none"]).await;
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert_eq!(run.stderr, "2 accounts: 2 ready.\n");
    let quiet = dir.run(&["status", "job.yaml", "-q"]).await;
    assert_eq!((quiet.code, quiet.stdout.as_str(), quiet.stderr.as_str()), (Some(0), "", ""));
    let report = std::fs::read_to_string(dir.path("r.json")).expect("a report");
    assert_eq!(report, "the report of last night");
    assert!(!dir.path("r.prom").exists());

    // With a report file, the table stays on standard output.
    let run = dir.run(&["status", "job.yaml", "--only", "lab1", "--report", "s.json"]).await;
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(run.stdout.contains("lab1") && !run.stdout.contains("lab0"), "{}", run.stdout);
    let report = dir.report("s.json");
    assert_eq!(outcomes(&report), ["skipped", "checked"]);
    assert_eq!(readiness(&report), [json!(null), json!(true)]);
}

#[tokio::test]
async fn status_ignores_unwritable_reports_of_the_job() {
    let sandbox = sandbox_with(1).start().await.expect("a sandbox");
    let dir = TestDir::new();
    dir.write("taken", "a file, not a folder");
    dir.write("job.yaml", &format!("{}reports: [taken/r.json]\n", job_yaml(&sandbox.url(), FAST, 1)));
    let run = dir.run(&["status", "job.yaml"]).await;
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    assert!(run.stdout.contains("not ready"), "{}", run.stdout);
}

#[tokio::test]
async fn status_csv_is_safe_for_spreadsheets() {
    let sandbox = sandbox_with_every_readiness().await;
    let dir = TestDir::new();
    dir.write("job.yaml", &job_yaml(&sandbox.url(), FAST, 6).replace("name: lab4", "name: '=lab4'"));
    let run = dir.run(&["status", "job.yaml", "--report", "s.csv"]).await;
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    let csv = std::fs::read_to_string(dir.path("s.csv")).expect("a report");
    let csv = csv.strip_prefix('\u{feff}').expect("a byte order mark").replace("\r\n", "\n");
    // `start_ms`, `duration_ms` and `waited_ms`, before the number of requests and `rehearsal`.
    let filters = vec![(r",\d+,\d+,\d+,(\d+,false)", ",[start],[duration],[waited],$1")];
    insta::with_settings!({ filters => filters }, { insta::assert_snapshot!(csv) });
}

#[tokio::test]
async fn status_writes_every_report_format_and_rejects_others() {
    let sandbox = sandbox_with_every_readiness().await;
    let dir = TestDir::new();
    dir.write("job.yaml", &job_yaml(&sandbox.url(), FAST, 6));
    for name in ["x.txt", "x"] {
        let run = dir.run(&["status", "job.yaml", "--report", name]).await;
        assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""), "{name}");
        let what_to_do = "this file extension is not supported; use .json, .html, .csv, .md, .xml or .prom";
        assert!(run.stderr.contains(what_to_do), "{name}: {}", run.stderr);
    }
    assert!(sandbox.seen().requests.is_empty());
    let names = ["s.json", "s.html", "s.csv", "s.md", "s.xml", "s.prom"];
    let mut arguments = vec!["status", "job.yaml"];
    for name in names {
        arguments.extend(["--report", name]);
    }
    let run = dir.run(&arguments).await;
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    for name in names {
        let text = std::fs::read_to_string(dir.path(name)).expect("a report");
        assert!(name == "s.prom" || text.contains("lab5"), "{name}: {text}");
    }
}

#[tokio::test]
async fn status_report_can_be_shown_and_converted() {
    let sandbox = sandbox_with_every_readiness().await;
    let dir = TestDir::new();
    dir.write("job.yaml", &job_yaml(&sandbox.url(), FAST, 6));
    let reports = ["--report", "s.json", "--report", "s.html", "--report", "s.csv"];
    let run = dir.run(&[&["status", "job.yaml", "--progress", "none"], &reports[..]].concat()).await;
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    let shown = dir.run(&["report", "show", "s.json"]).await;
    assert_eq!((shown.code, shown.stderr.as_str()), (Some(0), ""));
    assert!(
        shown.stdout.contains(&run.stdout) && shown.stdout.contains("6 accounts: 1 ready"),
        "{}",
        shown.stdout
    );
    let read = |name: &str| std::fs::read_to_string(dir.path(name)).expect("a report");
    for extension in ["json", "html", "csv"] {
        let name = format!("converted.{extension}");
        let converted = dir.run(&["report", "convert", "s.json", &name]).await;
        assert_eq!(converted.code, Some(0), "{}", converted.stderr);
        assert!(read(&name) == read(&format!("s.{extension}")), "{name}");
    }
    assert!(read("s.html").contains("linked to another JESS user"));
}

#[tokio::test]
async fn status_suggests_correcting_refused_jess_credential() {
    let sandbox = sandbox_with(2).start().await.expect("a sandbox");
    let dir = TestDir::new();
    dir.write("job.yaml", &job_yaml(&sandbox.url(), FAST, 2).replace(&jess_password(0), "wrong"));
    let correct = "Compare the JESS user name and password with the confirmation e-mail from JESS";
    let see_report = "If a run was refused, its report says why";
    // Nothing is known before the first run, nor for another service.
    for (flags, hint) in [
        (&[][..], see_report),
        (&["--state-dir", "state"], correct),
        (&["--state-dir", "elsewhere"], see_report),
        (&["--state-dir", "state", "--service", "sandbox"], see_report),
    ] {
        let run = dir.run(&[&["status", "job.yaml", "--only", "lab0"], flags].concat()).await;
        assert_eq!(run.code, Some(1), "{}", run.stderr);
        assert!(run.stderr.contains(hint), "{flags:?}: {}", run.stderr);
        assert!(!dir.path("elsewhere").exists());
        let run = dir.run(&["run", "job.yaml", "--state-dir", "state", "-q"]).await;
        assert_eq!(run.code, Some(1), "{}", run.stderr);
    }
    // Another JESS user is another credential.
    dir.write("job.yaml", &job_yaml(&sandbox.url(), FAST, 2).replace("username: jess0", "username: jess1"));
    let run = dir.run(&["status", "job.yaml", "--only", "lab0", "--state-dir", "state"]).await;
    assert!(run.stderr.contains(see_report), "{}", run.stderr);
}

#[tokio::test]
async fn status_treats_401_on_checks_as_not_linked() {
    let sandbox = sandbox_with(2).start().await.expect("a sandbox");
    (0..2).for_each(|number| sandbox.link(&email(number), &format!("jess{number}")));
    sandbox.always(email(0).into(), Operation::JessUsage, Fault::status(500));
    for operation in [Operation::JessSession, Operation::JessAccount] {
        sandbox.always(email(1).into(), operation, Fault::unauthorized());
    }
    let dir = TestDir::new();
    dir.write("job.yaml", &job_yaml(&sandbox.url(), "rate: unlimited, attempts: 1", 2));
    let run = dir.run(&["status", "job.yaml", "--report", "s.json"]).await;
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    let report = dir.report("s.json");
    assert_eq!(readiness(&report), [json!(true), json!(false)]);
    assert_eq!(report["accounts"][0]["usage"], Value::Null);
    assert_eq!(report["accounts"][1]["not_ready"], json!(["session-not-valid"]));
}

#[tokio::test]
async fn status_works_during_a_run_of_the_job() {
    let sandbox = sandbox_with(2).start().await.expect("a sandbox");
    let dir = TestDir::new();
    dir.write("job.yaml", &job_yaml(&sandbox.url(), FAST, 2));
    sandbox.always(email(0).into(), Operation::UpdateJessSession, Fault::Delay(Duration::from_hours(1)));
    let running = dir.start(&["run", "job.yaml"]);
    wait_until(|| sandbox.seen().count(Operation::UpdateJessSession) == 2).await;
    wait_until(|| sandbox.jess_user_of(&email(1)).is_some()).await;
    let run = dir.run(&["status", "job.yaml", "--report", "s.json"]).await;
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    assert_eq!(readiness(&dir.report("s.json")), [json!(false), json!(true)]);
    drop(running);
}

#[tokio::test]
async fn status_exits_3_when_service_is_down() {
    let sandbox = sandbox_with(1).start().await.expect("a sandbox");
    sandbox.always(Target::Anyone, Operation::JessInfo, Fault::status(500));
    let dir = TestDir::new();
    dir.write("job.yaml", &job_yaml(&sandbox.url(), "attempts: 1", 1));
    let run = dir.run(&["status", "job.yaml", "--report", "s.json"]).await;
    assert_eq!((run.code, run.stdout.as_str()), (Some(3), ""));
    assert_eq!(account_fields(&dir.report("s.json"), "reason"), ["service-down"]);
    assert!(run.stderr.contains(" is not available: HTTP status 500"), "{}", run.stderr);
    assert!(sandbox.seen().credentials().is_empty());
}

#[tokio::test]
async fn status_stops_when_service_dies() {
    let sandbox = sandbox_with(6).start().await.expect("a sandbox");
    sandbox.always(Target::Anyone, Operation::LogOn, Fault::ResetBefore);
    let dir = TestDir::new();
    let limits = "concurrency: 1, rate: unlimited, attempts: 1, give_up_after: 2";
    dir.write("job.yaml", &job_yaml(&sandbox.url(), limits, 6));
    let run = dir.run(&["status", "job.yaml", "--report", "s.json"]).await;
    assert_eq!(run.code, Some(3), "{}", run.stderr);
    assert_eq!(sandbox.seen().count(Operation::LogOn), 2);
    assert_eq!(account_fields(&dir.report("s.json"), "reason")[2..], ["service-down"; 4]);
}

#[tokio::test]
async fn status_never_shows_passwords() {
    let sandbox = sandbox_with_every_readiness().await;
    let dir = TestDir::new();
    dir.write("job.yaml", &job_yaml(&sandbox.url(), FAST, 6));
    let run = dir.run_with_env(&["status", "job.yaml", "--report", "-"], &[("RUST_LOG", "trace")]).await;
    for text in [&run.stdout, &run.stderr] {
        assert!(!text.contains("secret") && !text.contains(&password(4)), "{text}");
    }
}
