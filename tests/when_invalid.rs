//! `update: when-invalid`: check first, and update only what is not right.

use ensims_sandbox::{Account, Fault, JessUser, Operation, Sandbox, Target};
use serde_json::{Value, json};

use crate::program::{TestDir, job_yaml, outcomes, password, sandbox_with};

/// Starts a sandbox whose accounts are all linked, and writes a job for them.
async fn setup_linked(accounts: usize) -> (Sandbox, TestDir) {
    let sandbox = sandbox_with(accounts).start().await.expect("a sandbox");
    for number in 0..accounts {
        sandbox.link(&format!("lab{number}@uni.example"), &format!("jess{number}"));
    }
    let dir = TestDir::new();
    let text = job_yaml(&sandbox.url(), "rate: unlimited, attempts: 1", accounts);
    dir.write("job.yaml", &format!("{text}update: when-invalid\nverify: account\n"));
    (sandbox, dir)
}

#[tokio::test]
async fn incomplete_account_answer_keeps_a_valid_session() {
    let (sandbox, dir) = setup_linked(1).await;
    let body = json!({ "ok": true, "status": "", "data": { "username": "jess0" } }).to_string();
    let answer = Fault::Status { code: 200, retry_after: None, body };
    sandbox.always(Target::Anyone, Operation::JessAccount, answer);
    let run = dir.run(&["run", "job.yaml", "--report", "r.json"]).await;
    assert_eq!(run.code, Some(1), "it is unknown whether the account is suspended: {}", run.stderr);
    let account = dir.report("r.json")["accounts"][0].clone();
    assert_eq!((&account["outcome"], &account["ready"]), (&json!("unchanged"), &Value::Null));
    assert_eq!(account["not_ready"], json!(["not-verified"]));
    assert_eq!(account["hint"], "Run it again to verify the account.");
    assert_eq!(sandbox.seen().count(Operation::UpdateJessSession), 0);
}

#[tokio::test]
async fn shared_wrong_credential_affects_only_lapsed_accounts() {
    let mut sandbox =
        Sandbox::builder().pose_as_service().jess_user(JessUser::new("shared", "the right one"));
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
    let dir = TestDir::new();
    let url = sandbox.url();
    let head = format!("version: 1\nservice: {url}\nlimits: {{ rate: unlimited }}\nupdate: when-invalid\n");
    let jess = "jess: { username: shared, password: 'an old one' }\n";
    dir.write("job.yaml", &format!("{head}{jess}accounts:\n{accounts}"));
    let run = dir.run(&["run", "job.yaml", "--report", "r.json"]).await;
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    let report = dir.report("r.json");
    for (number, outcome) in outcomes(&report).into_iter().enumerate() {
        let expected = if lapsed.contains(&number) { "refused" } else { "unchanged" };
        assert_eq!(outcome, expected, "account {number}");
    }
    assert_eq!(sandbox.seen().count(Operation::UpdateJessSession), 1);
}
