//! The log records the run, each account and each request.

use std::time::Duration;

use ensims_sandbox::{Account, Fault, Operation, Sandbox, Target};
use serde_json::{Value, json};

use crate::program::{TestDir, job_yaml, password, sandbox_with, wait_until};

/// Writes a job of two accounts and starts its service, which refuses the second account at log-on.
async fn sandbox_with_one_refusal(dir: &TestDir) -> Sandbox {
    let sandbox = sandbox_with(2).start().await.expect("a sandbox");
    sandbox.add_account(Account::new("lab1@uni.example", "another"));
    dir.write("job.yaml", &job_yaml(&sandbox.url(), "concurrency: 1, rate: unlimited", 2));
    sandbox
}

fn json_lines(dir: &TestDir, name: &str) -> Vec<Value> {
    let text = std::fs::read_to_string(dir.path(name)).expect("the log is there");
    text.lines().map(|line| serde_json::from_str(line).expect("each line is JSON")).collect()
}

/// Removes the timestamp and the duration, which differ from run to run.
fn without_timing(line: &Value) -> Value {
    let mut line = line.clone();
    let fields = line.as_object_mut().expect("an object");
    let timestamp = fields.remove("timestamp").expect("a time");
    assert!(timestamp.as_str().is_some_and(|time| time.ends_with('Z')), "{timestamp}");
    if let Some(duration) = fields.remove("duration_ms") {
        assert!(duration.is_u64(), "{duration}");
    }
    line
}

fn request_line(method: &str, path: &str, account: Option<&str>) -> Value {
    let mut line = json!({
        "level": "DEBUG", "target": "ensims_client::transport", "message": "request",
        "method": method, "path": path, "http_status": 200,
    });
    if let Some(account) = account {
        line["account"] = account.into();
    }
    line
}

