//! The run history that `--resume` reads: damage that it must survive or report, and runs that must not change it.

use std::time::Duration;

use ensims_sandbox::{Account, Fault, Operation, Target};
use nix::sys::signal::Signal;

use crate::program::{TestDir, account_fields, outcomes, wait_until};
use crate::resume::{email, interrupted_run, run_job, setup};

fn read_history(dir: &TestDir) -> String {
    std::fs::read_to_string(dir.state_file("job.yaml", "history.jsonl")).expect("a history")
}

#[tokio::test]
async fn resume_ignores_a_truncated_last_history_line() {
    let (sandbox, dir) = interrupted_run().await;
    let history = dir.state_file("job.yaml", "history.jsonl");
    let whole = std::fs::read_to_string(&history).expect("a history");
    let last = whole.trim_end().rfind('\n').expect("several lines") + 1;
    for cut in [last + 1, usize::midpoint(last, whole.len()), whole.len() - 2] {
        std::fs::write(&history, &whole[..cut]).expect("the history can be written");
        let (run, report, sent) = run_job(&sandbox, &dir, &["--resume", "--only", "lab0"]).await;
        assert_eq!((run.code, sent.len()), (Some(0), 0), "{}", run.stderr);
        assert_eq!(report["accounts"][0]["reason"], "already-done");
    }
}

#[tokio::test]
async fn resume_rejects_a_damaged_history_and_sends_nothing() {
    let (sandbox, dir) = interrupted_run().await;
    let history = dir.state_file("job.yaml", "history.jsonl");
    let whole = std::fs::read_to_string(&history).expect("a history");
    let second_line = whole.find('\n').expect("several lines") + 1;
    let version = whole.replacen("\"version\":1", "\"version\":2", 1);
    assert_ne!(version, whole);
    let damaged: [(&str, Vec<u8>, &str); 6] = [
        ("a hole in the middle", whole.replacen("\"verdict\"", "\0\0\0", 1).into(), "line 2 is damaged"),
        (
            "not UTF-8",
            [&whole.as_bytes()[..second_line], b"\xff\n", whole.as_bytes()].concat(),
            "line 2 is damaged",
        ),
        ("no first line", whole[second_line..].into(), "line 1 is damaged"),
        ("empty", Vec::new(), "it is empty"),
        ("another version", version.into(), "it has version 2, and this program reads version 1"),
        ("something else", b"{}\n".to_vec(), "line 1 is damaged"),
    ];
    let before = sandbox.seen().requests.len();
    let report_before = r#"{"schema_version": "before"}"#;
    dir.write("r.json", report_before);
    for (what, bytes, problem) in damaged {
        std::fs::write(&history, &bytes).expect("the history can be written");
        let run = dir.run(&["run", "job.yaml", "-q", "--resume", "--report", "r.json"]).await;
        assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""), "{what}: {}", run.stderr);
        for part in ["error: job.yaml: the run history ", "history.jsonl cannot be read: ", problem] {
            assert!(run.stderr.contains(part), "{what}: {}", run.stderr);
        }
        assert!(run.stderr.contains("Run the job without --resume"), "{what}: {}", run.stderr);
        assert_eq!(std::fs::read(&history).expect("the history"), bytes, "{what}: it is left as it is");
    }
    assert_eq!(sandbox.seen().requests.len(), before, "nothing was sent");
    let report = std::fs::read_to_string(dir.path("r.json")).expect("a report");
    assert_eq!(report, report_before);

    let (run, report, sent) = run_job(&sandbox, &dir, &[]).await;
    assert_eq!((run.code, sent.len()), (Some(1), 8), "{}", run.stderr);
    assert_eq!(report["totals"]["updated"], 7);
}

#[tokio::test]
async fn resume_rejects_stdin() {
    let (sandbox, dir) = setup(1).await;
    let input = std::fs::read_to_string(dir.path("job.yaml")).expect("the job file");
    let run = dir.run_with_stdin(&["run", "-", "--resume"], &input).await;
    assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""), "{}", run.stderr);
    assert!(run.stderr.contains("standard input keeps no run history"), "{}", run.stderr);
    assert!(sandbox.seen().requests.is_empty());
    assert!(!dir.path(".local").exists());
}

#[tokio::test]
async fn resume_keeps_verdicts_when_service_is_down() {
    let (sandbox, dir) = interrupted_run().await;
    sandbox.script(Target::Anyone, Operation::UsersInfo, [Fault::status(501)]);
    let (run, report, sent) = run_job(&sandbox, &dir, &["--resume"]).await;
    assert_eq!((run.code, sent.len()), (Some(3), 0), "{}", run.stderr);
    assert_eq!(outcomes(&report)[..3], ["skipped", "refused", "skipped"]);
    assert_eq!(account_fields(&report, "reason")[7], "service-down");
    let (run, report, sent) = run_job(&sandbox, &dir, &["--resume"]).await;
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    assert_eq!(outcomes(&report)[..3], ["skipped", "refused", "skipped"]);
    assert!(!sent.contains(&email(0)) && !sent.contains(&email(1)), "{sent:?}");
    assert_eq!(report["totals"]["stopped"], 0);
}

#[tokio::test]
async fn ctrl_c_during_preflight_keeps_earlier_verdicts() {
    let (sandbox, dir) = interrupted_run().await;
    let before = read_history(&dir);
    let checks = sandbox.seen().count(Operation::UsersInfo);
    sandbox.script(Target::Anyone, Operation::UsersInfo, [Fault::Delay(Duration::from_hours(1))]);
    let running = dir.start(&["run", "job.yaml", "--report", "r.json"]);
    wait_until(|| sandbox.seen().count(Operation::UsersInfo) > checks).await;
    running.signal(Signal::SIGINT);
    let run = running.wait().await;
    assert_eq!(run.code, Some(130), "{}", run.stderr);
    assert_eq!(account_fields(&dir.report("r.json"), "reason"), ["interrupted"; 8]);
    assert_eq!(read_history(&dir), before);
    let (_, report, sent) = run_job(&sandbox, &dir, &["--resume"]).await;
    assert_eq!(outcomes(&report)[..3], ["skipped", "refused", "skipped"]);
    assert!(!sent.contains(&email(0)) && !sent.contains(&email(1)), "{sent:?}");
}

#[tokio::test]
async fn ctrl_c_while_verifying_leaves_the_run_resumable() {
    let (sandbox, dir) = setup(3).await;
    sandbox.add_account(Account::new(email(1), "another"));
    sandbox.always(email(2).into(), Operation::JessSession, Fault::Delay(Duration::from_secs(1)));
    let verify = ["--verify", "session", "--concurrency", "1"];
    let running = dir.start(&[&["run", "job.yaml"], &verify[..]].concat());
    wait_until(|| sandbox.seen().count(Operation::JessSession) == 2).await;
    running.signal(Signal::SIGINT);
    let run = running.wait().await;
    assert_eq!(run.code, Some(130), "{}", run.stderr);
    assert!(!read_history(&dir).contains("\"line\":\"finished\""), "{}", read_history(&dir));
    let (_, report, sent) = run_job(&sandbox, &dir, &[&verify[..], &["--resume"]].concat()).await;
    assert_eq!(outcomes(&report)[..2], ["skipped", "refused"]);
    assert!(!sent.contains(&email(1)), "the refused credential is sent again: {sent:?}");
}
