//! The end of a run of a class: what happened to whom and what to do, short enough for a mail.

use std::time::Duration;

use ensims_sandbox::{Account, Fault, JessUser, Operation, Sandbox, Target};
use nix::sys::signal::Signal;

use crate::program::{Run, TestDir, job_yaml, outcomes, password, sandbox_with, wait_until};

const CLASS: usize = 60;

fn email(number: usize) -> String {
    format!("lab{number}@uni.example")
}

/// What a run printed on standard error besides its progress.
fn lines_without_progress(run: &Run) -> Vec<&str> {
    run.stderr.lines().filter(|line| !line.contains(" done: ")).collect()
}

/// Starts a sandbox, and writes a job for its first accounts with a name and a report.
async fn setup(limits: &str, accounts: usize) -> (Sandbox, TestDir) {
    let sandbox = sandbox_with(accounts).start().await.expect("a sandbox");
    let dir = TestDir::new();
    let text = job_yaml(&sandbox.url(), limits, accounts);
    dir.write("lab.yaml", &format!("{text}name: Building physics lab\nreports: [r.json]\n"));
    (sandbox, dir)
}

#[tokio::test]
async fn refused_shared_credential_of_40_accounts_is_one_entry() {
    let sandbox = sandbox_with(CLASS).jess_user(JessUser::new("lab-2026", "the right one"));
    let sandbox = sandbox.start().await.expect("a sandbox");
    let dir = TestDir::new();
    let own = job_yaml(&sandbox.url(), "rate: unlimited", CLASS);
    let mut text = "jess: { username: lab-2026, password: 'a wrong one' }\n".to_owned();
    for line in own.lines() {
        let shares = (0..40).any(|number| line.contains(&format!("username: jess{number},")));
        if !shares {
            text.push_str(&format!("{line}\n"));
        }
    }
    dir.write("lab.yaml", &text);
    let run = dir.run(&["run", "lab.yaml", "--report", "r.json"]).await;
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    let sent = sandbox.seen().credentials();
    assert_eq!(sent[&(Operation::UpdateJessSession, "lab-2026".to_owned())], 1);
    let lines = lines_without_progress(&run);
    assert!(lines.len() <= 25, "{} lines: {}", lines.len(), run.stderr);
    insta::assert_snapshot!(lines.join("\n"));
}

#[tokio::test]
async fn outage_midway_is_the_first_entry_and_short() {
    let limits = "concurrency: 4, rate: unlimited, attempts: 1, give_up_after: 5";
    let (sandbox, dir) = setup(limits, CLASS).await;
    sandbox.add_account(Account::new(email(3), "another"));
    for number in 30..CLASS {
        sandbox.always(email(number).into(), Operation::LogOn, Fault::ResetBefore);
    }
    let run = dir.run(&["run", "lab.yaml"]).await;
    assert_eq!(run.code, Some(3), "{}", run.stderr);
    let lines = lines_without_progress(&run);
    assert!(lines.len() <= 30, "{} lines: {}", lines.len(), run.stderr);
    assert_eq!(lines[0], "Needs attention:");
    assert_eq!(lines[1], "  30 accounts: service down");
    let names: Vec<String> = (30..40).map(|number| format!("lab{number}")).collect();
    assert_eq!(lines[2], format!("    {}; and 20 more", names.join("; ")));
    assert!(lines.contains(&"  lab3: refused by ENSIMS"), "{}", run.stderr);
    assert!(lines.contains(&"Report: r.json"), "{}", run.stderr);
}

#[tokio::test]
async fn interruption_prints_one_advice_below_the_totals() {
    let (sandbox, dir) = setup("concurrency: 1, rate: unlimited", CLASS).await;
    sandbox.always(email(5).into(), Operation::LogOn, Fault::Delay(Duration::from_millis(300)));
    let running = dir.start(&["run", "lab.yaml"]);
    wait_until(|| sandbox.seen().log_ons(&email(5)) == 1).await;
    running.signal(Signal::SIGINT);
    let run = running.wait().await;
    assert_eq!(run.code, Some(130), "{}", run.stderr);
    let lines = lines_without_progress(&run);
    let advice = "To do the rest: jess-batch run --resume lab.yaml";
    assert_eq!(run.stderr.matches("--resume").count(), 1, "{}", run.stderr);
    let at = lines.iter().position(|line| *line == advice).expect("the advice");
    assert!(lines[at - 1].starts_with("60 accounts: "), "{}", run.stderr);
    assert_eq!(lines[at + 1], "Report: r.json");
    assert!(lines.len() <= 10, "{}", run.stderr);
}

