//! `--resume`: what a run takes over from the previous run.

use std::time::Duration;

use ensims_sandbox::{Account, Fault, JessUser, Operation, Sandbox, Target};
use nix::sys::signal::Signal;
use serde_json::Value;

use crate::program::{
    Run, TestDir, account_fields, jess_password, job_yaml, outcomes, password, program, sandbox_with,
    wait_until,
};

const FAST: &str = "rate: unlimited";

pub(crate) fn email(number: usize) -> String {
    format!("lab{number}@uni.example")
}

/// Starts a sandbox and writes a job file for this many of its accounts.
pub(crate) async fn setup(accounts: usize) -> (Sandbox, TestDir) {
    let sandbox = sandbox_with(accounts).start().await.expect("a sandbox");
    let dir = TestDir::new();
    dir.write("job.yaml", &job_yaml(&sandbox.url(), FAST, accounts));
    (sandbox, dir)
}

fn edit_job(dir: &TestDir, from: &str, to: &str) {
    let text = std::fs::read_to_string(dir.path("job.yaml")).expect("the job file");
    assert!(text.contains(from), "{text}");
    dir.write("job.yaml", &text.replace(from, to));
}

/// Runs the job with these flags. Returns the run, its report and the accounts that were logged on.
pub(crate) async fn run_job(sandbox: &Sandbox, dir: &TestDir, flags: &[&str]) -> (Run, Value, Vec<String>) {
    let before = sandbox.seen().requests.len();
    let run = dir.run(&[&["run", "job.yaml", "--report", "r.json"], flags].concat()).await;
    let log_ons = sandbox.seen().requests.split_off(before).into_iter();
    let log_ons = log_ons.filter(|request| request.operation == Some(Operation::LogOn));
    let mut sent: Vec<String> = log_ons.filter_map(|request| request.account).collect();
    sent.sort();
    (run, dir.report("r.json"), sent)
}

/// A sequential run of eight accounts, interrupted after three. The second account is refused.
pub(crate) async fn interrupted_run() -> (Sandbox, TestDir) {
    let (sandbox, dir) = setup(8).await;
    sandbox.add_account(Account::new(email(1), "another"));
    let slow = Fault::Delay(Duration::from_millis(300));
    sandbox.always(email(3).into(), Operation::LogOn, slow);
    let running = dir.start(&["run", "job.yaml", "--concurrency", "1", "--report", "r.json"]);
    wait_until(|| sandbox.seen().log_ons(&email(3)) == 1).await;
    running.signal(Signal::SIGINT);
    let run = running.wait().await;
    assert_eq!(run.code, Some(130), "{}", run.stderr);
    let rest = "To do the rest, but not what was refused: jess-batch run --resume job.yaml";
    assert!(run.stderr.contains(rest), "{}", run.stderr);
    (sandbox, dir)
}

#[tokio::test]
async fn resume_after_ctrl_c_does_the_rest_and_reports_all() {
    let (sandbox, dir) = interrupted_run().await;
    let before = dir.report("r.json");
    // An account in flight may have finished.
    let done = outcomes(&before).iter().filter(|outcome| **outcome == "updated").count();
    assert_eq!((&outcomes(&before)[..3], done >= 2), (&["updated", "refused", "updated"][..], true));
    let (run, report, sent) = run_job(&sandbox, &dir, &["--resume"]).await;
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    let rest: Vec<String> = (done + 1..8).map(email).collect();
    assert_eq!(sent, rest);
    assert_eq!(outcomes(&report)[..3], ["skipped", "refused", "skipped"]);
    assert!(outcomes(&report)[done + 1..].iter().all(|outcome| *outcome == "updated"), "{report}");
    let refused = &report["accounts"][1];
    assert_eq!((&refused["refused_by"], &refused["requests"]), (&"ensims".into(), &0.into()));
    let message = "No matching username and password pair was found!";
    assert_eq!(refused["service_message"], message);
    let resumed = format!("Resumed: {done} done and 1 refused earlier.");
    assert!(run.stderr.contains(&resumed), "{}", run.stderr);
}

#[tokio::test]
async fn resume_with_only_keeps_verdicts_of_other_accounts() {
    let (sandbox, dir) = interrupted_run().await;
    let (run, report, sent) = run_job(&sandbox, &dir, &["--resume", "--only", "lab6"]).await;
    assert_eq!((run.code, sent), (Some(0), vec![email(6)]), "{}", run.stderr);
    assert_eq!(report["totals"]["skipped"], 7);
    let (run, report, sent) = run_job(&sandbox, &dir, &["--resume", "--skip", "lab7"]).await;
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    assert!(sent.iter().all(|sent| [email(3), email(4), email(5)].contains(sent)), "{sent:?}");
    assert_eq!(account_fields(&report, "reason")[6..], ["already-done", "not-selected"]);
    let (_, report, sent) = run_job(&sandbox, &dir, &["--resume"]).await;
    assert_eq!(sent, [email(7)]);
    assert_eq!(outcomes(&report)[1], "refused");
}

