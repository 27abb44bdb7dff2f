//! `kill -9` at any moment: no recorded verdict is lost, and no account with a verdict is sent again.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use ensims_sandbox::{Account, Fault, JessUser, Operation, Sandbox, SeenRequest};
use fastrand::Rng;
use nix::sys::signal::Signal;
use serde_json::Value;

use crate::program::{TestDir, sandbox_with, wait_until};

const ACCOUNTS: usize = 300;
const KILLS: usize = 50;
/// The account whose log-on is not answered until the kills are over, so that no run can end by itself.
const HELD: usize = 0;

/// The kind of an account, chosen by its number. Some accounts share a JESS credential, right or wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Good,
    Shared,
    WrongAtEnsims,
    WrongAtJess,
    SharedWrong,
}

fn kind(number: usize) -> Kind {
    match number % 20 {
        3 => Kind::WrongAtEnsims,
        7 => Kind::WrongAtJess,
        11 => Kind::SharedWrong,
        5 | 13 => Kind::Shared,
        _ => Kind::Good,
    }
}

fn email(number: usize) -> String {
    format!("lab{number}@uni.example")
}

fn jess_user(number: usize) -> String {
    match kind(number) {
        Kind::Shared => "shared".to_owned(),
        Kind::SharedWrong => "shared-wrong".to_owned(),
        Kind::Good | Kind::WrongAtEnsims | Kind::WrongAtJess => format!("jess{number}"),
    }
}

/// The verdict on this account that the history must record.
fn expected_verdict(number: usize) -> &'static str {
    match kind(number) {
        Kind::Good | Kind::Shared => "done",
        Kind::WrongAtEnsims => "refused-by-ensims",
        Kind::WrongAtJess | Kind::SharedWrong => "refused-by-jess",
    }
}

fn job_yaml(service: &str) -> String {
    let mut text = format!("version: 1\nservice: {service}\nlimits: {{ concurrency: 4, rate: unlimited }}\n");
    text.push_str("reports: [r.json]\naccounts:\n");
    for number in 0..ACCOUNTS {
        text.push_str(&format!(
            "  - name: lab{number}\n    ensims: {{ email: {}, password: 'ensims-secret-{number}' }}\n    jess: {{ username: {}, password: 'jess-secret-{}' }}\n",
            email(number),
            jess_user(number),
            if jess_user(number).starts_with("shared") { "shared".to_owned() } else { number.to_string() },
        ));
    }
    text
}

async fn start_sandbox() -> Sandbox {
    let sandbox = sandbox_with(ACCOUNTS)
        .jess_user(JessUser::new("shared", "jess-secret-shared"))
        .jess_user(JessUser::new("shared-wrong", "another"))
        .latency(Duration::from_millis(2));
    let sandbox = sandbox.start().await.expect("a sandbox");
    for number in 0..ACCOUNTS {
        match kind(number) {
            Kind::WrongAtEnsims => sandbox.add_account(Account::new(email(number), "another")),
            Kind::WrongAtJess => sandbox.add_jess_user(JessUser::new(jess_user(number), "another")),
            Kind::Good | Kind::Shared | Kind::SharedWrong => {}
        }
    }
    sandbox
}

/// The moment at which a run is killed.
#[derive(Clone, Copy, Debug)]
enum Moment {
    /// Immediately.
    Start,
    /// Once the run holds the lock; its history may not exist yet or be half written.
    Lock,
    /// After this many requests of the run.
    Requests(usize),
}

async fn wait_for_lock(lock: &Path, pid: u32) {
    let name = format!("\"process\":{pid},");
    wait_until(|| std::fs::read_to_string(lock).is_ok_and(|text| text.contains(&name))).await;
}

/// Reads the verdicts of a history, by account. There is no history before the first run.
fn read_verdicts(history: &Path) -> BTreeMap<usize, String> {
    let text = std::fs::read_to_string(history).unwrap_or_default();
    let whole_lines = text.split_inclusive('\n').filter(|line| line.ends_with('\n'));
    let lines = whole_lines.map(|line| serde_json::from_str::<Value>(line).expect("a line is JSON"));
    lines
        .filter(|line| line["line"] == "account")
        .map(|line| {
            let email = line["email"].as_str().expect("an e-mail address");
            let number = email.trim_start_matches("lab").split('@').next().expect("a part");
            let verdict = line["verdict"].as_str().expect("a verdict");
            (number.parse().expect("a number"), verdict.to_owned())
        })
        .collect()
}

