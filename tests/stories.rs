//! Runs against the sandbox: the exit code, the report, and what the service saw.

use std::time::Duration;

use ensims_sandbox::{Account, Fault, JessUser, Operation, Sandbox, Target};
use nix::sys::signal::Signal;
use serde_json::{Value, json};

use crate::program::{
    TestDir, account_fields, job_yaml, outcomes, password, repository_file, sandbox_with, wait_until,
};

const FAST: &str = "rate: unlimited";

#[tokio::test]
async fn run_of_500_accounts_links_the_right_jess_users() {
    let sandbox = sandbox_with(500).start().await.expect("a sandbox");
    let dir = TestDir::new();
    dir.write("job.yaml", &job_yaml(&sandbox.url(), "concurrency: 64, rate: unlimited", 500));
    let run = dir.run(&["run", "job.yaml", "--report", "r.json"]).await;
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert_eq!(dir.report("r.json")["totals"]["updated"], 500);
    for number in 0..500 {
        let linked = sandbox.jess_user_of(&format!("lab{number}@uni.example"));
        assert_eq!(linked, Some(format!("jess{number}")));
    }
    let seen = sandbox.seen();
    assert!(seen.max_in_flight <= 64, "{}", seen.max_in_flight);
    assert_eq!(seen.requests.len(), 2 + 2 * 500);
}

#[tokio::test]
async fn refused_credential_is_sent_once_and_stops_nobody_else() {
    let sandbox = sandbox_with(4).start().await.expect("a sandbox");
    sandbox.add_account(Account::new("lab1@uni.example", "another"));
    sandbox.add_jess_user(JessUser::new("jess2", "another"));
    let dir = TestDir::new();
    dir.write("job.yaml", &job_yaml(&sandbox.url(), FAST, 4));
    let run = dir.run(&["run", "job.yaml", "--report", "r.json"]).await;
    assert_eq!(run.code, Some(1));
    let report = dir.report("r.json");
    assert_eq!(outcomes(&report), ["updated", "refused", "refused", "updated"]);
    assert_eq!(report["accounts"][1]["refused_by"], "ensims");
    assert_eq!(report["accounts"][2]["refused_by"], "jess");
    let seen = sandbox.seen();
    assert_eq!(seen.log_ons("lab1@uni.example"), 1);
    assert_eq!(seen.credentials()[&(Operation::UpdateJessSession, "jess2".to_owned())], 1);
}

#[tokio::test]
async fn answer_about_another_account_ends_the_account() {
    let sandbox = sandbox_with(2).start().await.expect("a sandbox");
    let other = Fault::OtherAccount("lab1@uni.example".to_owned());
    sandbox.always("lab0@uni.example".into(), Operation::LogOn, other);
    let dir = TestDir::new();
    dir.write("job.yaml", &job_yaml(&sandbox.url(), FAST, 2));
    let run = dir.run(&["run", "job.yaml", "--report", "r.json"]).await;
    assert_eq!(run.code, Some(1));
    let report = dir.report("r.json");
    assert_eq!(outcomes(&report), ["failed", "updated"]);
    assert_eq!(report["accounts"][0]["error"], "protocol");
    let detail = report["accounts"][0]["detail"].as_str().expect("a detail");
    assert!(detail.contains("lab1@uni.example") && detail.contains("lab0@uni.example"), "{detail}");
    let seen = sandbox.seen();
    assert_eq!(seen.log_ons("lab0@uni.example"), 1);
    assert_eq!(seen.count(Operation::UpdateJessSession), 1, "the password of lab0 is not sent");
    assert_eq!(sandbox.jess_user_of("lab1@uni.example").as_deref(), Some("jess1"));
}

#[tokio::test]
async fn answer_under_an_alias_that_the_job_knows_counts() {
    let sandbox = sandbox_with(2).start().await.expect("a sandbox");
    let alias = Fault::OtherAccount("lab1@uni.example".to_owned());
    sandbox.always("lab0@uni.example".into(), Operation::LogOn, alias);
    let dir = TestDir::new();
    let job = job_yaml(&sandbox.url(), FAST, 1);
    dir.write("job.yaml", &job);
    let run = dir.run(&["run", "job.yaml"]).await;
    assert!(run.stderr.contains("say so with 'known_as' below 'ensims'"), "{}", run.stderr);
    let known = job.replace("email: lab0@", "known_as: LAB1@uni.example, email: lab0@");
    assert_ne!(known, job);
    dir.write("job.yaml", &known);
    let run = dir.run(&["run", "job.yaml"]).await;
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    dir.write("job.yaml", &known.replace("LAB1@uni.example", "Ada"));
    let run = dir.run(&["check", "job.yaml"]).await;
    assert!(run.stderr.contains("ensims.known_as: this is not an e-mail address"), "{}", run.stderr);
}

