//! A service that is not there, one that dies in the middle of a run, and a run that is to stop on its own.

use std::time::Duration;

use ensims_sandbox::{Account, Fault, Operation, Sandbox, Target};
use serde_json::{Value, json};

use crate::program::{Place, job, outcomes, password, sandbox_of, words};

const ONE_BY_ONE: &str = "concurrency: 1, rate: unlimited, attempts: 1, give_up_after: 3";

fn email(number: usize) -> String {
    format!("lab{number}@uni.example")
}

/// From now on these accounts meet this fault when they log on.
fn log_ons_meet(sandbox: &Sandbox, accounts: impl IntoIterator<Item = usize>, fault: &Fault) {
    for number in accounts {
        sandbox.always(email(number).into(), Operation::LogOn, fault.clone());
    }
}

#[tokio::test]
async fn a_service_that_dies_in_the_middle_of_a_run_is_left_alone() {
    for fault in [Fault::ResetBefore, Fault::status(500), Fault::retry_after(503, "0")] {
        let sandbox = sandbox_of(12).start().await.expect("a sandbox");
        log_ons_meet(&sandbox, 4..12, &fault);
        let place = Place::new();
        let limits = "concurrency: 1, rate: unlimited, attempts: 2, give_up_after: 3";
        place.file("job.yaml", &job(&sandbox.url(), limits, 12));
        let ended = place.run(&["run", "job.yaml", "--report", "r.json"]).await;
        assert_eq!(ended.code, Some(3), "{fault:?}: {}", ended.err);
        let report = place.report("r.json");
        assert_eq!(report["exit_code"], 3);
        assert_eq!(outcomes(&report)[..4], ["updated"; 4]);
        assert_eq!(outcomes(&report)[4..7], ["failed"; 3]);
        assert_eq!(outcomes(&report)[7..], ["stopped"; 5]);
        assert_eq!(words(&report, "reason")[7..], ["service-down"; 5]);
        // The look at both APIs, four good accounts, three accounts that tried twice.
        assert_eq!(sandbox.seen().requests.len(), 2 + 4 * 2 + 3 * 2);
        let last = "5 not attempted (stopped: service-down). Run the job again when the service is back.";
        assert!(ended.err.contains(last), "{}", ended.err);
    }
}

#[tokio::test]
async fn a_service_that_dies_with_the_last_accounts_is_down_as_well() {
    let sandbox = sandbox_of(5).start().await.expect("a sandbox");
    log_ons_meet(&sandbox, 2..5, &Fault::ResetBefore);
    let place = Place::new();
    place.file("job.yaml", &job(&sandbox.url(), ONE_BY_ONE, 5));
    let ended = place.run(&["run", "job.yaml", "--report", "r.json"]).await;
    assert_eq!(ended.code, Some(3), "{}", ended.err);
    let report = place.report("r.json");
    assert_eq!(report["exit_code"], 3);
    assert_eq!(outcomes(&report), ["updated", "updated", "failed", "failed", "failed"]);
}

#[tokio::test]
async fn a_late_answer_to_an_account_in_flight_does_not_bring_a_dead_service_back() {
    let sandbox = sandbox_of(8).start().await.expect("a sandbox");
    log_ons_meet(&sandbox, [0], &Fault::Delay(Duration::from_millis(500)));
    log_ons_meet(&sandbox, 1..8, &Fault::ResetBefore);
    let place = Place::new();
    let limits = "concurrency: 2, rate: unlimited, attempts: 1, give_up_after: 3";
    place.file("job.yaml", &job(&sandbox.url(), limits, 8));
    let ended = place.run(&["run", "job.yaml", "--report", "r.json"]).await;
    let report = place.report("r.json");
    assert_eq!(outcomes(&report)[..4], ["updated", "failed", "failed", "failed"]);
    assert_eq!(words(&report, "reason")[4..], ["service-down"; 4]);
    assert_eq!(ended.code, Some(3), "{}", ended.err);
}

#[tokio::test]
async fn an_answer_below_500_begins_the_row_anew() {
    let sandbox = sandbox_of(12).start().await.expect("a sandbox");
    let silent = [0, 1, 3, 4, 6, 7, 9, 10];
    log_ons_meet(&sandbox, silent, &Fault::ResetBefore);
    log_ons_meet(&sandbox, [2], &Fault::status(404));
    sandbox.add_account(Account::new(email(5), "another"));
    let place = Place::new();
    place.file("job.yaml", &job(&sandbox.url(), ONE_BY_ONE, 12));
    let ended = place.run(&["run", "job.yaml", "--report", "r.json"]).await;
    assert_eq!(ended.code, Some(1), "{}", ended.err);
    let report = place.report("r.json");
    let expected =
        [["failed", "failed", "failed"], ["failed", "failed", "refused"], ["failed", "failed", "updated"]];
    assert_eq!(outcomes(&report)[..9], expected.concat());
    assert_eq!(report["totals"]["stopped"], 0);
}

