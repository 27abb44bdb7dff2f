//! A service that is unreachable or dies during a run, and runs that stop after too many failures.

use std::time::Duration;

use ensims_sandbox::{Account, Fault, Operation, Sandbox, Target};
use serde_json::{Value, json};

use crate::program::{TestDir, account_fields, job_yaml, outcomes, password, sandbox_with};

const ONE_BY_ONE: &str = "concurrency: 1, rate: unlimited, attempts: 1, give_up_after: 3";

fn email(number: usize) -> String {
    format!("lab{number}@uni.example")
}

/// Makes the log-on of these accounts meet this fault from now on.
fn script_log_ons(sandbox: &Sandbox, accounts: impl IntoIterator<Item = usize>, fault: &Fault) {
    for number in accounts {
        sandbox.always(email(number).into(), Operation::LogOn, fault.clone());
    }
}

#[tokio::test]
async fn run_stops_when_service_dies_midway() {
    for fault in [Fault::ResetBefore, Fault::status(500), Fault::retry_after(503, "0")] {
        let sandbox = sandbox_with(12).start().await.expect("a sandbox");
        script_log_ons(&sandbox, 4..12, &fault);
        let dir = TestDir::new();
        let limits = "concurrency: 1, rate: unlimited, attempts: 2, give_up_after: 3";
        dir.write("job.yaml", &job_yaml(&sandbox.url(), limits, 12));
        let run = dir.run(&["run", "job.yaml", "--report", "r.json"]).await;
        assert_eq!(run.code, Some(3), "{fault:?}: {}", run.stderr);
        let report = dir.report("r.json");
        assert_eq!(report["exit_code"], 3);
        assert_eq!(outcomes(&report)[..4], ["updated"; 4]);
        assert_eq!(outcomes(&report)[4..7], ["failed"; 3]);
        assert_eq!(outcomes(&report)[7..], ["stopped"; 5]);
        assert_eq!(account_fields(&report, "reason")[7..], ["service-down"; 5]);
        // Two version checks, four good accounts, three accounts that tried twice.
        assert_eq!(sandbox.seen().requests.len(), 2 + 4 * 2 + 3 * 2);
        // Those that revealed the outage and those that were not attempted are one entry, the first.
        let outage = "Needs attention:\n  8 accounts: service down\n    lab4; lab5; lab6; lab7; lab8;";
        assert!(run.stderr.contains(outage), "{}", run.stderr);
        assert!(run.stderr.contains("Run it again when the service is back."), "{}", run.stderr);
        let totals = "12 accounts: 4 updated, 3 failed, 5 stopped.";
        assert!(run.stderr.lines().any(|line| line == totals), "{}", run.stderr);
    }
}

#[tokio::test]
async fn run_exits_3_when_service_dies_with_the_last_accounts() {
    let sandbox = sandbox_with(5).start().await.expect("a sandbox");
    script_log_ons(&sandbox, 2..5, &Fault::ResetBefore);
    let dir = TestDir::new();
    dir.write("job.yaml", &job_yaml(&sandbox.url(), ONE_BY_ONE, 5));
    let run = dir.run(&["run", "job.yaml", "--report", "r.json"]).await;
    assert_eq!(run.code, Some(3), "{}", run.stderr);
    let report = dir.report("r.json");
    assert_eq!(report["exit_code"], 3);
    assert_eq!(outcomes(&report), ["updated", "updated", "failed", "failed", "failed"]);
}

#[tokio::test]
async fn late_answer_does_not_revive_a_dead_service() {
    let sandbox = sandbox_with(8).start().await.expect("a sandbox");
    script_log_ons(&sandbox, [0], &Fault::Delay(Duration::from_millis(500)));
    script_log_ons(&sandbox, 1..8, &Fault::ResetBefore);
    let dir = TestDir::new();
    let limits = "concurrency: 2, rate: unlimited, attempts: 1, give_up_after: 3";
    dir.write("job.yaml", &job_yaml(&sandbox.url(), limits, 8));
    let run = dir.run(&["run", "job.yaml", "--report", "r.json"]).await;
    let report = dir.report("r.json");
    assert_eq!(outcomes(&report)[..4], ["updated", "failed", "failed", "failed"]);
    assert_eq!(account_fields(&report, "reason")[4..], ["service-down"; 4]);
    assert_eq!(run.code, Some(3), "{}", run.stderr);
}