#[tokio::test]
async fn shared_refused_credential_is_sent_once() {
    let sandbox = sandbox_with(100).start().await.expect("a sandbox");
    sandbox.add_jess_user(JessUser::new("shared", "the right one"));
    let dir = TestDir::new();
    let mut text = format!("version: 1\nservice: {}\nlimits: {{ {FAST} }}\n", sandbox.url());
    text.push_str("jess: { username: shared, password: 'a wrong one' }\naccounts:\n");
    for number in 0..100 {
        let password = password(number);
        text.push_str(&format!("  - ensims: {{ email: lab{number}@uni.example, password: '{password}' }}\n"));
    }
    dir.write("job.yaml", &text);
    let run = dir.run(&["run", "job.yaml", "--report", "r.json"]).await;
    assert_eq!(run.code, Some(1));
    assert_eq!(sandbox.seen().count(Operation::UpdateJessSession), 1);
    let report = dir.report("r.json");
    assert_eq!(report["totals"]["refused"], 100);
    // Which account tries the credential depends on which logs on first.
    let accounts = report["accounts"].as_array().expect("accounts");
    let tried: Vec<&Value> =
        accounts.iter().filter(|account| account["detail"] == "update: refused").collect();
    assert_eq!(tried.len(), 1);
    let same = format!("same credential as {}; not sent again", tried[0]["name"].as_str().expect("a name"));
    assert_eq!(accounts.iter().filter(|account| account["detail"] == same.as_str()).count(), 99);
}