/// The first line of a mail: one problem, several, an outage, and an interruption.
#[tokio::test]
async fn headline_of_a_quiet_run_sums_it_up() {
    let headlines = [
        one_refusal().await,
        several_problems().await,
        refusal_in_an_unnamed_job().await,
        outage().await,
        interruption().await,
    ];
    insta::assert_snapshot!(headlines.join("\n"));
}

async fn headline(dir: &TestDir, code: i32) -> String {
    let run = dir.run(&["run", "-q", "lab.yaml"]).await;
    assert_eq!(run.code, Some(code), "{}", run.stderr);
    first_line(&run)
}

fn first_line(run: &Run) -> String {
    run.stderr.lines().next().expect("a failed run prints something").to_owned()
}

async fn one_refusal() -> String {
    let (sandbox, dir) = setup("rate: unlimited", CLASS).await;
    sandbox.set_jess_password("jess7", "another");
    headline(&dir, 1).await
}

async fn several_problems() -> String {
    let (sandbox, dir) = setup("rate: unlimited", CLASS).await;
    let text = std::fs::read_to_string(dir.path("lab.yaml")).expect("the job file");
    dir.write("lab.yaml", &format!("{text}verify: account\n"));
    sandbox.set_jess_password("jess7", "another");
    sandbox.add_account(Account::new(email(8), "another"));
    sandbox.add_account(Account::new(email(9), "another"));
    sandbox.suspend("jess10", true);
    sandbox.always(email(11).into(), Operation::LogOn, Fault::status(400));
    headline(&dir, 1).await
}

async fn refusal_in_an_unnamed_job() -> String {
    let sandbox = sandbox_with(1).start().await.expect("a sandbox");
    sandbox.add_account(Account::new(email(0), format!("not {}", password(0))));
    let dir = TestDir::new();
    dir.write("lab.yaml", &job_yaml(&sandbox.url(), "rate: unlimited", 1));
    headline(&dir, 1).await
}

async fn outage() -> String {
    let limits = "concurrency: 1, rate: unlimited, attempts: 1, give_up_after: 3";
    let (sandbox, dir) = setup(limits, CLASS).await;
    for number in 3..CLASS {
        sandbox.always(email(number).into(), Operation::LogOn, Fault::status(503));
    }
    headline(&dir, 3).await
}

async fn interruption() -> String {
    let (sandbox, dir) = setup("concurrency: 1, rate: unlimited", CLASS).await;
    // No request is answered after the signal, so the number of accounts that are done is certain.
    sandbox.always(email(3).into(), Operation::LogOn, Fault::Delay(Duration::from_hours(1)));
    let text = std::fs::read_to_string(dir.path("lab.yaml")).expect("the job file");
    dir.write("lab.yaml", &text.replace("limits: {", "limits: { timeout: 2s, attempts: 1,"));
    let running = dir.start(&["run", "-q", "lab.yaml"]);
    wait_until(|| sandbox.seen().log_ons(&email(3)) == 1).await;
    running.signal(Signal::SIGINT);
    let run = running.wait().await;
    assert_eq!(run.code, Some(130), "{}", run.stderr);
    assert_eq!(outcomes(&dir.report("r.json"))[..3], ["updated"; 3]);
    first_line(&run)
}

#[tokio::test]
async fn service_that_never_answers_is_named_with_its_address() {
    let (sandbox, dir) = setup("attempts: 1", 2).await;
    sandbox.always(Target::Anyone, Operation::UsersInfo, Fault::status(503));
    let run = dir.run(&["run", "-q", "lab.yaml"]).await;
    assert_eq!(run.code, Some(3), "{}", run.stderr);
    let error = format!("\nerror: lab.yaml: the service at {}", sandbox.url());
    assert!(run.stderr.contains(&error), "{}", run.stderr);
}

/// Nobody outside knows whether JESS distinguishes upper and lower case.
#[tokio::test]
async fn refused_credential_is_not_sent_again_in_another_case() {
    let sandbox = sandbox_with(2).start().await.expect("a sandbox");
    let dir = TestDir::new();
    let mut job = format!("version: 1\nservice: '{}'\naccounts:\n", sandbox.url());
    for (number, username) in ["Lab", "lab"].into_iter().enumerate() {
        job += &format!("  - ensims: {{ email: {}, password: '{}' }}\n", email(number), password(number));
        job += &format!("    jess: {{ username: {username}, password: wrong }}\n");
    }
    dir.write("lab.yaml", &job);
    let run = dir.run(&["run", "lab.yaml"]).await;
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    assert_eq!(sandbox.seen().count(Operation::UpdateJessSession), 1, "{}", run.stderr);
}
