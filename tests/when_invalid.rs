//! `update: when-invalid`: look first, and update only what is not right.

use ensims_sandbox::{Account, Fault, JessUser, Operation, Sandbox, Target};
use serde_json::{Value, json};

use crate::program::{Place, job, outcomes, password, sandbox_of};

/// A job of accounts that are all linked already.
async fn linked(accounts: usize) -> (Sandbox, Place) {
    let sandbox = sandbox_of(accounts).start().await.expect("a sandbox");
    for number in 0..accounts {
        sandbox.link(&format!("lab{number}@uni.example"), &format!("jess{number}"));
    }
    let place = Place::new();
    let text = job(&sandbox.url(), "rate: unlimited, attempts: 1", accounts);
    place.file("job.yaml", &format!("{text}update: when-invalid\nverify: account\n"));
    (sandbox, place)
}

#[tokio::test]
async fn an_answer_that_does_not_say_all_leaves_a_valid_session_alone() {
    let (sandbox, place) = linked(1).await;
    let body = json!({ "ok": true, "status": "", "data": { "username": "jess0" } }).to_string();
    let answer = Fault::Status { code: 200, retry_after: None, body };
    sandbox.always(Target::Anyone, Operation::JessAccount, answer);
    let ended = place.run(&["run", "job.yaml", "--report", "r.json"]).await;
    assert_eq!(ended.code, Some(1), "whether it is suspended is not known: {}", ended.err);
    let account = place.report("r.json")["accounts"][0].clone();
    assert_eq!((&account["outcome"], &account["ready"]), (&json!("unchanged"), &Value::Null));
    assert_eq!(account["not_ready"], json!(["not-verified"]));
    assert_eq!(account["hint"], "Run the job again to verify it.");
    assert_eq!(sandbox.seen().count(Operation::UpdateJessSession), 0);
}

#[tokio::test]
async fn a_wrong_credential_that_many_share_does_not_touch_those_who_do_not_need_it() {
    let mut sandbox = Sandbox::builder().jess_user(JessUser::new("shared", "the right one"));
    let mut accounts = String::new();
    for number in 0..20 {
        let email = format!("lab{number}@uni.example");
        sandbox = sandbox.account(Account::new(&email, password(number)));
        accounts.push_str(&format!("  - ensims: {{ email: {email}, password: '{}' }}\n", password(number)));
    }
    let sandbox = sandbox.start().await.expect("a sandbox");
    (0..20).for_each(|number| sandbox.link(&format!("lab{number}@uni.example"), "shared"));
    let lapsed = [3, 4, 17];
    for number in lapsed {
        sandbox.lapse_jess_session(&format!("lab{number}@uni.example"));
    }
    let place = Place::new();
    let url = sandbox.url();
    let head = format!("version: 1\nservice: {url}\nlimits: {{ rate: unlimited }}\nupdate: when-invalid\n");
    let jess = "jess: { username: shared, password: 'an old one' }\n";
    place.file("job.yaml", &format!("{head}{jess}accounts:\n{accounts}"));
    let ended = place.run(&["run", "job.yaml", "--report", "r.json"]).await;
    assert_eq!(ended.code, Some(1), "{}", ended.err);
    let report = place.report("r.json");
    for (number, outcome) in outcomes(&report).into_iter().enumerate() {
        let expected = if lapsed.contains(&number) { "refused" } else { "unchanged" };
        assert_eq!(outcome, expected, "account {number}");
    }
    assert_eq!(sandbox.seen().count(Operation::UpdateJessSession), 1);
}
