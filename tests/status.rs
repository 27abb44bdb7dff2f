//! `status`: how the accounts stand, without changing anything.

use std::time::Duration;

use ensims_sandbox::{Account, Fault, JessUser, Operation, Sandbox, Target};
use serde_json::{Value, json};

use crate::program::{Place, jess_password, job, password, sandbox_of, wait_until, words};

const FAST: &str = "rate: unlimited";

fn email(number: usize) -> String {
    format!("lab{number}@uni.example")
}

/// Accounts that stand in all the ways there are: ready, lapsed, of another JESS user, suspended, refused at the
/// log-on, and never linked.
async fn six_ways() -> Sandbox {
    let sandbox = sandbox_of(6).jess_user(JessUser::new("by-hand", "anything"));
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
async fn the_table_shows_how_each_account_stands_and_what_to_do() {
    let sandbox = six_ways().await;
    let place = Place::new();
    place.file("job.yaml", &job(&sandbox.url(), FAST, 6));
    let ended = place.run(&["status", "job.yaml", "--progress", "none"]).await;
    assert_eq!(ended.code, Some(1), "{}", ended.err);
    let seen = sandbox.seen();
    assert_eq!(seen.count(Operation::UpdateJessSession), 0, "it reads only");
    let read_only = seen
        .requests
        .iter()
        .all(|request| request.method == "GET" || request.operation == Some(Operation::LogOn));
    assert!(read_only, "{:?}", seen.requests);
    assert!(!place.path(".local").exists(), "it keeps no state");
    insta::assert_snapshot!(format!("{}---- standard error\n{}", ended.out, ended.err));
}

#[tokio::test]
async fn the_json_says_the_same_and_stands_alone_on_standard_output() {
    let sandbox = six_ways().await;
    let place = Place::new();
    place.file("job.yaml", &job(&sandbox.url(), FAST, 6));
    let ended = place.run(&["status", "job.yaml", "--report", "-"]).await;
    assert_eq!(ended.code, Some(1), "{}", ended.err);
    let report: Value = serde_json::from_str(&ended.out).expect("standard output is JSON alone");
    assert!(ended.err.contains("lab3"), "people are told as well: {}", ended.err);
    insta::assert_json_snapshot!(report, {
        ".asked_at" => "[time]",
        ".service.url" => "[url]",
        ".tool.version" => "[version]",
    });
}

#[tokio::test]
async fn all_ready_is_exit_code_0_and_the_reports_of_the_job_stay_as_they_are() {
    let sandbox = sandbox_of(2).start().await.expect("a sandbox");
    (0..2).for_each(|number| sandbox.link(&email(number), &format!("jess{number}")));
    let place = Place::new();
    place.file("job.yaml", &format!("{}reports: [r.json, r.prom]\n", job(&sandbox.url(), FAST, 2)));
    place.file("r.json", "the report of last night");
    let ended = place.run(&["status", "job.yaml", "--progress", "none"]).await;
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    assert_eq!(ended.err, "2 accounts: 2 ready.\n");
    let quiet = place.run(&["status", "job.yaml", "-q"]).await;
    assert_eq!((quiet.code, quiet.out.as_str(), quiet.err.as_str()), (Some(0), "", ""));
    let report = std::fs::read_to_string(place.path("r.json")).expect("a report");
    assert_eq!(report, "the report of last night");
    assert!(!place.path("r.prom").exists());

    // A report of its own goes to a file, with the table on standard output.
    let ended = place.run(&["status", "job.yaml", "--only", "lab1", "--report", "s.json"]).await;
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    assert!(ended.out.contains("lab1") && !ended.out.contains("lab0"), "{}", ended.out);
    assert_eq!(words(&place.report("s.json"), "standing"), ["ready"]);
}

#[tokio::test]
async fn a_job_whose_own_reports_cannot_be_written_can_be_looked_at() {
    let sandbox = sandbox_of(1).start().await.expect("a sandbox");
    let place = Place::new();
    place.file("taken", "a file, not a folder");
    place.file("job.yaml", &format!("{}reports: [taken/r.json]\n", job(&sandbox.url(), FAST, 1)));
    let ended = place.run(&["status", "job.yaml"]).await;
    assert_eq!(ended.code, Some(1), "{}", ended.err);
    assert!(ended.out.contains("not-ready"), "{}", ended.out);
}

#[tokio::test]
async fn the_csv_has_a_line_for_each_account_that_a_spreadsheet_can_take() {
    let sandbox = six_ways().await;
    let place = Place::new();
    place.file("job.yaml", &job(&sandbox.url(), FAST, 6).replace("name: lab4", "name: '=lab4'"));
    let ended = place.run(&["status", "job.yaml", "--report", "s.csv"]).await;
    assert_eq!(ended.code, Some(1), "{}", ended.err);
    let csv = std::fs::read_to_string(place.path("s.csv")).expect("a report");
    insta::assert_snapshot!(csv.strip_prefix('\u{feff}').expect("a byte order mark").replace("\r\n", "\n"));
}

#[tokio::test]
async fn a_report_of_it_in_another_format_is_refused_before_anything_is_sent() {
    let sandbox = sandbox_of(1).start().await.expect("a sandbox");
    let place = Place::new();
    place.file("job.yaml", &job(&sandbox.url(), FAST, 1));
    for name in ["x.prom", "x.html", "x.txt", "x"] {
        let ended = place.run(&["status", "job.yaml", "--report", name]).await;
        assert_eq!((ended.code, ended.out.as_str()), (Some(2), ""), "{name}");
        let what_to_do = "--report: status writes JSON or CSV; end the name with .json or .csv";
        assert!(ended.err.contains(what_to_do), "{name}: {}", ended.err);
    }
    assert!(sandbox.seen().requests.is_empty());
}

#[tokio::test]
async fn what_jess_refused_in_the_last_run_is_to_be_corrected_first() {
    let sandbox = sandbox_of(2).start().await.expect("a sandbox");
    let place = Place::new();
    place.file("job.yaml", &job(&sandbox.url(), FAST, 2).replace(&jess_password(0), "wrong"));
    let correct = "correct the JESS user name or password, then run the job";
    let see_report = "If a run was refused, its report says why";
    // Nothing is known before a run, nor of a job at another service.
    for (flags, hint) in [
        (&[][..], see_report),
        (&["--state-dir", "state"], correct),
        (&["--state-dir", "elsewhere"], see_report),
        (&["--state-dir", "state", "--service", "sandbox"], see_report),
    ] {
        let ended = place.run(&[&["status", "job.yaml", "--only", "lab0"], flags].concat()).await;
        assert_eq!(ended.code, Some(1), "{}", ended.err);
        assert!(ended.err.contains(hint), "{flags:?}: {}", ended.err);
        assert!(!place.path("elsewhere").exists());
        let run = place.run(&["run", "job.yaml", "--state-dir", "state", "-q"]).await;
        assert_eq!(run.code, Some(1), "{}", run.err);
    }
    // Another JESS user is another credential.
    place.file("job.yaml", &job(&sandbox.url(), FAST, 2).replace("username: jess0", "username: jess1"));
    let ended = place.run(&["status", "job.yaml", "--only", "lab0", "--state-dir", "state"]).await;
    assert!(ended.err.contains(see_report), "{}", ended.err);
}

#[tokio::test]
async fn what_only_adds_to_the_answer_can_fail_and_a_401_to_the_looks_means_not_linked() {
    let sandbox = sandbox_of(2).start().await.expect("a sandbox");
    (0..2).for_each(|number| sandbox.link(&email(number), &format!("jess{number}")));
    sandbox.always(email(0).into(), Operation::JessUsage, Fault::status(500));
    for look in [Operation::JessSession, Operation::JessAccount] {
        sandbox.always(email(1).into(), look, Fault::unauthorized());
    }
    let place = Place::new();
    place.file("job.yaml", &job(&sandbox.url(), "rate: unlimited, attempts: 1", 2));
    let ended = place.run(&["status", "job.yaml", "--report", "s.json"]).await;
    assert_eq!(ended.code, Some(1), "{}", ended.err);
    let report = place.report("s.json");
    assert_eq!(words(&report, "standing"), ["ready", "not-ready"]);
    assert_eq!(report["accounts"][0]["usage"], Value::Null);
    assert_eq!(report["accounts"][1]["not_ready"], json!(["session-not-valid"]));
}

#[tokio::test]
async fn it_works_while_a_run_of_the_job_goes_on() {
    let sandbox = sandbox_of(2).start().await.expect("a sandbox");
    let place = Place::new();
    place.file("job.yaml", &job(&sandbox.url(), FAST, 2));
    sandbox.always(email(0).into(), Operation::UpdateJessSession, Fault::Delay(Duration::from_secs(3600)));
    let running = place.start(&["run", "job.yaml"]);
    wait_until(|| sandbox.seen().count(Operation::UpdateJessSession) == 2).await;
    wait_until(|| sandbox.jess_user_of(&email(1)).is_some()).await;
    let ended = place.run(&["status", "job.yaml", "--report", "s.json"]).await;
    assert_eq!(ended.code, Some(1), "{}", ended.err);
    assert_eq!(words(&place.report("s.json"), "standing"), ["not-ready", "ready"]);
    drop(running);
}

#[tokio::test]
async fn a_service_that_is_down_is_exit_code_3() {
    let sandbox = sandbox_of(1).start().await.expect("a sandbox");
    sandbox.always(Target::Anyone, Operation::JessInfo, Fault::status(500));
    let place = Place::new();
    place.file("job.yaml", &job(&sandbox.url(), "attempts: 1", 1));
    let ended = place.run(&["status", "job.yaml", "--report", "s.json"]).await;
    assert_eq!((ended.code, ended.out.as_str()), (Some(3), ""));
    assert_eq!(words(&place.report("s.json"), "reason"), ["service-down"]);
    assert!(ended.err.contains("cannot be reached"), "{}", ended.err);
    assert!(sandbox.seen().credentials().is_empty());
}

#[tokio::test]
async fn a_service_that_dies_is_left_alone() {
    let sandbox = sandbox_of(6).start().await.expect("a sandbox");
    sandbox.always(Target::Anyone, Operation::LogOn, Fault::ResetBefore);
    let place = Place::new();
    let limits = "concurrency: 1, rate: unlimited, attempts: 1, give_up_after: 2";
    place.file("job.yaml", &job(&sandbox.url(), limits, 6));
    let ended = place.run(&["status", "job.yaml", "--report", "s.json"]).await;
    assert_eq!(ended.code, Some(3), "{}", ended.err);
    assert_eq!(sandbox.seen().count(Operation::LogOn), 2);
    assert_eq!(words(&place.report("s.json"), "reason")[2..], ["service-down"; 4]);
}

#[tokio::test]
async fn no_password_appears_in_it() {
    let sandbox = six_ways().await;
    let place = Place::new();
    place.file("job.yaml", &job(&sandbox.url(), FAST, 6));
    let ended = place.run_with(&["status", "job.yaml", "--report", "-"], &[("RUST_LOG", "trace")]).await;
    for text in [&ended.out, &ended.err] {
        assert!(!text.contains("secret") && !text.contains(&password(4)), "{text}");
    }
}
