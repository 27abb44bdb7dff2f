//! Only one run of a job at a time.

use std::fs::File;
use std::time::Duration;

use ensims_sandbox::{Fault, Operation, Sandbox, Target};
use nix::sys::signal::Signal;

use crate::program::{TestDir, job_yaml, sandbox_with, wait_until};

/// Starts a sandbox of two accounts whose log-on takes longer than any test.
async fn slow_sandbox() -> Sandbox {
    let sandbox = sandbox_with(2).start().await.expect("a sandbox");
    sandbox.always(Target::Anyone, Operation::LogOn, Fault::Delay(Duration::from_hours(1)));
    sandbox
}

/// Waits until a run has sent all it can: two version checks and two log-ons.
async fn wait_for_log_ons(sandbox: &Sandbox) {
    wait_until(|| sandbox.seen().count(Operation::LogOn) == 2).await;
}

#[tokio::test]
async fn second_run_of_a_job_exits_4_and_names_the_first() {
    let sandbox = slow_sandbox().await;
    let dir = TestDir::new();
    dir.write("job.yaml", &job_yaml(&sandbox.url(), "rate: unlimited", 2));
    let (first, second) = (dir.start(&["run", "job.yaml"]), dir.start(&["run", "job.yaml", "-q"]));
    let processes = [first.pid(), second.pid()];
    // The winner cannot end, because its log-on is not answered.
    let mut runs = [Box::pin(first.wait()), Box::pin(second.wait())];
    let [one, other] = &mut runs;
    let (refused, winner) = tokio::select! {
        run = one => (run, 1),
        run = other => (run, 0),
    };
    assert_eq!(refused.code, Some(4), "{}", refused.stderr);
    let who = format!("another run of this job is still going: process {}, since 20", processes[winner]);
    assert!(refused.stderr.contains(&format!("job.yaml: {who}")), "{}", refused.stderr);
    assert!(refused.stderr.contains("nothing was sent"), "{}", refused.stderr);
    assert_eq!(refused.stdout, "");

    wait_for_log_ons(&sandbox).await;
    assert_eq!(sandbox.seen().requests.len(), 2 + 2, "only one of them sent requests");
}

#[tokio::test]
async fn run_exits_4_when_the_lock_holder_is_not_yet_named() {
    let sandbox = sandbox_with(1).start().await.expect("a sandbox");
    let dir = TestDir::new();
    dir.write("job.yaml", &job_yaml(&sandbox.url(), "rate: unlimited", 1));
    assert_eq!(dir.run(&["run", "job.yaml", "-q"]).await.code, Some(0));
    let sent = sandbox.seen().requests.len();
    let lock = File::open(dir.state_file("job.yaml", "lock")).expect("the last run left it");
    lock.lock().expect("no other process holds it");
    let refused = dir.run(&["run", "job.yaml"]).await;
    assert_eq!(refused.code, Some(4), "{}", refused.stderr);
    assert!(
        refused.stderr.contains("another run of this job has just started or is just ending"),
        "{}",
        refused.stderr
    );
    assert_eq!(sandbox.seen().requests.len(), sent);
}

#[tokio::test]
async fn lock_is_released_when_its_process_is_killed() {
    let sandbox = slow_sandbox().await;
    let dir = TestDir::new();
    dir.write("job.yaml", &job_yaml(&sandbox.url(), "rate: unlimited", 2));
    let running = dir.start(&["run", "job.yaml"]);
    wait_for_log_ons(&sandbox).await;
    running.signal(Signal::SIGKILL);
    assert_eq!(running.wait().await.code, None);
    sandbox.always(Target::Anyone, Operation::LogOn, Fault::Delay(Duration::ZERO));
    let run = dir.run(&["run", "job.yaml", "-q"]).await;
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""));
}

#[tokio::test]
async fn locked_out_run_leaves_the_first_run_untouched() {
    let sandbox = sandbox_with(2).start().await.expect("a sandbox");
    let dir = TestDir::new();
    // Long enough to stop the run before the answer arrives.
    sandbox.always(Target::Anyone, Operation::LogOn, Fault::Delay(Duration::from_millis(1500)));
    dir.write("job.yaml", &job_yaml(&sandbox.url(), "rate: unlimited", 2));
    let night_before = r#"{"schema_version": "of the night before"}"#;
    dir.write("r.json", night_before);
    let arguments = ["run", "job.yaml", "--report", "r.json"];
    let first = dir.start(&arguments);
    wait_for_log_ons(&sandbox).await;
    // The stopped run cannot end while the others are refused.
    first.signal(Signal::SIGSTOP);
    let history = dir.state_file("job.yaml", "history.jsonl");
    let before = std::fs::read(&history).expect("a history");
    for more in [&[][..], &["--resume"], &["--only", "lab1"]] {
        let refused = dir.run(&[&arguments[..], more].concat()).await;
        assert_eq!(refused.code, Some(4), "{}", refused.stderr);
    }
    assert_eq!(std::fs::read(&history).expect("a history"), before);
    let report = std::fs::read_to_string(dir.path("r.json")).expect("a report");
    assert_eq!(report, night_before);
    assert_eq!(sandbox.seen().requests.len(), 2 + 2, "the refused runs sent nothing");

    first.signal(Signal::SIGCONT);
    let run = first.wait().await;
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert_eq!(dir.report("r.json")["totals"]["updated"], 2);
}

#[tokio::test]
async fn locked_job_does_not_stop_other_jobs_of_the_command() {
    let (slow, quick) = (slow_sandbox().await, sandbox_with(2).start().await.expect("a sandbox"));
    let dir = TestDir::new();
    dir.write("locked.yaml", &job_yaml(&slow.url(), "rate: unlimited", 2));
    for name in ["before.yaml", "after.yaml"] {
        dir.write(name, &format!("{}reports: [{name}.json]\n", job_yaml(&quick.url(), "rate: unlimited", 2)));
    }
    let first = dir.start(&["run", "locked.yaml"]);
    wait_for_log_ons(&slow).await;
    let run = dir.run(&["run", "before.yaml", "locked.yaml", "after.yaml", "-q"]).await;
    assert_eq!(run.code, Some(4), "{}", run.stderr);
    assert!(run.stderr.starts_with("error: locked.yaml: another run"), "{}", run.stderr);
    assert_eq!(run.stderr.lines().count(), 1, "{}", run.stderr);
    for report in ["before.yaml.json", "after.yaml.json"] {
        assert_eq!(dir.report(report)["totals"]["updated"], 2);
    }
    assert_eq!(slow.seen().requests.len(), 2 + 2, "the refused run sent nothing");
    drop(first);
}

#[tokio::test]
async fn lock_is_separate_for_each_job_file() {
    let (slow, quick) = (slow_sandbox().await, sandbox_with(2).start().await.expect("a sandbox"));
    let dir = TestDir::new();
    std::fs::create_dir(dir.path("labs")).expect("a folder");
    dir.write("job.yaml", &job_yaml(&slow.url(), "rate: unlimited", 2));
    dir.write("labs/job.yaml", &job_yaml(&quick.url(), "rate: unlimited", 2));
    let first = dir.start(&["run", "job.yaml"]);
    wait_for_log_ons(&slow).await;
    let run = dir.run(&["run", "labs/job.yaml"]).await;
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    drop(first);
}
