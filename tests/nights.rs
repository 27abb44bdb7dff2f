//! A hundred unattended nightly runs against one service whose accounts change during the term.

use std::path::Path;

use ensims_sandbox::{JessUser, Operation, Sandbox, SeenRequest};
use serde_json::{Value, json};

use crate::program::{Run, TestDir, jess_password, job_yaml, sandbox_with};

const NIGHTS: usize = 100;
const ACCOUNTS: usize = 12;

/// An event during the day before a night.
#[derive(Clone, Copy, Debug)]
enum Event {
    /// The JESS session keys of these accounts lapse.
    Lapse(&'static [usize]),
    /// Someone links this account to another JESS user on the web site.
    LinkedByHand(usize),
    /// The JESS password of this account's user changes at the service, but not in the job file.
    JessPasswordChanged(usize),
    /// The organiser writes the new JESS password into the job file.
    JobFileCorrected(usize),
    Suspended(usize),
    Unsuspended(usize),
}

use Event::{JessPasswordChanged, JobFileCorrected, Lapse, LinkedByHand, Suspended, Unsuspended};

/// The events of the term, by night. Before the first night no account is linked.
const TERM: &[(usize, Event)] = &[
    (9, Lapse(&[2])),
    (17, LinkedByHand(5)),
    (23, Lapse(&[0, 3, 11])),
    (30, JessPasswordChanged(7)),
    (34, Lapse(&[1])),
    (37, JobFileCorrected(7)),
    (48, Suspended(4)),
    (52, Lapse(&[4, 6])),
    (55, LinkedByHand(9)),
    (61, Unsuspended(4)),
    (62, Lapse(&[4])),
    (77, JessPasswordChanged(10)),
    (77, Suspended(8)),
    (79, Unsuspended(8)),
    (80, JobFileCorrected(10)),
    (99, Lapse(&[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11])),
];

/// The expected state of an account before a night.
#[derive(Clone, Copy)]
struct Account {
    session: Session,
    /// The job file has an old JESS password.
    outdated: bool,
    suspended: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Session {
    NotValid,
    /// The session is valid, but belongs to another JESS user.
    OtherUser,
    Right,
}

/// The expected result of an account in one night: its outcome, and whether it is ready.
type Expected = (&'static str, Option<bool>);

fn expected(account: Account) -> Expected {
    match account {
        Account { session: Session::Right, suspended, .. } => ("unchanged", Some(!suspended)),
        Account { outdated: true, .. } => ("refused", None),
        Account { suspended, .. } => ("updated", Some(!suspended)),
    }
}

/// The expected requests of an account: a log-on, the checks, and an update only if something is wrong.
fn expected_requests(account: Account) -> Vec<Operation> {
    use Operation::{JessAccount, JessSession, LogOn, UpdateJessSession};
    let look = match account.session {
        Session::NotValid => &[LogOn, JessSession][..],
        Session::OtherUser | Session::Right => &[LogOn, JessSession, JessAccount],
    };
    let then = match expected(account).0 {
        "unchanged" => &[][..],
        "refused" => &[UpdateJessSession],
        _ => &[UpdateJessSession, JessSession, JessAccount],
    };
    [look, then].concat()
}

#[tokio::test]
async fn nightly_runs_report_trouble_only_on_the_right_nights() {
    let sandbox = sandbox_with(ACCOUNTS).jess_user(JessUser::new("by-hand", "anything"));
    let sandbox = sandbox.start().await.expect("a sandbox");
    let dir = TestDir::new();
    let text = format!(
        "{}name: Autumn term\nupdate: when-invalid\nverify: account\nreports: [night.json]\n",
        job_yaml(&sandbox.url(), "rate: unlimited", ACCOUNTS)
    );
    dir.write("term.yaml", &text);
    let unlinked = Account { session: Session::NotValid, outdated: false, suspended: false };
    let mut accounts = [unlinked; ACCOUNTS];
    let (mut nights_with_trouble, mut last_success) = (Vec::new(), Value::Null);
    for night in 0..NIGHTS {
        for (_, event) in TERM.iter().filter(|(when, _)| *when == night) {
            apply_event(*event, &sandbox, &dir.path("term.yaml"), &mut accounts);
        }
        let before = sandbox.seen().requests.len();
        let run = dir.run(&["run", "-q", "term.yaml"]).await;
        let (report, sent) = (dir.report("night.json"), sandbox.seen().requests.split_off(before));

        check_requests(night, &sent, accounts);
        let expected = accounts.map(expected);
        check_report(night, &report, &expected);
        if expected.iter().all(|(_, ready)| *ready == Some(true)) {
            let silent = (Some(0), "", "");
            assert_eq!((run.code, run.stdout.as_str(), run.stderr.as_str()), silent, "night {night}");
            last_success = report["finished_at"].clone();
        } else {
            check_mail(night, &run, &expected);
            nights_with_trouble.push(night);
        }
        assert_eq!(report["last_success_at"], last_success, "night {night}");
        for account in accounts.iter_mut().filter(|account| !account.outdated) {
            account.session = Session::Right;
        }
    }
    let expected: Vec<usize> = (30..37).chain(48..61).chain(77..80).collect();
    assert_eq!(nights_with_trouble, expected);
}

/// Applies an event to the service or the job file, and to the expected state of the accounts.
fn apply_event(event: Event, sandbox: &Sandbox, job: &Path, accounts: &mut [Account; ACCOUNTS]) {
    let email = |number: usize| format!("lab{number}@uni.example");
    let user = |number: usize| format!("jess{number}");
    let new_password = |number: usize| format!("new-{}", jess_password(number));
    match event {
        Lapse(numbers) => {
            for number in numbers {
                sandbox.lapse_jess_session(&email(*number));
                accounts[*number].session = Session::NotValid;
            }
        }
        LinkedByHand(number) => {
            sandbox.link(&email(number), "by-hand");
            accounts[number].session = Session::OtherUser;
        }
        JessPasswordChanged(number) => {
            sandbox.set_jess_password(&user(number), &new_password(number));
            accounts[number] = Account { session: Session::NotValid, outdated: true, ..accounts[number] };
        }
        JobFileCorrected(number) => {
            let text = std::fs::read_to_string(job).expect("the job file");
            let text =
                text.replace(&format!("'{}'", jess_password(number)), &format!("'{}'", new_password(number)));
            std::fs::write(job, text).expect("the job file can be written");
            accounts[number].outdated = false;
        }
        Suspended(number) | Unsuspended(number) => {
            let suspended = matches!(event, Suspended(_));
            sandbox.suspend(&user(number), suspended);
            accounts[number].suspended = suspended;
        }
    }
}

fn check_requests(night: usize, sent: &[SeenRequest], accounts: [Account; ACCOUNTS]) {
    for (number, account) in accounts.into_iter().enumerate() {
        let email = format!("lab{number}@uni.example");
        let own = sent.iter().filter(|request| request.account.as_ref() == Some(&email));
        let found: Vec<Operation> = own.filter_map(|request| request.operation).collect();
        assert_eq!(found, expected_requests(account), "night {night}, account {number}");
    }
    let unauthenticated = sent.iter().filter(|request| request.account.is_none());
    let mut unauthenticated: Vec<Operation> =
        unauthenticated.filter_map(|request| request.operation).collect();
    // Both are sent at the same time, so their order varies.
    unauthenticated.sort();
    assert_eq!(unauthenticated, [Operation::UsersInfo, Operation::JessInfo], "night {night}");
}

fn check_report(night: usize, report: &Value, expected: &[Expected; ACCOUNTS]) {
    for (number, (outcome, ready)) in expected.iter().copied().enumerate() {
        let account = &report["accounts"][number];
        let not_ready = if ready == Some(false) { json!(["suspended"]) } else { json!([]) };
        let refused_by = if outcome == "refused" { json!("jess") } else { Value::Null };
        let found = [&account["outcome"], &account["ready"], &account["not_ready"], &account["refused_by"]];
        let expected_fields = [&json!(outcome), &json!(ready), &not_ready, &refused_by];
        assert_eq!(found, expected_fields, "night {night}, account {number}");
    }
    let code = i32::from(expected.iter().any(|(_, ready)| *ready != Some(true)));
    assert_eq!(report["exit_code"], code, "night {night}");
}

/// Checks that the mail names the job, each account in trouble, the cause, the remedy and the report.
fn check_mail(night: usize, run: &Run, expected: &[Expected; ACCOUNTS]) {
    assert_eq!((run.code, run.stdout.as_str()), (Some(1), ""), "night {night}");
    let mail = &run.stderr;
    let headline = mail.lines().next().unwrap_or_default();
    assert!(headline.starts_with("Autumn term (term.yaml): "), "night {night}: {mail}");
    assert!(headline.ends_with("; exit code 1"), "night {night}: {mail}");
    assert!(mail.ends_with("Report: night.json\n"), "night {night}: {mail}");
    for (number, (outcome, ready)) in expected.iter().copied().enumerate() {
        let named = mail.lines().any(|line| line.starts_with(&format!("  lab{number}: {outcome}")));
        assert_eq!(named, ready != Some(true), "night {night}, account {number}: {mail}");
        let words = match (outcome, ready) {
            ("refused", _) => &["refused by JESS", "with the confirmation e-mail from JESS"][..],
            (_, Some(false)) => &["JESS account suspended", "Ask the service why"],
            _ => &[],
        };
        assert!(words.iter().all(|word| mail.contains(word)), "night {night}, account {number}: {mail}");
    }
}
