//! Stories: a run against the sandbox, with its exit code, its report, and what the service saw.

use std::time::Duration;

use ensims_sandbox::{Account, Fault, JessUser, Operation, Sandbox, Target};
use nix::sys::signal::Signal;
use serde_json::{Value, json};

use crate::program::{Place, job, outcomes, password, repository, sandbox_of, wait_until, words};

const FAST: &str = "rate: unlimited";

#[tokio::test]
async fn five_hundred_accounts_end_linked_to_the_right_jess_user() {
    let sandbox = sandbox_of(500).start().await.expect("a sandbox");
    let place = Place::new();
    place.file("job.yaml", &job(&sandbox.url(), "concurrency: 64, rate: unlimited", 500));
    let ended = place.run(&["run", "job.yaml", "--report", "r.json"]).await;
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    assert_eq!(place.report("r.json")["totals"]["updated"], 500);
    for number in 0..500 {
        let linked = sandbox.jess_user_of(&format!("lab{number}@uni.example"));
        assert_eq!(linked, Some(format!("jess{number}")));
    }
    let seen = sandbox.seen();
    assert!(seen.max_in_flight <= 64, "{}", seen.max_in_flight);
    assert_eq!(seen.requests.len(), 2 + 2 * 500);
}

#[tokio::test]
async fn a_refused_credential_is_sent_once_and_stops_nobody_else() {
    let sandbox = sandbox_of(4).start().await.expect("a sandbox");
    sandbox.add_account(Account::new("lab1@uni.example", "another"));
    sandbox.add_jess_user(JessUser::new("jess2", "another"));
    let place = Place::new();
    place.file("job.yaml", &job(&sandbox.url(), FAST, 4));
    let ended = place.run(&["run", "job.yaml", "--report", "r.json"]).await;
    assert_eq!(ended.code, Some(1));
    let report = place.report("r.json");
    assert_eq!(outcomes(&report), ["updated", "refused", "refused", "updated"]);
    assert_eq!(report["accounts"][1]["refused_by"], "ensims");
    assert_eq!(report["accounts"][2]["refused_by"], "jess");
    let seen = sandbox.seen();
    assert_eq!(seen.log_ons("lab1@uni.example"), 1);
    assert_eq!(seen.credentials()[&(Operation::UpdateJessSession, "jess2".to_owned())], 1);
}

#[tokio::test]
async fn a_wrong_jess_credential_that_a_hundred_share_is_sent_once() {
    let sandbox = sandbox_of(100).start().await.expect("a sandbox");
    sandbox.add_jess_user(JessUser::new("shared", "the right one"));
    let place = Place::new();
    let mut text = format!("version: 1\nservice: {}\nlimits: {{ {FAST} }}\n", sandbox.url());
    text.push_str("jess: { username: shared, password: 'a wrong one' }\naccounts:\n");
    for number in 0..100 {
        let password = password(number);
        text.push_str(&format!("  - ensims: {{ email: lab{number}@uni.example, password: '{password}' }}\n"));
    }
    place.file("job.yaml", &text);
    let ended = place.run(&["run", "job.yaml", "--report", "r.json"]).await;
    assert_eq!(ended.code, Some(1));
    assert_eq!(sandbox.seen().count(Operation::UpdateJessSession), 1);
    let report = place.report("r.json");
    assert_eq!(report["totals"]["refused"], 100);
    // Which of the first accounts is the one to try it depends on who logged on first.
    let accounts = report["accounts"].as_array().expect("accounts");
    let tried: Vec<&Value> =
        accounts.iter().filter(|account| account["detail"] == "update: refused").collect();
    assert_eq!(tried.len(), 1);
    let same = format!("same credential as {}; not sent again", tried[0]["name"].as_str().expect("a name"));
    assert_eq!(accounts.iter().filter(|account| account["detail"] == same.as_str()).count(), 99);
}