#[tokio::test]
async fn json_log_file_records_run_accounts_and_requests() {
    let dir = TestDir::new();
    let sandbox = sandbox_with_one_refusal(&dir).await;
    let arguments = ["run", "job.yaml", "-q", "--log-format", "json", "--log-file", "run.log"];
    let run = dir.run(&arguments).await;
    assert_eq!(run.code, Some(1));
    assert!(!run.stderr.contains("/users/api/auth"), "{}", run.stderr);
    let (about_the_service, rest): (Vec<Value>, Vec<Value>) =
        json_lines(&dir, "run.log").iter().map(without_timing).partition(|line| line["method"] == "GET");
    assert_eq!(about_the_service.len(), 2);
    let target = "jess_batch::run";
    let expected = [
        json!({ "level": "INFO", "target": target, "message": "run begins",
                "job": "job.yaml", "selected": 2, "service": sandbox.url() }),
        request_line("POST", "/users/api/auth", Some("lab0")),
        request_line("POST", "/jess_web/api/session", Some("lab0")),
        json!({ "level": "INFO", "target": target, "message": "account ended",
                "account": "lab0", "outcome": "updated", "requests": 2 }),
        request_line("POST", "/users/api/auth", Some("lab1")),
        json!({ "level": "WARN", "target": target, "message": "account ended",
                "account": "lab1", "outcome": "refused", "requests": 1, "detail": "log-on: refused" }),
        json!({ "level": "INFO", "target": target, "message": "run ended", "job": "job.yaml", "exit_code": 1,
                "accounts": 2, "updated": 1, "unchanged": 0, "refused": 1, "failed": 0, "stopped": 0, "skipped": 0 }),
    ];
    assert_eq!(rest, expected);

    // The next run appends to the file.
    dir.run(&arguments).await;
    let both = json_lines(&dir, "run.log");
    assert_eq!(both.iter().filter(|line| line["message"] == "run ended").count(), 2);
    let text = std::fs::read_to_string(dir.path("run.log")).expect("the log is there");
    assert!((0..2).all(|number| !text.contains(&password(number))), "a password is logged");
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn log_that_cannot_be_written_raises_the_exit_code() {
    let dir = TestDir::new();
    let sandbox = sandbox_with(1).start().await.expect("a sandbox");
    dir.write("job.yaml", &job_yaml(&sandbox.url(), "rate: unlimited", 1));
    let run = dir.run(&["run", "job.yaml", "--log-file", "/dev/full"]).await;
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    assert_eq!(run.stderr.matches("the log file cannot be written").count(), 1, "{}", run.stderr);
    assert!(run.stderr.contains("1 account: 1 updated."), "{}", run.stderr);
}

#[cfg(unix)]
#[tokio::test]
async fn new_log_file_is_private_to_its_owner() {
    use std::os::unix::fs::PermissionsExt;
    let dir = TestDir::new();
    let _sandbox = sandbox_with_one_refusal(&dir).await;
    dir.run(&["run", "job.yaml", "--log-file", "run.log"]).await;
    let mode = std::fs::metadata(dir.path("run.log")).expect("the log is there").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[cfg(unix)]
#[tokio::test]
async fn log_file_can_be_a_device_but_no_other_link() {
    let dir = TestDir::new();
    let _sandbox = sandbox_with_one_refusal(&dir).await;
    dir.write("target.txt", "mine");
    std::os::unix::fs::symlink(dir.path("target.txt"), dir.path("run.log")).expect("a link");
    let run = dir.run(&["run", "job.yaml", "--log-file", "run.log"]).await;
    assert_eq!(run.code, Some(2), "{}", run.stderr);
    let problem = "--log-file run.log cannot be used: it is a link; give the file itself";
    assert!(run.stderr.contains(problem), "{}", run.stderr);
    assert_eq!(std::fs::read_to_string(dir.path("target.txt")).ok().as_deref(), Some("mine"));
    let run = dir.run(&["run", "job.yaml", "--log-file", "/dev/stdout"]).await;
    assert!(run.stdout.contains("run begins"), "{}{}", run.stdout, run.stderr);
}

#[tokio::test]
async fn unusable_log_file_is_rejected_before_any_request() {
    let dir = TestDir::new();
    let sandbox = sandbox_with_one_refusal(&dir).await;
    std::fs::create_dir(dir.path("folder")).expect("a folder");
    for (file, problem) in [
        ("no/run.log", "No such file or directory"),
        ("folder", "Is a directory"),
        ("job.yaml", "it is a file that the job reads, or a report; give another name"),
    ] {
        let before = std::fs::read(dir.path(file)).ok();
        let run = dir.run(&["run", "job.yaml", "--log-file", file]).await;
        assert_eq!(run.code, Some(2));
        let error = format!("error: --log-file {file} cannot be used: {problem}");
        assert!(run.stderr.starts_with(&error), "{}", run.stderr);
        assert_eq!(run.stderr.lines().count(), 1, "{}", run.stderr);
        assert_eq!(std::fs::read(dir.path(file)).ok(), before, "{file}");
    }
    assert!(sandbox.seen().requests.is_empty());
}

#[tokio::test]
async fn rust_log_alone_selects_what_is_logged() {
    let dir = TestDir::new();
    let sandbox = sandbox_with_one_refusal(&dir).await;
    let arguments = ["run", "job.yaml", "--progress", "none"];
    let requests = dir.run_with_env(&arguments, &[("RUST_LOG", "ensims_client=debug")]).await.stderr;
    assert_eq!(requests.matches("ensims_client::transport").count(), sandbox.seen().requests.len());
    assert!(requests.contains(r#"steps{account="lab1"}: ensims_client::transport: request method=POST"#));
    assert!(!requests.contains("jess_batch::run"), "{requests}");
    let warnings = dir.run_with_env(&arguments, &[("RUST_LOG", "warn,hyper=trace")]).await.stderr;
    let logged: Vec<&str> = warnings.lines().filter(|line| line.contains("jess_batch::")).collect();
    assert_eq!(logged.len(), 1, "{warnings}");
    assert!(logged[0].contains(r#"WARN jess_batch::run: account ended account="lab1" outcome="refused""#));
    assert!(!warnings.contains("hyper"), "{warnings}");
    // `--log-file` does not extend the filter of `RUST_LOG`.
    dir.run_with_env(&[&arguments[..], &["--log-file", "run.log"]].concat(), &[("RUST_LOG", "warn")]).await;
    let text = std::fs::read_to_string(dir.path("run.log")).expect("the log is there");
    assert_eq!(text.lines().count(), 1, "{text}");
    let file = [&arguments[..], &["--log-file", "info.log"]].concat();
    dir.run_with_env(&file, &[("RUST_LOG", "jess_batch::run=info")]).await;
    let text = std::fs::read_to_string(dir.path("info.log")).expect("the log is there");
    assert!(text.lines().all(|line| line.contains(" jess_batch::run: ")), "{text}");
    assert_eq!(text.lines().count(), 4, "the run begins, two accounts, the run ends: {text}");
}

#[tokio::test]
async fn invalid_rust_log_is_reported_and_ignored() {
    let dir = TestDir::new();
    let _sandbox = sandbox_with_one_refusal(&dir).await;
    let arguments = ["run", "job.yaml", "--log-file", "run.log"];
    let run = dir.run_with_env(&arguments, &[("RUST_LOG", "jess_batch=loud")]).await;
    assert!(run.stderr.starts_with("RUST_LOG cannot be read and is ignored; use for example "));
    let text = std::fs::read_to_string(dir.path("run.log")).expect("the log is there");
    assert!(text.contains("run ended"), "{text}");
}

#[tokio::test]
async fn log_records_an_error_when_a_run_cannot_start() {
    let dir = TestDir::new();
    let sandbox = sandbox_with_one_refusal(&dir).await;
    sandbox.always(Target::Anyone, Operation::LogOn, Fault::Delay(Duration::from_hours(1)));
    let running = dir.start(&["run", "job.yaml"]);
    wait_until(|| sandbox.seen().count(Operation::LogOn) == 1).await;
    sandbox.always(Target::Anyone, Operation::UsersInfo, Fault::status(501));
    dir.write("wrong.yaml", "version: 1\n");
    dir.write("taken", "a file, not a folder");
    for (arguments, code) in [
        (&["wrong.yaml"][..], 2),
        (&["job.yaml", "wrong.yaml", "--report", "r.json"], 2),
        (&["job.yaml", "--state-dir", "taken"], 2),
        (&["job.yaml", "--state-dir", "another"], 3),
        (&["job.yaml"], 4),
    ] {
        let log = format!("{code}.log");
        let arguments = [&["run"], arguments, &["--log-format", "json", "--log-file", &log]].concat();
        assert_eq!(dir.run(&arguments).await.code, Some(code), "{arguments:?}");
        let errors = json_lines(&dir, &log).iter().filter(|line| line["level"] == "ERROR").count();
        assert!(errors > 0, "{arguments:?}");
        std::fs::remove_file(dir.path(&log)).expect("the log is there");
    }
    drop(running);
}

#[tokio::test]
async fn log_records_a_requested_pause_once() {
    let dir = TestDir::new();
    let sandbox = sandbox_with(8).start().await.expect("a sandbox");
    sandbox.script("lab0@uni.example".into(), Operation::LogOn, [Fault::retry_after(429, "1")]);
    dir.write("job.yaml", &job_yaml(&sandbox.url(), "concurrency: 4, rate: unlimited", 8));
    let run = dir.run(&["run", "job.yaml", "--log-format", "json", "--log-file", "run.log"]).await;
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let lines = json_lines(&dir, "run.log");
    let pauses: Vec<&Value> = lines.iter().filter(|line| line["level"] == "WARN").collect();
    let [pause] = &pauses[..] else { panic!("{pauses:?}") };
    assert_eq!(pause["message"], "the service asked to wait");
    assert_eq!(pause["wait_ms"], 1000);
}

#[tokio::test]
async fn log_escapes_control_characters_in_names() {
    let name = "eve\u{1b}[2J\r\n\u{9b}2J\u{2028}\u{202e}";
    let dir = TestDir::new();
    let text = format!(
        "version: 1\nservice: sandbox\naccounts:\n  - name: {}\n    ensims: {{ email: eve@uni.example, password: 'e' }}\n    jess: {{ username: eve, password: 'j' }}\n",
        r#""eve\e[2J\r\n\x9b2J\u2028\u202e""#,
    );
    dir.write("job.yaml", &text);
    for format in ["text", "json"] {
        let run = dir.run(&["run", "job.yaml", "--log-format", format, "--log-file", format]).await;
        assert_eq!(run.code, Some(0), "{}", run.stderr);
        let log = std::fs::read_to_string(dir.path(format)).expect("the log is there");
        let unfit = |c: char| (c.is_control() && c != '\n') || matches!(c, '\u{2028}' | '\u{202e}');
        assert!(!log.contains(unfit), "{log:?}");
        // Two version checks, two requests of the account, three lines about the run.
        assert_eq!(log.lines().count(), 7, "{log}");
        let again = dir.run(&["run", "job.yaml", "--log-format", format, "--log-file", format]).await;
        assert_eq!(again.code, Some(0), "an existing log is continued: {}", again.stderr);
    }
    assert!(json_lines(&dir, "json").iter().any(|line| line["account"] == name));
}
