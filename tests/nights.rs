//! A term of nightly runs that nobody watches: a hundred nights against one service, on which things change.

use std::path::Path;

use ensims_sandbox::{JessUser, Operation, Sandbox, SeenRequest};
use serde_json::{Value, json};

use crate::program::{Ended, Place, jess_password, job, sandbox_of};

const NIGHTS: usize = 100;
const ACCOUNTS: usize = 12;

/// What happens during the day before a night.
#[derive(Clone, Copy, Debug)]
enum Event {
    /// The JESS session keys of these accounts lapse.
    Lapse(&'static [usize]),
    /// Someone links this account to another JESS user on the web site.
    LinkedByHand(usize),
    /// The service has a new JESS password for this account's user, and the job file does not.
    JessPasswordChanged(usize),
    /// The organiser writes the new JESS password into the job file.
    JobFileCorrected(usize),
    Suspended(usize),
    Freed(usize),
}

use Event::{Freed, JessPasswordChanged, JobFileCorrected, Lapse, LinkedByHand, Suspended};

/// The term. On the first night nobody is linked yet.
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
    (61, Freed(4)),
    (62, Lapse(&[4])),
    (77, JessPasswordChanged(10)),
    (77, Suspended(8)),
    (79, Freed(8)),
    (80, JobFileCorrected(10)),
    (99, Lapse(&[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11])),
];

/// How an account stands before a night, as the table has it.
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
    /// Valid, but that of another JESS user.
    OfAnother,
    Right,
}

/// How a night must go for an account: its outcome, and whether it is ready.
type Expected = (&'static str, Option<bool>);

fn expected(account: Account) -> Expected {
    match account {
        Account { session: Session::Right, suspended, .. } => ("unchanged", Some(!suspended)),
        Account { outdated: true, .. } => ("refused", None),
        Account { suspended, .. } => ("updated", Some(!suspended)),
    }
}

/// What the night must send for an account: a log-on and looks, and an update only where something is wrong.
fn requests(account: Account) -> Vec<Operation> {
    use Operation::{JessAccount, JessSession, LogOn, UpdateJessSession};
    let look = match account.session {
        Session::NotValid => &[LogOn, JessSession][..],
        Session::OfAnother | Session::Right => &[LogOn, JessSession, JessAccount],
    };
    let then = match expected(account).0 {
        "unchanged" => &[][..],
        "refused" => &[UpdateJessSession],
        _ => &[UpdateJessSession, JessSession, JessAccount],
    };
    [look, then].concat()
}

#[tokio::test]
async fn a_term_of_nights_tells_what_happened_on_the_right_nights_and_on_no_other() {
    let sandbox = sandbox_of(ACCOUNTS).jess_user(JessUser::new("by-hand", "anything"));
    let sandbox = sandbox.start().await.expect("a sandbox");
    let place = Place::new();
    let text = format!(
        "{}name: Autumn term\nupdate: when-invalid\nverify: account\nreports: [night.json]\n",
        job(&sandbox.url(), "rate: unlimited", ACCOUNTS)
    );
    place.file("term.yaml", &text);
    let unlinked = Account { session: Session::NotValid, outdated: false, suspended: false };
    let mut accounts = [unlinked; ACCOUNTS];
    let (mut nights_with_trouble, mut last_success) = (Vec::new(), Value::Null);
    for night in 0..NIGHTS {
        for (_, event) in TERM.iter().filter(|(when, _)| *when == night) {
            happen(*event, &sandbox, &place.path("term.yaml"), &mut accounts);
        }
        let before = sandbox.seen().requests.len();
        let ended = place.run(&["run", "-q", "term.yaml"]).await;
        let (report, sent) = (place.report("night.json"), sandbox.seen().requests.split_off(before));

        check_requests(night, &sent, accounts);
        let expected = accounts.map(expected);
        check_report(night, &report, &expected);
        if expected.iter().all(|(_, ready)| *ready == Some(true)) {
            let silent = (Some(0), "", "");
            assert_eq!((ended.code, ended.out.as_str(), ended.err.as_str()), silent, "night {night}");
            last_success = report["finished_at"].clone();
        } else {
            check_mail(night, &ended, &expected);
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

/// Lets an event happen at the service or in the job file, and in the table's account of it.
fn happen(event: Event, sandbox: &Sandbox, job: &Path, accounts: &mut [Account; ACCOUNTS]) {
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
            accounts[number].session = Session::OfAnother;
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
        Suspended(number) | Freed(number) => {
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
        assert_eq!(found, requests(account), "night {night}, account {number}");
    }
    let of_nobody = sent.iter().filter(|request| request.account.is_none());
    let mut of_nobody: Vec<Operation> = of_nobody.filter_map(|request| request.operation).collect();
    // Both are asked at once.
    of_nobody.sort();
    assert_eq!(of_nobody, [Operation::UsersInfo, Operation::JessInfo], "night {night}");
}

fn check_report(night: usize, report: &Value, expected: &[Expected; ACCOUNTS]) {
    for (number, (outcome, ready)) in expected.iter().copied().enumerate() {
        let account = &report["accounts"][number];
        let not_ready = if ready == Some(false) { json!(["suspended"]) } else { json!([]) };
        let refused_by = if outcome == "refused" { json!("jess") } else { Value::Null };
        let found = [&account["outcome"], &account["ready"], &account["not_ready"], &account["refused_by"]];
        let wanted = [&json!(outcome), &json!(ready), &not_ready, &refused_by];
        assert_eq!(found, wanted, "night {night}, account {number}");
    }
    let code = i32::from(expected.iter().any(|(_, ready)| *ready != Some(true)));
    assert_eq!(report["exit_code"], code, "night {night}");
}

/// What a person needs to act: which job, who, why, what to do, where the report is.
fn check_mail(night: usize, ended: &Ended, expected: &[Expected; ACCOUNTS]) {
    assert_eq!((ended.code, ended.out.as_str()), (Some(1), ""), "night {night}");
    let mail = &ended.err;
    assert!(mail.starts_with("term.yaml: exit code 1\n"), "night {night}: {mail}");
    assert!(mail.ends_with("Report: night.json\n"), "night {night}: {mail}");
    for (number, (outcome, ready)) in expected.iter().copied().enumerate() {
        let named = mail.lines().any(|line| line.starts_with(&format!("  lab{number}: {outcome}")));
        assert_eq!(named, ready != Some(true), "night {night}, account {number}: {mail}");
        let words = match (outcome, ready) {
            ("refused", _) => &["refused by JESS", "they come from the confirmation e-mail"][..],
            (_, Some(false)) => &["JESS account suspended", "Ask the service why"],
            _ => &[],
        };
        assert!(words.iter().all(|word| mail.contains(word)), "night {night}, account {number}: {mail}");
    }
}