#[tokio::test]
async fn answer_below_500_resets_the_give_up_count() {
    let sandbox = sandbox_with(12).start().await.expect("a sandbox");
    let silent = [0, 1, 3, 4, 6, 7, 9, 10];
    script_log_ons(&sandbox, silent, &Fault::ResetBefore);
    script_log_ons(&sandbox, [2], &Fault::status(404));
    sandbox.add_account(Account::new(email(5), "another"));
    let dir = TestDir::new();
    dir.write("job.yaml", &job_yaml(&sandbox.url(), ONE_BY_ONE, 12));
    let run = dir.run(&["run", "job.yaml", "--report", "r.json"]).await;
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    let report = dir.report("r.json");
    let expected =
        [["failed", "failed", "failed"], ["failed", "failed", "refused"], ["failed", "failed", "updated"]];
    assert_eq!(outcomes(&report)[..9], expected.concat());
    assert_eq!(report["totals"]["stopped"], 0);
}

#[tokio::test]
async fn partly_answered_accounts_do_not_mean_service_down() {
    let sandbox = sandbox_with(6).start().await.expect("a sandbox");
    sandbox.always(Target::Anyone, Operation::UpdateJessSession, Fault::ResetBefore);
    let dir = TestDir::new();
    dir.write("job.yaml", &job_yaml(&sandbox.url(), ONE_BY_ONE, 6));
    let run = dir.run(&["run", "job.yaml", "--report", "r.json"]).await;
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    assert_eq!(dir.report("r.json")["totals"]["failed"], 6);
}

#[tokio::test]
async fn version_is_null_when_info_answers_404() {
    let sandbox = sandbox_with(1).start().await.expect("a sandbox");
    sandbox.always(Target::Anyone, Operation::JessInfo, Fault::status(404));
    let dir = TestDir::new();
    dir.write("job.yaml", &job_yaml(&sandbox.url(), "rate: unlimited", 1));
    let run = dir.run(&["run", "job.yaml", "--report", "r.json"]).await;
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let service = dir.report("r.json")["service"].clone();
    assert_eq!(service["jess_version"], Value::Null);
    assert_eq!(service["users_version"], "1.0.0 beta update 0");
    assert_eq!(sandbox.seen().count(Operation::JessInfo), 1);
}

#[tokio::test]
async fn max_failures_stops_run_and_resume_does_the_rest() {
    let sandbox = sandbox_with(6).start().await.expect("a sandbox");
    for number in [1, 2] {
        sandbox.add_account(Account::new(email(number), "another"));
    }
    let dir = TestDir::new();
    dir.write("job.yaml", &job_yaml(&sandbox.url(), ONE_BY_ONE, 6));
    let run = dir.run(&["run", "job.yaml", "--max-failures", "2", "--report", "r.json"]).await;
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    let report = dir.report("r.json");
    assert_eq!(outcomes(&report), ["updated", "refused", "refused", "stopped", "stopped", "stopped"]);
    assert_eq!(account_fields(&report, "reason")[3..], ["max-failures"; 3]);
    assert_eq!(sandbox.seen().count(Operation::LogOn), 3);
    assert!(
        run.stderr.contains("  3 accounts: stopped: max-failures\n    lab3; lab4; lab5\n"),
        "{}",
        run.stderr
    );
    let rest = "To do the rest, but not what was refused: jess-batch run --resume job.yaml ";
    assert_eq!(run.stderr.matches(rest).count(), 1, "{}", run.stderr);

    let run = dir.run(&["run", "--resume", "job.yaml", "--report", "r.json"]).await;
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    let report = dir.report("r.json");
    assert_eq!(outcomes(&report), ["skipped", "refused", "refused", "updated", "updated", "updated"]);
    assert_eq!(report["accounts"][0]["reason"], "already-done");
    let seen = sandbox.seen();
    assert!((0..6).all(|number| seen.log_ons(&email(number)) == 1), "each log-on was sent once");

    // That run has finished, so refused accounts may have been corrected.
    sandbox.add_account(Account::new(email(1), password(1)));
    let run = dir.run(&["run", "--resume", "job.yaml", "--report", "r.json"]).await;
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    let report = dir.report("r.json");
    assert_eq!(report["totals"]["skipped"], json!(4));
    assert_eq!(outcomes(&report)[1..3], ["updated", "refused"]);
    assert_eq!(sandbox.seen().count(Operation::LogOn), 6 + 2);
}

#[tokio::test]
async fn max_failures_of_0_is_rejected() {
    let dir = TestDir::new();
    dir.write("job.yaml", &job_yaml("sandbox", "rate: unlimited", 1));
    let run = dir.run(&["run", "job.yaml", "--max-failures", "0"]).await;
    assert_eq!(run.code, Some(2));
    assert!(run.stderr.contains("give a number from 1"), "{}", run.stderr);
}