#[tokio::test]
async fn run_with_only_keeps_verdicts_of_other_accounts() {
    let (sandbox, dir) = interrupted_run().await;
    for only in [1, 6] {
        let (_, _, sent) = run_job(&sandbox, &dir, &["--only", &format!("lab{only}")]).await;
        assert_eq!(sent, [email(only)]);
    }
    let (run, report, sent) = run_job(&sandbox, &dir, &["--resume"]).await;
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    assert_eq!(outcomes(&report)[..3], ["skipped", "refused", "skipped"]);
    assert!(sent.iter().all(|sent| [3, 4, 5, 7].map(email).contains(sent)), "{sent:?}");
}

#[tokio::test]
async fn resume_after_finished_run_retries_every_failure() {
    let (sandbox, dir) = setup(6).await;
    sandbox.add_account(Account::new(email(1), "new-1"));
    sandbox.set_jess_password("jess2", "new-2");
    sandbox.suspend("jess3", true);
    sandbox.always(email(4).into(), Operation::LogOn, Fault::status(400));
    let verify = &["--verify", "account"][..];
    let (run, report, _) = run_job(&sandbox, &dir, verify).await;
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    assert_eq!(outcomes(&report), ["updated", "refused", "refused", "updated", "failed", "updated"]);

    // The organiser corrects two passwords, and the service fixes two accounts.
    edit_job(&dir, &format!("'{}'", password(1)), "'new-1'");
    edit_job(&dir, &format!("'{}'", jess_password(2)), "'new-2'");
    sandbox.suspend("jess3", false);
    sandbox.always(email(4).into(), Operation::LogOn, Fault::Delay(Duration::ZERO));
    let (run, report, sent) = run_job(&sandbox, &dir, &[verify, &["--resume"]].concat()).await;
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert_eq!(sent, [1, 2, 3, 4].map(email));
    assert_eq!(outcomes(&report), ["skipped", "updated", "updated", "updated", "updated", "skipped"]);
    assert_eq!(account_fields(&report, "reason"), ["already-done", "-", "-", "-", "-", "already-done"]);
    assert_eq!(report["totals"]["ready"], 6);
    assert_eq!(report["last_success_at"], report["finished_at"], "both runs together did the whole job");

    let (run, report, sent) = run_job(&sandbox, &dir, &[verify, &["--resume"]].concat()).await;
    assert_eq!((run.code, sent.len()), (Some(0), 0), "{}", run.stderr);
    assert_eq!(report["totals"]["skipped"], 6);
}

#[tokio::test]
async fn resume_repeats_accounts_verified_less_strictly() {
    let (sandbox, dir) = setup(2).await;
    for (verify, attempted) in [("session", 2), ("none", 0), ("account", 2), ("account", 0)] {
        let (run, _, sent) = run_job(&sandbox, &dir, &["--resume", "--verify", verify]).await;
        assert_eq!((run.code, sent.len()), (Some(0), attempted), "{verify}: {}", run.stderr);
    }
}

#[tokio::test]
async fn resume_ignores_verdicts_for_another_email_or_jess_user() {
    let (sandbox, dir) = setup(3).await;
    run_job(&sandbox, &dir, &[]).await;
    sandbox.add_account(Account::new("new@uni.example", password(0)));
    edit_job(&dir, &email(0), "new@uni.example");
    let (run, report, sent) = run_job(&sandbox, &dir, &["--resume"]).await;
    assert_eq!((run.code, &sent[..]), (Some(0), &["new@uni.example".to_owned()][..]), "{}", run.stderr);
    assert_eq!(outcomes(&report), ["updated", "skipped", "skipped"]);

    sandbox.add_jess_user(JessUser::new("another", jess_password(1)));
    edit_job(&dir, "username: jess1,", "username: another,");
    let (run, report, sent) = run_job(&sandbox, &dir, &["--resume"]).await;
    assert_eq!((run.code, &sent[..]), (Some(0), &[email(1)][..]), "{}", run.stderr);
    assert_eq!(outcomes(&report), ["skipped", "updated", "skipped"]);
    assert_eq!(sandbox.jess_user_of(&email(1)).as_deref(), Some("another"));
}

#[tokio::test]
async fn resume_ignores_verdicts_for_another_service() {
    let (sandbox, dir) = setup(2).await;
    run_job(&sandbox, &dir, &[]).await;
    let other = sandbox_with(2).start().await.expect("a sandbox");
    let (run, _, sent) = run_job(&other, &dir, &["--resume", "--service", &other.url()]).await;
    assert_eq!((run.code, sent.len()), (Some(0), 2), "{}", run.stderr);
}