/// Checks that no request concerns an account that has a verdict or a credential known to be refused.
fn assert_nothing_resent(sent: &[SeenRequest], verdicts: &BTreeMap<usize, String>, context: &str) {
    let is_refused = |number: &usize| verdicts[number] == "refused-by-jess";
    let refused: Vec<String> =
        verdicts.keys().filter(|number| is_refused(number)).map(|n| jess_user(*n)).collect();
    for request in sent {
        let of_known = verdicts.keys().any(|number| request.account == Some(email(*number)));
        assert!(!of_known, "{context}: {request:?} has its verdict");
        let known = request.jess_username.as_ref().is_some_and(|user| refused.contains(user));
        assert!(!known, "{context}: {request:?} sends a refused credential");
    }
}

#[tokio::test]
async fn resume_after_fifty_kills_completes_the_job() {
    let seed = fastrand::u64(..);
    let mut random = Rng::with_seed(seed);
    let sandbox = start_sandbox().await;
    sandbox.always(email(HELD).into(), Operation::LogOn, Fault::Delay(Duration::from_hours(1)));
    let dir = TestDir::new();
    dir.write("job.yaml", &job_yaml(&sandbox.url()));
    let [history, lock] = ["history.jsonl", "lock-holder"].map(|name| dir.state_file("job.yaml", name));
    let mut known = BTreeMap::new();
    for kill in 0..KILLS {
        let before = sandbox.seen().requests.len();
        let arguments: &[&str] =
            if kill == 0 { &["run", "job.yaml"] } else { &["run", "--resume", "job.yaml"] };
        let running = dir.start(arguments);
        let open = |number: &usize| expected_verdict(*number) == "done" && !known.contains_key(number);
        let remaining = (0..ACCOUNTS).filter(|number| *number != HELD && open(number));
        // The run must send at least two version checks, one log-on, and two requests for each good account.
        let to_send = 2 + 1 + 2 * remaining.count();
        let step = 2 * to_send / (KILLS - kill) + 12;
        let moment = match kill % 10 {
            0 => Moment::Start,
            5 => Moment::Lock,
            _ => Moment::Requests(random.usize(1..=step.min(to_send))),
        };
        match moment {
            Moment::Start => {}
            Moment::Lock => wait_for_lock(&lock, running.pid()).await,
            Moment::Requests(count) => {
                wait_until(|| sandbox.seen().requests.len() >= before + count).await;
            }
        }
        running.signal(Signal::SIGKILL);
        let run = running.wait().await;
        let context = format!("seed {seed}, kill {kill}, {moment:?}");
        assert_eq!(run.code, None, "{context}: it was killed in the middle: {}", run.stderr);

        assert_nothing_resent(&sandbox.seen().requests[before..], &known, &context);
        let current = read_verdicts(&history);
        assert!(known.keys().all(|number| current.contains_key(number)), "{context}: a verdict is lost");
        assert!(
            current.iter().all(|(number, word)| word == expected_verdict(*number)),
            "{context}: {current:?}"
        );
        known = current;
    }
    assert!(known.len() > ACCOUNTS / 2, "seed {seed}: the kills spread over the job, not only its start");
    let entries = std::fs::read_dir(dir.state_file("job.yaml", "")).expect("the state folder");
    for name in entries.map(|entry| entry.expect("an entry").file_name()) {
        let ours =
            ["lock", "lock-holder", "history.jsonl", "history.jsonl.new"].iter().any(|ours| name == *ours);
        assert!(ours, "seed {seed}: the kills left {}", name.display());
    }
    sandbox.always(email(HELD).into(), Operation::LogOn, Fault::Delay(Duration::ZERO));

    let before = sandbox.seen().requests.len();
    let run = dir.run(&["run", "--resume", "job.yaml"]).await;
    assert_eq!(run.code, Some(1), "seed {seed}: {}", run.stderr);
    assert_nothing_resent(&sandbox.seen().requests[before..], &known, &format!("seed {seed}, the last run"));
    let report = dir.report("r.json");
    for number in 0..ACCOUNTS {
        let account = &report["accounts"][number];
        let words = ["outcome", "reason", "refused_by"].map(|field| account[field].as_str().unwrap_or("-"));
        let expected = match expected_verdict(number) {
            "done" if known.contains_key(&number) => ["skipped", "already-done", "-"],
            "done" => ["updated", "-", "-"],
            "refused-by-ensims" => ["refused", "-", "ensims"],
            _ => ["refused", "-", "jess"],
        };
        assert_eq!(words, expected, "seed {seed}: {account}");
        let linked = sandbox.jess_user_of(&email(number));
        let expected = (expected_verdict(number) == "done").then(|| jess_user(number));
        assert_eq!(linked, expected, "seed {seed}, account {number}");
    }
    assert_eq!(report["totals"]["stopped"], 0);
    assert_eq!(read_verdicts(&history).len(), ACCOUNTS, "seed {seed}");
}