#[tokio::test]
async fn a_token_that_expires_between_log_on_and_update_costs_one_more_log_on() {
    let sandbox = sandbox_of(1).start().await.expect("a sandbox");
    sandbox.script(Target::Anyone, Operation::UpdateJessSession, [Fault::unauthorized()]);
    let place = Place::new();
    place.file("job.yaml", &job(&sandbox.url(), FAST, 1));
    let ended = place.run(&["run", "job.yaml", "--report", "r.json"]).await;
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    assert_eq!(sandbox.seen().log_ons("lab0@uni.example"), 2);
    let steps = place.report("r.json")["accounts"][0]["steps"].clone();
    let words: Vec<&Value> = steps.as_array().expect("steps").iter().map(|step| &step["step"]).collect();
    assert_eq!(words, ["log-on", "update", "log-on", "update"]);
}

#[tokio::test]
async fn a_503_with_ok_false_is_retried_and_never_called_a_refusal() {
    let sandbox = sandbox_of(1).start().await.expect("a sandbox");
    let busy =
        || Fault::Status { code: 503, retry_after: None, body: r#"{"ok":false,"status":"busy"}"#.into() };
    sandbox.script(Target::Anyone, Operation::LogOn, [busy()]);
    let place = Place::new();
    place.file("job.yaml", &job(&sandbox.url(), FAST, 1));
    let ended = place.run(&["run", "job.yaml", "--report", "r.json"]).await;
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    sandbox.always(Target::Anyone, Operation::LogOn, busy());
    place.file("job.yaml", &job(&sandbox.url(), "attempts: 2, rate: unlimited", 1));
    let ended = place.run(&["run", "job.yaml", "--report", "r.json"]).await;
    assert_eq!(ended.code, Some(1));
    let account = place.report("r.json")["accounts"][0].clone();
    assert_eq!((&account["outcome"], &account["error"]), (&json!("failed"), &json!("http")));
    assert_eq!(account["detail"], "log-on: HTTP status 503 (tried 2 times)");
    assert_eq!(account["service_message"], "busy");
}

#[tokio::test]
async fn a_service_that_asks_for_more_patience_than_the_job_has_is_left_alone_by_all() {
    let sandbox = sandbox_of(3).start().await.expect("a sandbox");
    sandbox.script(Target::Anyone, Operation::LogOn, [Fault::retry_after(503, "3600")]);
    let place = Place::new();
    place.file("job.yaml", &job(&sandbox.url(), "concurrency: 1, rate: unlimited", 3));
    let ended = place.run(&["run", "job.yaml", "--report", "r.json"]).await;
    assert_eq!(ended.code, Some(1));
    assert_eq!(sandbox.seen().count(Operation::LogOn), 1);
    let accounts = place.report("r.json")["accounts"].clone();
    let asked = "log-on: HTTP status 503 (the service wants to be asked again in 3600 s)";
    assert_eq!(accounts[0]["detail"], asked);
    assert_eq!(accounts[2]["detail"], "log-on: not sent; the service wants to be asked again in 3600 s");
    assert_eq!(accounts[2]["error"], "http");
}

#[tokio::test]
async fn a_service_that_is_not_there_is_told_at_once_and_gets_no_password() {
    let sandbox = Sandbox::start().await.expect("a sandbox");
    let place = Place::new();
    place.file("job.yaml", &job(&sandbox.url(), "attempts: 1", 3));
    drop(sandbox);
    let ended = place.run(&["run", "job.yaml", "--report", "r.json"]).await;
    assert_eq!(ended.code, Some(3), "{}", ended.err);
    let report = place.report("r.json");
    assert_eq!(report["totals"]["stopped"], 3);
    assert_eq!(report["accounts"][0]["reason"], "service-down");
    assert_eq!(report["exit_code"], 3);
    let last = "No password was sent. Check the address and the network, or run the job again later.";
    assert!(ended.err.contains(last), "{}", ended.err);
}

#[tokio::test]
async fn it_works_over_tls_with_the_jobs_own_certificate_and_not_without() {
    let sandbox = sandbox_of(2).tls().start().await.expect("a sandbox");
    let place = Place::new();
    place.file("ca.pem", sandbox.ca_pem().expect("a certificate"));
    let service = format!("{{ url: '{}', ca_bundle: ca.pem }}", sandbox.url());
    place.file("job.yaml", &job(&service, FAST, 2));
    let ended = place.run(&["run", "job.yaml"]).await;
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    place.file("job.yaml", &job(&sandbox.url(), FAST, 2));
    let ended = place.run(&["run", "job.yaml"]).await;
    assert_eq!(ended.code, Some(3), "{}", ended.err);
    assert_eq!(sandbox.seen().count(Operation::LogOn), 2, "no password went out");
}

#[tokio::test]
async fn the_demo_works_with_proxies_that_lead_nowhere() {
    let place = Place::new();
    let demo = repository("jobs/demo.yaml");
    let demo = demo.to_str().expect("a path in UTF-8");
    let nowhere = "http://127.0.0.1:1";
    let variables = ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"].map(|name| (name, nowhere));
    let ended = place.run_with(&["run", demo, "--report", "r.json"], &variables).await;
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    assert_eq!(place.report("r.json")["totals"]["updated"], 6);
}

#[tokio::test]
async fn a_signal_stops_the_run_and_the_report_is_written() {
    let sandbox = sandbox_of(20).start().await.expect("a sandbox");
    for (signal, code) in [(Signal::SIGINT, 130), (Signal::SIGTERM, 143)] {
        sandbox.always(Target::Anyone, Operation::LogOn, Fault::Delay(Duration::from_millis(300)));
        let before = sandbox.seen().requests.len();
        let place = Place::new();
        place.file("job.yaml", &job(&sandbox.url(), "concurrency: 2, rate: unlimited", 20));
        let running = place.start(&["run", "job.yaml", "--report", "r.json"]);
        wait_until(|| sandbox.seen().requests.len() >= before + 5).await;
        running.signal(signal);
        assert_eq!(running.end().await.code, Some(code));
        let report = place.report("r.json");
        assert_eq!(report["exit_code"], code);
        let outcomes = outcomes(&report);
        assert!(outcomes.contains(&"stopped"), "{outcomes:?}");
        assert_eq!(report["accounts"][19]["reason"], "interrupted");
    }
}

#[tokio::test]
async fn only_and_skip_choose_and_a_name_that_fits_nobody_is_a_mistake() {
    let sandbox = sandbox_of(3).start().await.expect("a sandbox");
    let place = Place::new();
    place.file("job.yaml", &job(&sandbox.url(), FAST, 3));
    let ended = place.run(&["run", "job.yaml", "--only", "lab1", "--report", "-"]).await;
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    let report: Value = serde_json::from_str(&ended.out).expect("standard output is the report alone");
    assert_eq!(outcomes(&report), ["skipped", "updated", "skipped"]);
    let ended = place.run(&["run", "job.yaml", "--skip", "nobody"]).await;
    assert_eq!(ended.code, Some(2));
    assert_eq!(sandbox.seen().count(Operation::LogOn), 1);
}

#[tokio::test]
async fn a_rehearsal_leaves_the_real_reports_alone_and_a_run_of_some_says_what_its_reports_lost() {
    let sandbox = sandbox_of(3).start().await.expect("a sandbox");
    let place = Place::new();
    place
        .file("job.yaml", &format!("{}reports: ['r-{{date}}.html', r.json]\n", job(&sandbox.url(), FAST, 3)));
    let run = async |flags: &[&str]| {
        let ended = place.run(&[&["run", "job.yaml", "--progress", "none"], flags].concat()).await;
        assert_eq!(ended.code, Some(0), "{}", ended.err);
        ended.err
    };
    let said = run(&["--only", "lab1"]).await;
    assert!(!said.contains("The reports now tell"), "no report is replaced: {said}");
    run(&[]).await;
    let real = place.report("r.json");
    run(&["--service", "sandbox"]).await;
    assert_eq!(
        (place.report("r.json"), &place.report("r-rehearsal.json")["service"]["sandbox"]),
        (real, &json!(true))
    );

    let said = run(&["--only", "lab1"]).await;
    let lost = "The reports now tell of 1 of 3 accounts; the next run with --resume, and without --only or --skip, tells of all again.";
    assert!(said.lines().any(|line| line == lost), "{said}");
    run(&["--resume"]).await;
    assert_eq!(words(&place.report("r.json"), "reason"), ["already-done"; 3]);

    // Nothing else is meant by a job that is a rehearsal, and by a flag.
    place.file("job.yaml", &format!("{}reports: [own.json]\n", job("sandbox", FAST, 3)));
    run(&["--service", "sandbox"]).await;
    run(&["--service", "sandbox", "--report", "flag.json"]).await;
    let names = ["own.json", "flag.json", "own-rehearsal.json", "flag-rehearsal.json"];
    assert_eq!(names.map(|name| place.path(name).is_file()), [true, true, false, false]);

    // One that is there already is a real one.
    place.file("job.yaml", &format!("{}reports: [a.json, a-rehearsal.json]\n", job(&sandbox.url(), FAST, 3)));
    let ended = place.run(&["run", "job.yaml", "--service", "sandbox"]).await;
    assert_eq!(ended.code, Some(2), "{}", ended.err);
}

#[tokio::test]
async fn a_job_can_come_from_standard_input() {
    let sandbox = sandbox_of(1).start().await.expect("a sandbox");
    let place = Place::new();
    let ended = place.run_with_input(&["run", "-", "-q"], &job(&sandbox.url(), FAST, 1)).await;
    assert_eq!((ended.code, ended.out.as_str(), ended.err.as_str()), (Some(0), "", ""));
}

#[tokio::test]
async fn a_report_that_cannot_be_written_is_found_before_anything_is_sent() {
    let sandbox = sandbox_of(1).start().await.expect("a sandbox");
    let place = Place::new();
    place.file("job.yaml", &job(&sandbox.url(), FAST, 1));
    place.file("taken", "a file, not a folder");
    let too_long = "r".repeat(251) + ".json";
    for report in ["taken/r.json", &too_long, &format!("new/{too_long}"), &format!("{too_long}/r.json")] {
        let ended = place.run(&["run", "job.yaml", "--report", report]).await;
        assert_eq!(ended.code, Some(2), "{report}: {}", ended.err);
        assert!(ended.err.contains("--report: cannot be written: "), "{report}: {}", ended.err);
    }
    assert!(!place.path("new").exists());
    assert!(sandbox.seen().requests.is_empty());
}

#[tokio::test]
async fn a_report_that_cannot_be_written_in_the_end_is_no_success_in_the_others_either() {
    let sandbox = sandbox_of(1).start().await.expect("a sandbox");
    let place = Place::new();
    place.file("job.yaml", &job(&sandbox.url(), FAST, 1));
    assert_eq!(place.run(&["run", "job.yaml"]).await.code, Some(0));
    let last_success = place.state_file("job.yaml", "last-success");
    let long_ago = "2026-01-02T03:04:05Z\n";
    std::fs::write(&last_success, long_ago).expect("a time can be written");

    std::fs::create_dir(place.path("reports")).expect("a folder");
    sandbox.always(Target::Anyone, Operation::LogOn, Fault::Delay(Duration::from_millis(500)));
    let to = ["--report", "-", "--report", "r.json", "--report", "reports/r.csv", "--report", "last.json"];
    let running = place.start(&[&["run", "job.yaml"], &to[..]].concat());
    wait_until(|| sandbox.seen().count(Operation::LogOn) == 2).await;
    std::fs::remove_dir(place.path("reports")).expect("the folder is empty");
    place.file("reports", "a file, not a folder");
    let ended = running.end().await;
    assert_eq!(ended.code, Some(1), "{}", ended.err);
    assert!(ended.err.contains("the report reports/r.csv could not be written"), "{}", ended.err);
    let out: Value = serde_json::from_str(&ended.out).expect("standard output is the report alone");
    for report in [out, place.report("r.json"), place.report("last.json")] {
        assert_eq!((&report["exit_code"], &report["totals"]["updated"]), (&json!(1), &json!(1)));
        assert_eq!(report["last_success_at"], long_ago.trim());
    }
    assert_eq!(std::fs::read_to_string(&last_success).expect("a time"), long_ago);
}