#[tokio::test]
async fn shared_credential_under_500_is_sent_up_to_attempts() {
    let sandbox = sandbox_with(10).start().await.expect("a sandbox");
    let unclear = Fault::Status { code: 500, retry_after: None, body: r#"{"ok":false}"#.into() };
    sandbox.always(Target::Anyone, Operation::UpdateJessSession, unclear);
    let dir = TestDir::new();
    let mut text = format!("version: 1\nservice: {}\nlimits: {{ {FAST}, attempts: 3 }}\n", sandbox.url());
    text.push_str("jess: { username: shared, password: 'a wrong one' }\naccounts:\n");
    for number in 0..10 {
        let password = password(number);
        text.push_str(&format!("  - ensims: {{ email: lab{number}@uni.example, password: '{password}' }}\n"));
    }
    dir.write("job.yaml", &text);
    let run = dir.run(&["run", "job.yaml", "--report", "r.json"]).await;
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    assert_eq!(sandbox.seen().count(Operation::UpdateJessSession), 3);
    let report = dir.report("r.json");
    assert_eq!(report["totals"]["failed"], 10);
    let accounts = report["accounts"].as_array().expect("accounts");
    let not_sent = "update: not sent; the last 3 answers to this credential may have been refusals";
    assert_eq!(accounts.iter().filter(|account| account["detail"] == not_sent).count(), 7);
}

#[tokio::test]
async fn expired_token_costs_one_more_log_on() {
    let sandbox = sandbox_with(1).start().await.expect("a sandbox");
    sandbox.script(Target::Anyone, Operation::UpdateJessSession, [Fault::unauthorized()]);
    let dir = TestDir::new();
    dir.write("job.yaml", &job_yaml(&sandbox.url(), FAST, 1));
    let run = dir.run(&["run", "job.yaml", "--report", "r.json"]).await;
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert_eq!(sandbox.seen().log_ons("lab0@uni.example"), 2);
    let steps = dir.report("r.json")["accounts"][0]["steps"].clone();
    let words: Vec<&Value> = steps.as_array().expect("steps").iter().map(|step| &step["step"]).collect();
    assert_eq!(words, ["log-on", "update", "log-on", "update"]);
}

#[tokio::test]
async fn http_503_with_ok_false_is_retried_not_refused() {
    let sandbox = sandbox_with(1).start().await.expect("a sandbox");
    let busy =
        || Fault::Status { code: 503, retry_after: None, body: r#"{"ok":false,"status":"busy"}"#.into() };
    sandbox.script(Target::Anyone, Operation::LogOn, [busy()]);
    let dir = TestDir::new();
    dir.write("job.yaml", &job_yaml(&sandbox.url(), FAST, 1));
    let run = dir.run(&["run", "job.yaml", "--report", "r.json"]).await;
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    sandbox.always(Target::Anyone, Operation::LogOn, busy());
    dir.write("job.yaml", &job_yaml(&sandbox.url(), "attempts: 2, rate: unlimited", 1));
    let run = dir.run(&["run", "job.yaml", "--report", "r.json"]).await;
    assert_eq!(run.code, Some(1));
    let account = dir.report("r.json")["accounts"][0].clone();
    assert_eq!((&account["outcome"], &account["error"]), (&json!("failed"), &json!("http")));
    assert_eq!(account["detail"], "log-on: HTTP status 503 (tried 2 times)");
    assert_eq!(account["service_message"], "busy");
}

#[tokio::test]
async fn retry_after_beyond_budget_fails_all_accounts() {
    let sandbox = sandbox_with(3).start().await.expect("a sandbox");
    sandbox.script(Target::Anyone, Operation::LogOn, [Fault::retry_after(503, "3600")]);
    let dir = TestDir::new();
    dir.write("job.yaml", &job_yaml(&sandbox.url(), "concurrency: 1, rate: unlimited", 3));
    let run = dir.run(&["run", "job.yaml", "--report", "r.json"]).await;
    assert_eq!(run.code, Some(1));
    assert_eq!(sandbox.seen().count(Operation::LogOn), 1);
    let accounts = dir.report("r.json")["accounts"].clone();
    let asked = "log-on: HTTP status 503 (the service asked for a pause of 3600 s)";
    assert_eq!(accounts[0]["detail"], asked);
    assert_eq!(accounts[2]["detail"], "log-on: not sent; the service asked for a pause of 3600 s");
    assert_eq!(accounts[2]["error"], "http");
}

#[tokio::test]
async fn unreachable_service_exits_3_and_gets_no_password() {
    let sandbox = Sandbox::builder().pose_as_service().start().await.expect("a sandbox");
    let dir = TestDir::new();
    dir.write("job.yaml", &job_yaml(&sandbox.url(), "attempts: 1", 3));
    drop(sandbox);
    let run = dir.run(&["run", "job.yaml", "--report", "r.json"]).await;
    assert_eq!(run.code, Some(3), "{}", run.stderr);
    let report = dir.report("r.json");
    assert_eq!(report["totals"]["stopped"], 3);
    assert_eq!(report["accounts"][0]["reason"], "service-down");
    assert_eq!(report["exit_code"], 3);
    let last = "No password was sent. Check the address and the network, or run the job again later.";
    assert!(run.stderr.contains(last), "{}", run.stderr);
}

#[tokio::test]
async fn tls_needs_the_ca_bundle_of_the_job() {
    let sandbox = sandbox_with(2).tls().start().await.expect("a sandbox");
    let dir = TestDir::new();
    dir.write("ca.pem", sandbox.ca_pem().expect("a certificate"));
    let service = format!("{{ url: '{}', ca_bundle: ca.pem }}", sandbox.url());
    dir.write("job.yaml", &job_yaml(&service, FAST, 2));
    let run = dir.run(&["run", "job.yaml"]).await;
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    dir.write("job.yaml", &job_yaml(&sandbox.url(), FAST, 2));
    let run = dir.run(&["run", "job.yaml", "--report", "r.json"]).await;
    assert_eq!(run.code, Some(3), "{}", run.stderr);
    assert!(
        run.stderr.contains("No password was sent. Check the service's address and 'ca_bundle'"),
        "{}",
        run.stderr
    );
    let account = &dir.report("r.json")["accounts"][0];
    assert_eq!(
        (&account["reason"], &account["remedy"]),
        (&json!("certificate-rejected"), &json!("check-certificate"))
    );
    assert_eq!(sandbox.seen().count(Operation::LogOn), 2, "no password was sent");
}

#[tokio::test]
async fn demo_job_ignores_proxy_variables() {
    let dir = TestDir::new();
    let demo = repository_file("jobs/demo.yaml");
    let demo = demo.to_str().expect("a path in UTF-8");
    let nowhere = "http://127.0.0.1:1";
    let variables = ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"].map(|name| (name, nowhere));
    let run = dir.run_with_env(&["run", demo, "--report", "r.json"], &variables).await;
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert_eq!(dir.report("r.json")["totals"]["updated"], 6);
}

/// Linux connects `0.0.0.0` to this machine, but it is no loopback address, so the proxy variables count for it.
#[tokio::test]
async fn only_https_needs_the_root_certificates() {
    let dir = TestDir::new();
    let (job, missing) = (job_yaml("https://127.0.0.1:9", "", 1), dir.path("missing"));
    dir.write("job.yaml", &job);
    let missing = missing.to_str().expect("a path in UTF-8");
    let variables = [("SSL_CERT_FILE", missing), ("SSL_CERT_DIR", missing)];

    let run = dir.run_with_env(&["run", "job.yaml", "--dry-run"], &variables).await;
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let run = dir.run_with_env(&["run", "job.yaml"], &variables).await;
    assert_eq!(run.code, Some(2), "{}", run.stderr);
    assert!(run.stderr.contains("install the package ca-certificates"), "{}", run.stderr);
}

#[tokio::test]
async fn no_proxy_respects_names_addresses_and_ranges() {
    let sandbox = sandbox_with(1).start().await.expect("a sandbox");
    let dir = TestDir::new();
    let url = sandbox.url().replace("127.0.0.1", "0.0.0.0");
    let service = format!("{{ url: '{url}', allow_http: true }}");
    dir.write("job.yaml", &job_yaml(&service, "rate: unlimited, attempts: 1", 1));
    let proxy = ("http_proxy", "http://127.0.0.1:1");
    for (no_proxy, code) in [
        ("", 3),
        ("10.0.0.0/8, uni.example", 3),
        ("0.0.0.0/8", 0),
        ("uni.example, 0.0.0.0/30", 0),
        ("0.0.0.0", 0),
        ("*", 0),
    ] {
        for name in ["no_proxy", "NO_PROXY"] {
            let run = dir.run_with_env(&["run", "job.yaml"], &[proxy, (name, no_proxy)]).await;
            assert_eq!(run.code, Some(code), "{name}={no_proxy}: {}", run.stderr);
        }
    }
    assert_eq!(sandbox.seen().count(Operation::LogOn), 2 * 4);
}

#[tokio::test]
async fn signal_stops_run_and_writes_report() {
    let sandbox = sandbox_with(20).start().await.expect("a sandbox");
    for (signal, code) in [(Signal::SIGINT, 130), (Signal::SIGTERM, 143)] {
        sandbox.always(Target::Anyone, Operation::LogOn, Fault::Delay(Duration::from_millis(300)));
        let before = sandbox.seen().requests.len();
        let dir = TestDir::new();
        dir.write("job.yaml", &job_yaml(&sandbox.url(), "concurrency: 2, rate: unlimited", 20));
        let running = dir.start(&["run", "job.yaml", "--report", "r.json"]);
        wait_until(|| sandbox.seen().requests.len() >= before + 5).await;
        running.signal(signal);
        assert_eq!(running.wait().await.code, Some(code));
        let report = dir.report("r.json");
        assert_eq!(report["exit_code"], code);
        let outcomes = outcomes(&report);
        assert!(outcomes.contains(&"stopped"), "{outcomes:?}");
        assert_eq!(report["accounts"][19]["reason"], "interrupted");
    }
}

#[tokio::test]
async fn only_and_skip_select_accounts_and_reject_unknown_names() {
    let sandbox = sandbox_with(3).start().await.expect("a sandbox");
    let dir = TestDir::new();
    dir.write("job.yaml", &job_yaml(&sandbox.url(), FAST, 3));
    let run = dir.run(&["run", "job.yaml", "--only", "lab1", "--report", "-"]).await;
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let report: Value = serde_json::from_str(&run.stdout).expect("standard output is the report alone");
    assert_eq!(outcomes(&report), ["skipped", "updated", "skipped"]);
    let run = dir.run(&["run", "job.yaml", "--skip", "nobody"]).await;
    assert_eq!(run.code, Some(2));
    assert_eq!(sandbox.seen().count(Operation::LogOn), 1);
}

#[tokio::test]
async fn rehearsal_keeps_real_reports_and_partial_run_warns() {
    let sandbox = sandbox_with(3).start().await.expect("a sandbox");
    let dir = TestDir::new();
    dir.write(
        "job.yaml",
        &format!("{}reports: ['r-{{date}}.html', r.json]\n", job_yaml(&sandbox.url(), FAST, 3)),
    );
    let run_job = async |flags: &[&str]| {
        let run = dir.run(&[&["run", "job.yaml", "--progress", "none"], flags].concat()).await;
        assert_eq!(run.code, Some(0), "{}", run.stderr);
        run.stderr
    };
    let stderr = run_job(&["--only", "lab1"]).await;
    assert!(!stderr.contains("The reports now cover"), "no report is replaced: {stderr}");
    run_job(&[]).await;
    let real = dir.report("r.json");
    run_job(&["--service", "sandbox"]).await;
    assert_eq!(
        (dir.report("r.json"), &dir.report("r-rehearsal.json")["service"]["sandbox"]),
        (real, &json!(true))
    );

    let stderr = run_job(&["--only", "lab1"]).await;
    let lost = "The reports now cover 1 of 3 accounts; a run with --resume, and without --only or --skip, covers all of them again.";
    assert!(stderr.lines().any(|line| line == lost), "{stderr}");
    run_job(&["--resume"]).await;
    assert_eq!(account_fields(&dir.report("r.json"), "reason"), ["already-done"; 3]);

    // A job that is itself a rehearsal keeps its report names, and so does `--report`.
    dir.write("job.yaml", &format!("{}reports: [own.json]\n", job_yaml("sandbox", FAST, 3)));
    run_job(&["--service", "sandbox"]).await;
    run_job(&["--service", "sandbox", "--report", "flag.json"]).await;
    let names = ["own.json", "flag.json", "own-rehearsal.json", "flag-rehearsal.json"];
    assert_eq!(names.map(|name| dir.path(name).is_file()), [true, true, false, false]);

    // An existing rehearsal name may belong to a real report.
    dir.write(
        "job.yaml",
        &format!("{}reports: [a.json, a-rehearsal.json]\n", job_yaml(&sandbox.url(), FAST, 3)),
    );
    let run = dir.run(&["run", "job.yaml", "--service", "sandbox"]).await;
    assert_eq!(run.code, Some(2), "{}", run.stderr);
}

#[tokio::test]
async fn run_reads_a_job_from_stdin() {
    let sandbox = sandbox_with(1).start().await.expect("a sandbox");
    let dir = TestDir::new();
    let run = dir.run_with_stdin(&["run", "-", "-q"], &job_yaml(&sandbox.url(), FAST, 1)).await;
    assert_eq!((run.code, run.stdout.as_str(), run.stderr.as_str()), (Some(0), "", ""));
}

#[tokio::test]
async fn unwritable_report_is_rejected_before_any_request() {
    let sandbox = sandbox_with(1).start().await.expect("a sandbox");
    let dir = TestDir::new();
    dir.write("job.yaml", &job_yaml(&sandbox.url(), FAST, 1));
    dir.write("taken", "a file, not a folder");
    let too_long = "r".repeat(251) + ".json";
    for report in ["taken/r.json", &too_long, &format!("new/{too_long}"), &format!("{too_long}/r.json")] {
        let run = dir.run(&["run", "job.yaml", "--report", report]).await;
        assert_eq!(run.code, Some(2), "{report}: {}", run.stderr);
        assert!(run.stderr.contains("--report: the report cannot be written: "), "{report}: {}", run.stderr);
    }
    assert!(!dir.path("new").exists());
    assert!(sandbox.seen().requests.is_empty());
}

#[tokio::test]
async fn report_write_failure_exits_1_in_the_other_reports() {
    let sandbox = sandbox_with(1).start().await.expect("a sandbox");
    let dir = TestDir::new();
    dir.write("job.yaml", &job_yaml(&sandbox.url(), FAST, 1));
    assert_eq!(dir.run(&["run", "job.yaml"]).await.code, Some(0));
    let last_success = dir.state_file("job.yaml", "last-success");
    let long_ago = "2026-01-02T03:04:05Z\n";
    std::fs::write(&last_success, long_ago).expect("a time can be written");

    std::fs::create_dir(dir.path("reports")).expect("a folder");
    sandbox.always(Target::Anyone, Operation::LogOn, Fault::Delay(Duration::from_millis(500)));
    let to = ["--report", "-", "--report", "r.json", "--report", "reports/r.csv", "--report", "last.json"];
    let running = dir.start(&[&["run", "job.yaml"], &to[..]].concat());
    wait_until(|| sandbox.seen().count(Operation::LogOn) == 2).await;
    std::fs::remove_dir(dir.path("reports")).expect("the folder is empty");
    dir.write("reports", "a file, not a folder");
    let run = running.wait().await;
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    assert!(run.stderr.contains("the report reports/r.csv cannot be written: "), "{}", run.stderr);
    assert!(!run.stderr.contains("--resume"), "the account succeeded: {}", run.stderr);
    let out: Value = serde_json::from_str(&run.stdout).expect("standard output is the report alone");
    for report in [out, dir.report("r.json"), dir.report("last.json")] {
        assert_eq!((&report["exit_code"], &report["totals"]["updated"]), (&json!(1), &json!(1)));
        assert_eq!(report["last_success_at"], long_ago.trim());
    }
    assert_eq!(std::fs::read_to_string(&last_success).expect("a time"), long_ago);
}
