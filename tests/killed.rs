//! `kill -9` at any moment: no verdict that was written is lost, and nobody is sent again because of it.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use ensims_sandbox::{Account, Fault, JessUser, Operation, Sandbox, SeenRequest};
use fastrand::Rng;
use nix::sys::signal::Signal;
use serde_json::Value;

use crate::program::{Place, sandbox_of, wait_until};

const ACCOUNTS: usize = 300;
const KILLS: usize = 50;
/// The account whose log-on is not answered before the kills are over, so that no run can end by itself.
const HELD: usize = 0;

/// How an account of the job is made, by its number. Some share a JESS credential, right or wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Good,
    Sharing,
    WrongAtEnsims,
    WrongAtJess,
    SharingWrong,
}

fn kind(number: usize) -> Kind {
    match number % 20 {
        3 => Kind::WrongAtEnsims,
        7 => Kind::WrongAtJess,
        11 => Kind::SharingWrong,
        5 | 13 => Kind::Sharing,
        _ => Kind::Good,
    }
}

fn email(number: usize) -> String {
    format!("lab{number}@uni.example")
}

fn jess_user(number: usize) -> String {
    match kind(number) {
        Kind::Sharing => "shared".to_owned(),
        Kind::SharingWrong => "shared-wrong".to_owned(),
        Kind::Good | Kind::WrongAtEnsims | Kind::WrongAtJess => format!("jess{number}"),
    }
}

/// What the journal must call the verdict on an account.
fn verdict(number: usize) -> &'static str {
    match kind(number) {
        Kind::Good | Kind::Sharing => "done",
        Kind::WrongAtEnsims => "refused-by-ensims",
        Kind::WrongAtJess | Kind::SharingWrong => "refused-by-jess",
    }
}