#[tokio::test]
async fn resume_keeps_verdicts_when_other_job_keys_change() {
    let (sandbox, dir) = setup(2).await;
    run_job(&sandbox, &dir, &[]).await;
    let url = sandbox.url();
    let mut text = format!("version: 1\nname: Renamed\nservice: {url}/\nupdate: when-invalid\naccounts:\n");
    for (name, number, spelling) in [("first", 1, "LAB1@uni.example"), ("second", 0, "lab0@uni.example")] {
        text.push_str(&format!(
            "  - name: {name}\n    ensims: {{ email: {spelling}, password: 'changed' }}\n    jess: {{ username: jess{number}, password: 'changed' }}\n",
        ));
    }
    dir.write("job.yaml", &text);
    let (run, report, sent) = run_job(&sandbox, &dir, &["--resume"]).await;
    assert_eq!((run.code, sent.len()), (Some(0), 0), "{}", run.stderr);
    assert_eq!(account_fields(&report, "reason"), ["already-done"; 2]);
}

#[tokio::test]
async fn resume_does_not_resend_a_shared_refused_credential() {
    let sandbox = sandbox_with(6).start().await.expect("a sandbox");
    let dir = TestDir::new();
    let mut text = job_yaml(&sandbox.url(), "concurrency: 1, rate: unlimited", 6);
    for number in 0..6 {
        let own = format!("{{ username: jess{number}, password: '{}' }}", jess_password(number));
        text = text.replace(&own, "{ username: shared, password: 'a wrong one' }");
    }
    dir.write("job.yaml", &text);
    let (_, report, _) = run_job(&sandbox, &dir, &["--max-failures", "1"]).await;
    assert_eq!(outcomes(&report), ["refused", "stopped", "stopped", "stopped", "stopped", "stopped"]);
    let (run, report, _) = run_job(&sandbox, &dir, &["--resume"]).await;
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    assert_eq!(account_fields(&report, "refused_by"), ["jess"; 6]);
    assert_eq!(sandbox.seen().count(Operation::UpdateJessSession), 1);
    let same = "same credential as lab0 in the run that this one resumes; not sent again";
    assert_eq!(report["accounts"][5]["detail"], same);
}

#[tokio::test]
async fn run_with_only_sends_a_corrected_shared_credential() {
    let (sandbox, dir) = setup(3).await;
    sandbox.add_jess_user(JessUser::new("shared", "the right one"));
    for number in 0..3 {
        let own = format!("{{ username: jess{number}, password: '{}' }}", jess_password(number));
        edit_job(&dir, &own, "{ username: shared, password: 'a wrong one' }");
    }
    run_job(&sandbox, &dir, &["--concurrency", "1", "--max-failures", "1"]).await;
    edit_job(&dir, "a wrong one", "the right one");
    let (run, report, _) = run_job(&sandbox, &dir, &["--only", "lab2"]).await;
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert_eq!(outcomes(&report), ["skipped", "skipped", "updated"]);
}

#[tokio::test]
async fn resume_without_earlier_run_attempts_all_accounts() {
    let (sandbox, dir) = setup(2).await;
    let (run, report, sent) = run_job(&sandbox, &dir, &["--resume"]).await;
    assert_eq!((run.code, sent.len()), (Some(0), 2), "{}", run.stderr);
    assert_eq!(report["totals"]["updated"], 2);
    assert!(run.stderr.contains("No result of an earlier run can be reused"), "{}", run.stderr);
    // Without the flag a run starts from the beginning, whatever the previous run did.
    let (run, _, sent) = run_job(&sandbox, &dir, &[]).await;
    assert_eq!((run.code, sent.len()), (Some(0), 2), "{}", run.stderr);
}

#[tokio::test]
async fn resume_with_nothing_left_only_checks_the_service() {
    let (sandbox, dir) = setup(2).await;
    run_job(&sandbox, &dir, &[]).await;
    let last_success = dir.state_file("job.yaml", "last-success");
    let long_ago = "2026-01-02T03:04:05Z\n";
    std::fs::write(&last_success, long_ago).expect("a time can be written");
    for (fault, code) in [(Fault::Delay(Duration::ZERO), 0), (Fault::status(501), 3)] {
        sandbox.always(Target::Anyone, Operation::UsersInfo, fault);
        let (run, report, sent) = run_job(&sandbox, &dir, &["--resume"]).await;
        assert_eq!((run.code, sent.len()), (Some(code), 0), "{}", run.stderr);
        assert_eq!(report["exit_code"], code);
        assert_eq!(outcomes(&report), ["skipped"; 2]);
        assert_eq!(report["last_success_at"], long_ago.trim());
        assert_eq!(std::fs::read_to_string(&last_success).expect("a time"), long_ago);
    }
}