#[tokio::test]
async fn an_account_that_got_one_answer_is_no_sign_that_the_service_is_down() {
    let sandbox = sandbox_of(6).start().await.expect("a sandbox");
    sandbox.always(Target::Anyone, Operation::UpdateJessSession, Fault::ResetBefore);
    let place = Place::new();
    place.file("job.yaml", &job(&sandbox.url(), ONE_BY_ONE, 6));
    let ended = place.run(&["run", "job.yaml", "--report", "r.json"]).await;
    assert_eq!(ended.code, Some(1), "{}", ended.err);
    assert_eq!(place.report("r.json")["totals"]["failed"], 6);
}

#[tokio::test]
async fn a_404_for_the_version_only_leaves_the_version_out() {
    let sandbox = sandbox_of(1).start().await.expect("a sandbox");
    sandbox.always(Target::Anyone, Operation::JessInfo, Fault::status(404));
    let place = Place::new();
    place.file("job.yaml", &job(&sandbox.url(), "rate: unlimited", 1));
    let ended = place.run(&["run", "job.yaml", "--report", "r.json"]).await;
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    let service = place.report("r.json")["service"].clone();
    assert_eq!(service["jess_version"], Value::Null);
    assert_eq!(service["users_version"], "1.0.0 beta update 0");
    assert_eq!(sandbox.seen().count(Operation::JessInfo), 1);
}

#[tokio::test]
async fn max_failures_stops_the_run_and_resume_does_the_rest() {
    let sandbox = sandbox_of(6).start().await.expect("a sandbox");
    for number in [1, 2] {
        sandbox.add_account(Account::new(email(number), "another"));
    }
    let place = Place::new();
    place.file("job.yaml", &job(&sandbox.url(), ONE_BY_ONE, 6));
    let ended = place.run(&["run", "job.yaml", "--max-failures", "2", "--report", "r.json"]).await;
    assert_eq!(ended.code, Some(1), "{}", ended.err);
    let report = place.report("r.json");
    assert_eq!(outcomes(&report), ["updated", "refused", "refused", "stopped", "stopped", "stopped"]);
    assert_eq!(words(&report, "reason")[3..], ["max-failures"; 3]);
    assert_eq!(sandbox.seen().count(Operation::LogOn), 3);
    assert!(ended.err.contains("3 not attempted (stopped: max-failures)."), "{}", ended.err);
    assert!(ended.err.contains("jess-batch run --resume job.yaml"), "{}", ended.err);

    let ended = place.run(&["run", "--resume", "job.yaml", "--report", "r.json"]).await;
    assert_eq!(ended.code, Some(1), "{}", ended.err);
    let report = place.report("r.json");
    assert_eq!(outcomes(&report), ["skipped", "refused", "refused", "updated", "updated", "updated"]);
    assert_eq!(report["accounts"][0]["reason"], "already-done");
    let seen = sandbox.seen();
    assert!((0..6).all(|number| seen.log_ons(&email(number)) == 1), "each log-on was sent once");

    // That run is finished, so what was refused may have been mended.
    sandbox.add_account(Account::new(email(1), password(1)));
    let ended = place.run(&["run", "--resume", "job.yaml", "--report", "r.json"]).await;
    assert_eq!(ended.code, Some(1), "{}", ended.err);
    let report = place.report("r.json");
    assert_eq!(report["totals"]["skipped"], json!(4));
    assert_eq!(outcomes(&report)[1..3], ["updated", "refused"]);
    assert_eq!(sandbox.seen().count(Operation::LogOn), 6 + 2);
}

#[tokio::test]
async fn a_limit_of_no_failures_is_a_mistake() {
    let place = Place::new();
    place.file("job.yaml", &job("sandbox", "rate: unlimited", 1));
    let ended = place.run(&["run", "job.yaml", "--max-failures", "0"]).await;
    assert_eq!(ended.code, Some(2));
    assert!(ended.err.contains("write a number from 1"), "{}", ended.err);
}