fn job(service: &str) -> String {
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

async fn service() -> Sandbox {
    let sandbox = sandbox_of(ACCOUNTS)
        .jess_user(JessUser::new("shared", "jess-secret-shared"))
        .jess_user(JessUser::new("shared-wrong", "another"))
        .latency(Duration::from_millis(2));
    let sandbox = sandbox.start().await.expect("a sandbox");
    for number in 0..ACCOUNTS {
        match kind(number) {
            Kind::WrongAtEnsims => sandbox.add_account(Account::new(email(number), "another")),
            Kind::WrongAtJess => sandbox.add_jess_user(JessUser::new(jess_user(number), "another")),
            Kind::Good | Kind::Sharing | Kind::SharingWrong => {}
        }
    }
    sandbox
}

/// When a run is killed.
#[derive(Clone, Copy, Debug)]
enum Moment {
    /// At once.
    Start,
    /// When it has the lock; its journal is not begun yet, or in the making.
    Lock,
    /// After so many of its requests.
    Requests(usize),
}

async fn wait_for_lock(lock: &Path, process: u32) {
    let name = format!("\"process\":{process},");
    wait_until(|| std::fs::read_to_string(lock).is_ok_and(|text| text.contains(&name))).await;
}

/// The verdicts of a journal, by account. Before the first run has begun there is none.
fn verdicts(journal: &Path) -> BTreeMap<usize, String> {
    let text = std::fs::read_to_string(journal).unwrap_or_default();
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

/// What was sent must not be about an account whose verdict is written, nor a credential that is known to be refused.
fn check_sent(sent: &[SeenRequest], verdicts: &BTreeMap<usize, String>, when: &str) {
    let is_refused = |number: &usize| verdicts[number] == "refused-by-jess";
    let refused: Vec<String> =
        verdicts.keys().filter(|number| is_refused(number)).map(|n| jess_user(*n)).collect();
    for request in sent {
        let of_known = verdicts.keys().any(|number| request.account == Some(email(*number)));
        assert!(!of_known, "{when}: {request:?} has its verdict");
        let known = request.jess_username.as_ref().is_some_and(|user| refused.contains(user));
        assert!(!known, "{when}: {request:?} sends a refused credential");
    }
}

#[tokio::test]
async fn killed_fifty_times_and_resumed_it_ends_as_if_nothing_had_been() {
    let seed = fastrand::u64(..);
    let mut random = Rng::with_seed(seed);
    let sandbox = service().await;
    sandbox.always(email(HELD).into(), Operation::LogOn, Fault::Delay(Duration::from_secs(3600)));
    let place = Place::new();
    place.file("job.yaml", &job(&sandbox.url()));
    let [journal, lock] = ["journal.jsonl", "lock"].map(|name| place.state_file("job.yaml", name));
    let mut known = BTreeMap::new();
    for kill in 0..KILLS {
        let before = sandbox.seen().requests.len();
        let arguments: &[&str] =
            if kill == 0 { &["run", "job.yaml"] } else { &["run", "--resume", "job.yaml"] };
        let running = place.start(arguments);
        let open = |number: &usize| verdict(*number) == "done" && !known.contains_key(number);
        let left = (0..ACCOUNTS).filter(|number| *number != HELD && open(number));
        // What this run has to send for sure: the look at both APIs, one log-on, and two requests for each good account.
        let to_send = 2 + 1 + 2 * left.count();
        let step = 2 * to_send / (KILLS - kill) + 12;
        let moment = match kill % 10 {
            0 => Moment::Start,
            5 => Moment::Lock,
            _ => Moment::Requests(random.usize(1..=step.min(to_send))),
        };
        match moment {
            Moment::Start => {}
            Moment::Lock => wait_for_lock(&lock, running.process()).await,
            Moment::Requests(count) => {
                wait_until(|| sandbox.seen().requests.len() >= before + count).await;
            }
        }
        running.signal(Signal::SIGKILL);
        let ended = running.end().await;
        let when = format!("seed {seed}, kill {kill}, {moment:?}");
        assert_eq!(ended.code, None, "{when}: it was killed in the middle: {}", ended.err);

        check_sent(&sandbox.seen().requests[before..], &known, &when);
        let now = verdicts(&journal);
        assert!(known.keys().all(|number| now.contains_key(number)), "{when}: a verdict is lost");
        assert!(now.iter().all(|(number, word)| word == verdict(*number)), "{when}: {now:?}");
        known = now;
    }
    assert!(known.len() > ACCOUNTS / 2, "seed {seed}: the kills spread over the job, not only its start");
    let kept = std::fs::read_dir(place.state_file("job.yaml", "")).expect("the state folder");
    for name in kept.map(|entry| entry.expect("an entry").file_name()) {
        let ours = ["lock", "journal.jsonl", "journal.jsonl.new"].iter().any(|ours| name == *ours);
        assert!(ours, "seed {seed}: the kills left {}", name.display());
    }
    sandbox.always(email(HELD).into(), Operation::LogOn, Fault::Delay(Duration::ZERO));

    let before = sandbox.seen().requests.len();
    let ended = place.run(&["run", "--resume", "job.yaml"]).await;
    assert_eq!(ended.code, Some(1), "seed {seed}: {}", ended.err);
    check_sent(&sandbox.seen().requests[before..], &known, &format!("seed {seed}, the last run"));
    let report = place.report("r.json");
    for number in 0..ACCOUNTS {
        let account = &report["accounts"][number];
        let words = ["outcome", "reason", "refused_by"].map(|field| account[field].as_str().unwrap_or("-"));
        let expected = match verdict(number) {
            "done" if known.contains_key(&number) => ["skipped", "already-done", "-"],
            "done" => ["updated", "-", "-"],
            "refused-by-ensims" => ["refused", "-", "ensims"],
            _ => ["refused", "-", "jess"],
        };
        assert_eq!(words, expected, "seed {seed}: {account}");
        let linked = sandbox.jess_user_of(&email(number));
        let expected = (verdict(number) == "done").then(|| jess_user(number));
        assert_eq!(linked, expected, "seed {seed}, account {number}");
    }
    assert_eq!(report["totals"]["stopped"], 0);
    assert_eq!(verdicts(&journal).len(), ACCOUNTS, "seed {seed}");
}