#[tokio::test]
async fn suggested_resume_command_runs_as_printed() {
    let sandbox = sandbox_with(4).start().await.expect("a sandbox");
    sandbox.add_account(Account::new(email(0), "another"));
    let dir = TestDir::new();
    dir.write("it's autumn.yaml", &job_yaml("https://ensims.uni.example", FAST, 4));
    let url = sandbox.url();
    let begun = [
        "run",
        "it's autumn.yaml",
        "--service",
        &url,
        "--skip",
        "lab3",
        "--report",
        "my report.json",
        "--state-dir",
        "$HOME/*",
        "--concurrency=1",
        "--max-failures=1",
    ];
    let run = dir.run(&begun).await;
    assert_eq!(outcomes(&dir.report("my report.json")), ["refused", "stopped", "stopped", "skipped"]);
    let hint = "To do the rest, but not what was refused: ";
    let command = run.stderr.lines().find_map(|line| line.strip_prefix(hint)).expect("it suggests a command");
    let folder = std::path::Path::new(program()).parent().and_then(|folder| folder.to_str());
    let path = [("PATH", folder.expect("the program is in a folder"))];
    let output = dir.command_line(&["/bin/sh", "-ec", command], &path).output().await.expect("a shell");
    let run = Run::from(output);
    assert_eq!(run.code, Some(1), "{command}: {}", run.stderr);
    assert_eq!(outcomes(&dir.report("my report.json")), ["refused", "updated", "updated", "skipped"]);
    assert_eq!(sandbox.seen().log_ons(&email(0)), 1);
}

const REST: &str = "To do the rest, but not what was refused: ";

#[tokio::test]
async fn suggested_resume_command_has_the_options_of_variables() {
    let (sandbox, dir) = setup(3).await;
    let (url, nowhere) = (sandbox.url(), "http://127.0.0.1:1");
    let job = std::fs::read_to_string(dir.path("job.yaml")).expect("the job");
    dir.write("job.yaml", &job.replace(&url, nowhere));
    sandbox.add_account(Account::new(email(0), "another"));
    let arguments = ["run", "job.yaml", "--report", "r.json", "--concurrency=1", "--max-failures=1"];
    let variables = [("JESS_BATCH_STATE_DIR", "my state"), ("JESS_BATCH_SERVICE", &url)];
    let run = dir.run_with_env(&arguments, &variables).await;
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    let command = run.stderr.lines().find_map(|line| line.strip_prefix(REST)).expect("it suggests a command");
    assert!(command.contains("--state-dir 'my state'"), "{command}");
    let folder = std::path::Path::new(program()).parent().and_then(|folder| folder.to_str());
    let path = [("PATH", folder.expect("the program is in a folder"))];
    // The variables are not set where the command is typed.
    let output = dir.command_line(&["/bin/sh", "-ec", command], &path).output().await.expect("a shell");
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(outcomes(&dir.report("r.json")), ["refused", "updated", "updated"]);
    assert_eq!(sandbox.seen().log_ons(&email(0)), 1);
}

#[tokio::test]
async fn run_with_systemd_credentials_suggests_the_service() {
    let (sandbox, dir) = setup(2).await;
    sandbox.add_account(Account::new(email(0), "another"));
    std::fs::create_dir(dir.path("credentials")).expect("a folder");
    dir.write("credentials/lab1", &password(1));
    edit_job(&dir, &format!("password: '{}'", password(1)), "password_credential: lab1");
    let arguments = ["run", "job.yaml", "--concurrency=1", "--max-failures=1"];
    let run = dir.run_with_env(&arguments, &[("CREDENTIALS_DIRECTORY", "credentials")]).await;
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    let advice = format!("{REST}start the systemd service again");
    assert!(run.stderr.lines().any(|line| line == advice), "{}", run.stderr);
    assert!(!run.stderr.contains("--resume"), "{}", run.stderr);
}

#[tokio::test]
async fn run_from_standard_input_suggests_no_command() {
    let (sandbox, dir) = setup(2).await;
    sandbox.add_account(Account::new(email(0), "another"));
    let input = std::fs::read_to_string(dir.path("job.yaml")).expect("the job file");
    let run = dir.run_with_stdin(&["run", "-", "--concurrency=1", "--max-failures=1"], &input).await;
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    for wrong in ["--resume", "jess-batch run", "systemd"] {
        assert!(!run.stderr.contains(wrong), "{}", run.stderr);
    }
    // There is no command, so the entry itself says what to do.
    assert!(run.stderr.contains("First check the accounts that did not succeed."), "{}", run.stderr);
}
