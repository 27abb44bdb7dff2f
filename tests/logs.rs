//! The log: who reads it later must find the run, each account and each request in it.

use std::time::Duration;

use ensims_sandbox::{Account, Fault, Operation, Sandbox, Target};
use serde_json::{Value, json};

use crate::program::{Place, job, password, sandbox_of, wait_until};

/// A job of two accounts, the second of which ENSIMS refuses, and its service.
async fn with_one_refused(place: &Place) -> Sandbox {
    let sandbox = sandbox_of(2).start().await.expect("a sandbox");
    sandbox.add_account(Account::new("lab1@uni.example", "another"));
    place.file("job.yaml", &job(&sandbox.url(), "concurrency: 1, rate: unlimited", 2));
    sandbox
}

fn lines(place: &Place, name: &str) -> Vec<Value> {
    let text = std::fs::read_to_string(place.path(name)).expect("the log is there");
    text.lines().map(|line| serde_json::from_str(line).expect("each line is JSON")).collect()
}

/// What a line says, without what differs from run to run.
fn said(line: &Value) -> Value {
    let mut line = line.clone();
    let fields = line.as_object_mut().expect("an object");
    let timestamp = fields.remove("timestamp").expect("a time");
    assert!(timestamp.as_str().is_some_and(|time| time.ends_with('Z')), "{timestamp}");
    if let Some(duration) = fields.remove("duration_ms") {
        assert!(duration.is_u64(), "{duration}");
    }
    line
}

fn request(method: &str, path: &str, account: Option<&str>) -> Value {
    let mut line = json!({
        "level": "DEBUG", "target": "ensims_client::transport", "message": "request",
        "method": method, "path": path, "status": "200",
    });
    if let Some(account) = account {
        line["account"] = account.into();
    }
    line
}

#[tokio::test]
async fn a_log_file_of_json_has_the_run_its_accounts_and_its_requests() {
    let place = Place::new();
    let sandbox = with_one_refused(&place).await;
    let arguments = ["run", "job.yaml", "-q", "--log-format", "json", "--log-file", "run.log"];
    let ended = place.run(&arguments).await;
    assert_eq!(ended.code, Some(1));
    assert!(!ended.err.contains("/users/api/auth"), "{}", ended.err);
    let (about_the_service, rest): (Vec<Value>, Vec<Value>) =
        lines(&place, "run.log").iter().map(said).partition(|line| line["method"] == "GET");
    assert_eq!(about_the_service.len(), 2);
    let run = "jess_batch::run";
    let expected = [
        json!({ "level": "INFO", "target": run, "message": "run begins",
                "job": "job.yaml", "selected": 2, "service": sandbox.url() }),
        request("POST", "/users/api/auth", Some("lab0")),
        request("POST", "/jess_web/api/session", Some("lab0")),
        json!({ "level": "INFO", "target": run, "message": "account ended",
                "account": "lab0", "outcome": "updated", "requests": 2 }),
        request("POST", "/users/api/auth", Some("lab1")),
        json!({ "level": "WARN", "target": run, "message": "account ended",
                "account": "lab1", "outcome": "refused", "requests": 1, "detail": "log-on: refused" }),
        json!({ "level": "INFO", "target": run, "message": "run ended", "job": "job.yaml", "exit_code": 1,
                "accounts": 2, "updated": 1, "unchanged": 0, "refused": 1, "failed": 0, "stopped": 0, "skipped": 0 }),
    ];
    assert_eq!(rest, expected);

    // The next run goes on where this one ended.
    place.run(&arguments).await;
    let both = lines(&place, "run.log");
    assert_eq!(both.iter().filter(|line| line["message"] == "run ended").count(), 2);
    let text = std::fs::read_to_string(place.path("run.log")).expect("the log is there");
    assert!((0..2).all(|number| !text.contains(&password(number))), "a password is logged");
}

#[cfg(unix)]
#[tokio::test]
async fn a_new_log_file_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::new();
    let _sandbox = with_one_refused(&place).await;
    place.run(&["run", "job.yaml", "--log-file", "run.log"]).await;
    let mode = std::fs::metadata(place.path("run.log")).expect("the log is there").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[tokio::test]
async fn a_log_file_that_cannot_be_used_is_told_before_anything_is_sent() {
    let place = Place::new();
    let sandbox = with_one_refused(&place).await;
    let other = "it is a file of another kind";
    for (file, text, problem) in [
        ("no/run.log", None, "No such file or directory"),
        ("job.yaml", None, "it is a job file"),
        ("password.txt", Some("2026-secret\n"), other),
        ("r.json", Some("{\n  \"schema_version\": 1\n}\n"), other),
        ("r.csv", Some("index,name\n"), other),
    ] {
        if let Some(text) = text {
            place.file(file, text);
        }
        let before = std::fs::read(place.path(file)).ok();
        let ended = place.run(&["run", "job.yaml", "--log-file", file]).await;
        assert_eq!(ended.code, Some(2));
        assert!(ended.err.starts_with(&format!("error: --log-file {file} cannot be used: {problem}")));
        assert_eq!(ended.err.lines().count(), 1, "{}", ended.err);
        assert_eq!(std::fs::read(place.path(file)).ok(), before, "{file}");
    }
    assert!(sandbox.seen().requests.is_empty());
}

