//! One run of a job at a time.

use std::fs::File;
use std::time::Duration;

use ensims_sandbox::{Fault, Operation, Sandbox, Target};
use nix::sys::signal::Signal;

use crate::program::{Place, job, sandbox_of, wait_until};

/// A sandbox of two accounts whose log-on takes longer than any test.
async fn slow_sandbox() -> Sandbox {
    let sandbox = sandbox_of(2).start().await.expect("a sandbox");
    sandbox.always(Target::Anyone, Operation::LogOn, Fault::Delay(Duration::from_secs(3600)));
    sandbox
}

/// Waits until a run has sent all that it can send now: the look at both APIs and two log-ons.
async fn wait_for_log_ons(sandbox: &Sandbox) {
    wait_until(|| sandbox.seen().count(Operation::LogOn) == 2).await;
}

#[tokio::test]
async fn of_two_runs_started_together_one_runs_and_the_other_says_who_does() {
    let sandbox = slow_sandbox().await;
    let place = Place::new();
    place.file("job.yaml", &job(&sandbox.url(), "rate: unlimited", 2));
    let (first, second) = (place.start(&["run", "job.yaml"]), place.start(&["run", "job.yaml", "-q"]));
    let processes = [first.process(), second.process()];
    // The winner cannot end: its log-on is not answered.
    let mut runs = [Box::pin(first.end()), Box::pin(second.end())];
    let [one, other] = &mut runs;
    let (refused, winner) = tokio::select! {
        ended = one => (ended, 1),
        ended = other => (ended, 0),
    };
    assert_eq!(refused.code, Some(4), "{}", refused.err);
    let who = format!("another run of this job is still going: process {}, since 20", processes[winner]);
    assert!(refused.err.contains(&format!("job.yaml: {who}")), "{}", refused.err);
    assert!(refused.err.contains("nothing was sent"), "{}", refused.err);
    assert_eq!(refused.out, "");

    wait_for_log_ons(&sandbox).await;
    assert_eq!(sandbox.seen().requests.len(), 2 + 2, "only one of them asked");
}

#[tokio::test]
async fn a_run_that_has_not_written_its_name_yet_keeps_others_out_as_well() {
    let sandbox = sandbox_of(1).start().await.expect("a sandbox");
    let place = Place::new();
    place.file("job.yaml", &job(&sandbox.url(), "rate: unlimited", 1));
    assert_eq!(place.run(&["run", "job.yaml", "-q"]).await.code, Some(0));
    let sent = sandbox.seen().requests.len();
    let lock = File::open(place.state_file("job.yaml", "lock")).expect("the last run has left it");
    lock.lock().expect("nobody else holds it");
    let refused = place.run(&["run", "job.yaml"]).await;
    assert_eq!(refused.code, Some(4), "{}", refused.err);
    assert!(
        refused.err.contains("another run of this job has just begun or is just ending"),
        "{}",
        refused.err
    );
    assert_eq!(sandbox.seen().requests.len(), sent);
}

#[tokio::test]
async fn the_lock_dies_with_its_process() {
    let sandbox = slow_sandbox().await;
    let place = Place::new();
    place.file("job.yaml", &job(&sandbox.url(), "rate: unlimited", 2));
    let running = place.start(&["run", "job.yaml"]);
    wait_for_log_ons(&sandbox).await;
    running.signal(Signal::SIGKILL);
    assert_eq!(running.end().await.code, None);
    sandbox.always(Target::Anyone, Operation::LogOn, Fault::Delay(Duration::ZERO));
    let ended = place.run(&["run", "job.yaml", "-q"]).await;
    assert_eq!((ended.code, ended.err.as_str()), (Some(0), ""));
}

#[tokio::test]
async fn a_refused_run_leaves_the_first_one_and_its_report_alone() {
    let sandbox = sandbox_of(2).start().await.expect("a sandbox");
    let place = Place::new();
    // Long enough that it is stopped before it is answered.
    sandbox.always(Target::Anyone, Operation::LogOn, Fault::Delay(Duration::from_millis(1500)));
    place.file("job.yaml", &job(&sandbox.url(), "rate: unlimited", 2));
    place.file("r.json", "the report of the night before");
    let arguments = ["run", "job.yaml", "--report", "r.json"];
    let first = place.start(&arguments);
    wait_for_log_ons(&sandbox).await;
    // It cannot come to its end while the others are refused.
    first.signal(Signal::SIGSTOP);
    let journal = place.state_file("job.yaml", "journal.jsonl");
    let before = std::fs::read(&journal).expect("a journal");
    for more in [&[][..], &["--resume"], &["--only", "lab1"]] {
        let refused = place.run(&[&arguments[..], more].concat()).await;
        assert_eq!(refused.code, Some(4), "{}", refused.err);
    }
    assert_eq!(std::fs::read(&journal).expect("a journal"), before);
    let report = std::fs::read_to_string(place.path("r.json")).expect("a report");
    assert_eq!(report, "the report of the night before");
    assert_eq!(sandbox.seen().requests.len(), 2 + 2, "the refused runs sent nothing");

    first.signal(Signal::SIGCONT);
    let ended = first.end().await;
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    assert_eq!(place.report("r.json")["totals"]["updated"], 2);
}

#[tokio::test]
async fn a_locked_job_does_not_keep_the_others_of_its_command_line_from_running() {
    let (slow, quick) = (slow_sandbox().await, sandbox_of(2).start().await.expect("a sandbox"));
    let place = Place::new();
    place.file("locked.yaml", &job(&slow.url(), "rate: unlimited", 2));
    for name in ["before.yaml", "after.yaml"] {
        place.file(name, &format!("{}reports: [{name}.json]\n", job(&quick.url(), "rate: unlimited", 2)));
    }
    let first = place.start(&["run", "locked.yaml"]);
    wait_for_log_ons(&slow).await;
    let ended = place.run(&["run", "before.yaml", "locked.yaml", "after.yaml", "-q"]).await;
    assert_eq!(ended.code, Some(4), "{}", ended.err);
    assert!(ended.err.starts_with("error: locked.yaml: another run"), "{}", ended.err);
    assert_eq!(ended.err.lines().count(), 1, "{}", ended.err);
    for report in ["before.yaml.json", "after.yaml.json"] {
        assert_eq!(place.report(report)["totals"]["updated"], 2);
    }
    assert_eq!(slow.seen().requests.len(), 2 + 2, "the refused run sent nothing");
    drop(first);
}

#[tokio::test]
async fn jobs_that_differ_in_their_file_do_not_keep_each_other_out() {
    let (slow, quick) = (slow_sandbox().await, sandbox_of(2).start().await.expect("a sandbox"));
    let place = Place::new();
    std::fs::create_dir(place.path("labs")).expect("a folder");
    place.file("job.yaml", &job(&slow.url(), "rate: unlimited", 2));
    place.file("labs/job.yaml", &job(&quick.url(), "rate: unlimited", 2));
    let first = place.start(&["run", "job.yaml"]);
    wait_for_log_ons(&slow).await;
    let ended = place.run(&["run", "labs/job.yaml"]).await;
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    drop(first);
}
