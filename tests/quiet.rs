//! With `-q` a successful run prints nothing, so cron sends no mail; a failed run prints all that a mail needs.

use ensims_sandbox::{Account, Fault, Operation, Target};

use crate::program::{TestDir, job_yaml, sandbox_with};

#[tokio::test]
async fn quiet_run_prints_nothing_on_success() {
    let sandbox = sandbox_with(3).start().await.expect("a sandbox");
    let dir = TestDir::new();
    let text = job_yaml(&sandbox.url(), "rate: unlimited", 3);
    dir.write("job.yaml", &format!("{text}reports: [r.json, r.prom]\n"));
    dir.write("nightly.yaml", &format!("{text}update: when-invalid\nverify: account\n"));
    let runs = [
        &["run", "-q", "job.yaml"][..],
        &["run", "-q", "job.yaml", "nightly.yaml"],
        &["run", "-q", "nightly.yaml", "--progress", "plain"],
        &["run", "-q", "job.yaml", "--resume"],
        &["run", "-q", "job.yaml", "--only", "lab1"],
        &["run", "-q", "job.yaml", "nightly.yaml", "--resume"],
    ];
    for arguments in runs {
        let run = dir.run(arguments).await;
        let silent = (Some(0), "", "");
        assert_eq!((run.code, run.stdout.as_str(), run.stderr.as_str()), silent, "{arguments:?}");
    }
    // A failure that a retry fixes is not reported either.
    sandbox.script(Target::Anyone, Operation::LogOn, [Fault::retry_after(429, "1"), Fault::ResetBefore]);
    let run = dir.run(&["run", "-q", "job.yaml"]).await;
    assert_eq!((run.code, run.stdout.as_str(), run.stderr.as_str()), (Some(0), "", ""));
}

#[tokio::test]
async fn quiet_run_reports_job_account_cause_and_remedy() {
    let sandbox = sandbox_with(4).start().await.expect("a sandbox");
    sandbox.add_account(Account::new("lab1@uni.example", "another"));
    sandbox.suspend("jess2", true);
    let dir = TestDir::new();
    std::fs::create_dir(dir.path("labs")).expect("a folder");
    let text = job_yaml(&sandbox.url(), "rate: unlimited", 4);
    dir.write("labs/autumn.yaml", &format!("{text}verify: account\nreports: [reports/autumn.json]\n"));
    let good = job_yaml(&sandbox.url(), "rate: unlimited", 1);
    dir.write("spring.yaml", &good);
    let run = dir.run(&["run", "-q", "spring.yaml", "labs/autumn.yaml"]).await;
    assert_eq!((run.code, run.stdout.as_str()), (Some(1), ""));
    insta::assert_snapshot!(run.stderr);
}

#[tokio::test]
async fn quiet_status_lists_only_what_needs_attention() {
    let sandbox = sandbox_with(4).start().await.expect("a sandbox");
    (0..4).for_each(|number| sandbox.link(&format!("lab{number}@uni.example"), &format!("jess{number}")));
    let dir = TestDir::new();
    dir.write("job.yaml", &job_yaml(&sandbox.url(), "rate: unlimited", 4));
    let run = dir.run(&["status", "-q", "job.yaml"]).await;
    assert_eq!((run.code, run.stdout.as_str(), run.stderr.as_str()), (Some(0), "", ""));
    sandbox.suspend("jess2", true);
    let run = dir.run(&["status", "-q", "job.yaml"]).await;
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    let named = ["lab0", "lab1", "lab2", "lab3"].map(|name| run.stdout.contains(name));
    assert_eq!(named, [false, false, true, false], "{}", run.stdout);
}

#[tokio::test]
async fn quiet_run_prints_one_message_when_service_is_down() {
    let sandbox = sandbox_with(2).start().await.expect("a sandbox");
    sandbox.always(Target::Anyone, Operation::UsersInfo, Fault::status(503));
    let dir = TestDir::new();
    let text = job_yaml(&sandbox.url(), "rate: unlimited, attempts: 1", 2);
    dir.write("job.yaml", &format!("{text}reports: [r.json]\n"));
    let run = dir.run(&["run", "-q", "job.yaml"]).await;
    assert_eq!((run.code, run.stdout.as_str()), (Some(3), ""));
    let filters = vec![(r"127\.0\.0\.1:\d+", "[address]")];
    insta::with_settings!({ filters => filters }, { insta::assert_snapshot!(run.stderr) });
}