#[tokio::test]
async fn rust_log_alone_chooses_what_is_logged() {
    let place = Place::new();
    let sandbox = with_one_refused(&place).await;
    let run = ["run", "job.yaml", "--progress", "none"];
    let requests = place.run_with(&run, &[("RUST_LOG", "ensims_client=debug")]).await.err;
    assert_eq!(requests.matches("ensims_client::transport").count(), sandbox.seen().requests.len());
    assert!(requests.contains(r#"steps{account="lab1"}: ensims_client::transport: request method=POST"#));
    assert!(!requests.contains("jess_batch::run"), "{requests}");
    let warnings = place.run_with(&run, &[("RUST_LOG", "warn,hyper=trace")]).await.err;
    let logged: Vec<&str> = warnings.lines().filter(|line| line.contains("jess_batch::")).collect();
    assert_eq!(logged.len(), 1, "{warnings}");
    assert!(logged[0].contains(r#"WARN jess_batch::run: account ended account="lab1" outcome="refused""#));
    assert!(!warnings.contains("hyper"), "{warnings}");
    // What the variable asks for, a log file does not add to.
    place.run_with(&[&run[..], &["--log-file", "run.log"]].concat(), &[("RUST_LOG", "warn")]).await;
    let text = std::fs::read_to_string(place.path("run.log")).expect("the log is there");
    assert_eq!(text.lines().count(), 1, "{text}");
    let file = [&run[..], &["--log-file", "info.log"]].concat();
    place.run_with(&file, &[("RUST_LOG", "jess_batch::run=info")]).await;
    let text = std::fs::read_to_string(place.path("info.log")).expect("the log is there");
    assert!(text.lines().all(|line| line.contains(" jess_batch::run: ")), "{text}");
    assert_eq!(text.lines().count(), 4, "the run begins, two accounts, the run ends: {text}");
}

#[tokio::test]
async fn a_rust_log_that_cannot_be_read_is_told_and_the_file_logs_as_without_it() {
    let place = Place::new();
    let _sandbox = with_one_refused(&place).await;
    let arguments = ["run", "job.yaml", "--log-file", "run.log"];
    let ended = place.run_with(&arguments, &[("RUST_LOG", "jess_batch=loud")]).await;
    assert!(ended.err.starts_with("RUST_LOG cannot be read and is left out; write for example "));
    let text = std::fs::read_to_string(place.path("run.log")).expect("the log is there");
    assert!(text.contains("run ended"), "{text}");
}

#[tokio::test]
async fn why_a_run_did_not_begin_is_an_error_in_the_log() {
    let place = Place::new();
    let sandbox = with_one_refused(&place).await;
    sandbox.always(Target::Anyone, Operation::LogOn, Fault::Delay(Duration::from_secs(3600)));
    let running = place.start(&["run", "job.yaml"]);
    wait_until(|| sandbox.seen().count(Operation::LogOn) == 1).await;
    sandbox.always(Target::Anyone, Operation::UsersInfo, Fault::status(501));
    place.file("wrong.yaml", "version: 1\n");
    place.file("taken", "a file, not a folder");
    for (arguments, code) in [
        (&["wrong.yaml"][..], 2),
        (&["job.yaml", "wrong.yaml", "--report", "r.json"], 2),
        (&["job.yaml", "--state-dir", "taken"], 2),
        (&["job.yaml", "--state-dir", "another"], 3),
        (&["job.yaml"], 4),
    ] {
        let log = format!("{code}.log");
        let arguments = [&["run"], arguments, &["--log-format", "json", "--log-file", &log]].concat();
        assert_eq!(place.run(&arguments).await.code, Some(code), "{arguments:?}");
        let errors = lines(&place, &log).iter().filter(|line| line["level"] == "ERROR").count();
        assert!(errors > 0, "{arguments:?}");
        std::fs::remove_file(place.path(&log)).expect("the log is there");
    }
    drop(running);
}

#[tokio::test]
async fn a_pause_that_the_service_asks_for_is_logged_once() {
    let place = Place::new();
    let sandbox = sandbox_of(8).start().await.expect("a sandbox");
    sandbox.script("lab0@uni.example".into(), Operation::LogOn, [Fault::retry_after(429, "1")]);
    place.file("job.yaml", &job(&sandbox.url(), "concurrency: 4, rate: unlimited", 8));
    let ended = place.run(&["run", "job.yaml", "--log-format", "json", "--log-file", "run.log"]).await;
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    let lines = lines(&place, "run.log");
    let pauses: Vec<&Value> = lines.iter().filter(|line| line["level"] == "WARN").collect();
    let [pause] = &pauses[..] else { panic!("{pauses:?}") };
    assert_eq!(pause["message"], "the service asked to wait");
    assert_eq!(pause["wait_ms"], 1000);
}

#[tokio::test]
async fn a_name_cannot_break_a_line_or_move_the_cursor() {
    let name = "eve\u{1b}[2J\r\n\u{9b}2J\u{2028}\u{202e}";
    let place = Place::new();
    let text = format!(
        "version: 1\nservice: sandbox\naccounts:\n  - name: {}\n    ensims: {{ email: eve@uni.example, password: 'e' }}\n    jess: {{ username: eve, password: 'j' }}\n",
        r#""eve\e[2J\r\n\x9b2J\u2028\u202e""#,
    );
    place.file("job.yaml", &text);
    for format in ["text", "json"] {
        let ended = place.run(&["run", "job.yaml", "--log-format", format, "--log-file", format]).await;
        assert_eq!(ended.code, Some(0), "{}", ended.err);
        let log = std::fs::read_to_string(place.path(format)).expect("the log is there");
        let unfit = |c: char| (c.is_control() && c != '\n') || matches!(c, '\u{2028}' | '\u{202e}');
        assert!(!log.contains(unfit), "{log:?}");
        // Two requests to see that the service is there, two of the account, three lines about the run.
        assert_eq!(log.lines().count(), 7, "{log}");
        let again = place.run(&["run", "job.yaml", "--log-format", format, "--log-file", format]).await;
        assert_eq!(again.code, Some(0), "a log of ours can be gone on with: {}", again.err);
    }
    assert!(lines(&place, "json").iter().any(|line| line["account"] == name));
}
