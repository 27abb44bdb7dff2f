//! The story of an account, request by request.

use std::collections::BTreeMap;
use std::time::Duration;

use ensims_sandbox::{Account, JessUser, Operation, Sandbox};
use serde_json::{Value, json};

use crate::raw::{JESS_SESSION, LOG_ON, get, log_on, post, send, update};

const SAM: &str = "sam@example.org";

async fn with_sam() -> Sandbox {
    Sandbox::builder()
        .account(Account::new(SAM, "pass \"word\" é").nickname("Sam"))
        .jess_user(JessUser::new("jess-sam", "jess"))
        .start()
        .await
        .expect("a free port")
}

async fn token_of_sam(sandbox: &Sandbox) -> String {
    log_on(sandbox, SAM, "pass \"word\" é").await.token()
}

#[tokio::test]
async fn account_logs_on_links_verifies_and_logs_off() {
    let sandbox = with_sam().await;

    let refused = log_on(&sandbox, SAM, "wrong").await;
    assert_eq!(refused.code, 200);
    assert_eq!(refused.json()["ok"], false);
    assert_eq!(refused.headers("set-cookie"), [""; 0]);

    let accepted = log_on(&sandbox, "SAM@Example.org", "pass \"word\" é").await;
    assert_eq!(accepted.json()["user"], "Sam");
    assert_eq!(accepted.json()["email"], SAM);
    assert_eq!(accepted.headers("content-type"), ["application/json"]);
    let token = accepted.token();
    assert_eq!(token.split('.').count(), 3);
    assert_eq!(token.len(), 600);
    assert_eq!(accepted.headers("set-cookie"), [format!("session_token={token}; Path=/; HttpOnly")]);

    let before = get(&sandbox, JESS_SESSION, &token).await;
    let not_valid = json!({ "ok": false, "status": "JESS session key is not valid.", "data": null });
    assert_eq!(before.json(), not_valid);
    assert_eq!(get(&sandbox, "/jess_web/api/account", &token).await.json()["ok"], false);
    assert_eq!(get(&sandbox, "/jess_web/api/usage", &token).await.json()["ok"], false);
    let record = get(&sandbox, "/users/api/user", &token).await.json();
    assert_eq!(record["data"]["use_jess"], false);
    assert_eq!(record["data"]["jess_user"], Value::Null);

    assert_eq!(update(&sandbox, &token, "jess-sam", "jess").await.json()["ok"], true);
    assert_eq!(get(&sandbox, JESS_SESSION, &token).await.json()["ok"], true);
    let jess = get(&sandbox, "/jess_web/api/account", &token).await;
    assert_eq!(jess.message(), "jess-sam account available");
    assert_eq!(jess.json()["data"]["username"], "jess-sam");
    let record = get(&sandbox, "/users/api/user", &token).await.json();
    assert_eq!(record["data"]["use_jess"], true);
    assert_eq!(record["data"]["jess_user"], "jess-sam");
    assert_eq!(sandbox.jess_user_of("Sam@example.org").as_deref(), Some("jess-sam"));

    // A failed attempt leaves the link as it is.
    assert_eq!(update(&sandbox, &token, "jess-sam", "wrong").await.json()["ok"], false);
    assert_eq!(get(&sandbox, JESS_SESSION, &token).await.json()["ok"], true);

    let renewed = post(&sandbox, "/users/api/checkin", &token, &json!("")).await.token();
    assert_ne!(renewed, token);
    assert_eq!(get(&sandbox, JESS_SESSION, &token).await.code, 200);

    let left = send(&sandbox, "POST", "/users/api/logout", &renewed, "").await;
    assert_eq!(left.token(), "");
    assert!(left.headers("set-cookie")[0].contains("; Max-Age=0; Expires=Thu, 01 Jan 1970"));
    assert_eq!(get(&sandbox, JESS_SESSION, &renewed).await.code, 401);
    assert_eq!(get(&sandbox, JESS_SESSION, &token).await.code, 200);
}

#[tokio::test]
async fn expiry_and_administrators_change_what_is_valid() {
    let sandbox = with_sam().await;
    let token = token_of_sam(&sandbox).await;
    let is_valid = async || get(&sandbox, JESS_SESSION, &token).await.json()["ok"] == true;

    sandbox.link(SAM, "jess-sam");
    assert!(is_valid().await);
    sandbox.lapse_jess_session(SAM);
    assert!(!is_valid().await);
    assert_eq!(get(&sandbox, "/jess_web/api/account", &token).await.json()["ok"], true);

    update(&sandbox, &token, "jess-sam", "jess").await;
    assert!(is_valid().await);
    sandbox.set_jess_password("jess-sam", "new");
    assert!(!is_valid().await);
    assert_eq!(update(&sandbox, &token, "jess-sam", "jess").await.json()["ok"], false);

    update(&sandbox, &token, "jess-sam", "new").await;
    sandbox.add_jess_user(JessUser::new("jess-sam", "new"));
    assert!(is_valid().await);
    sandbox.add_jess_user(JessUser::new("jess-sam", "newer").suspended());
    assert!(!is_valid().await);
    assert_eq!(update(&sandbox, &token, "jess-sam", "newer").await.json()["ok"], true);
    assert!(is_valid().await);
    sandbox.add_jess_user(JessUser::new("jess-sam", "new"));

    sandbox.suspend("jess-sam", true);
    assert_eq!(update(&sandbox, &token, "jess-sam", "new").await.json()["ok"], true);
    let account = get(&sandbox, "/jess_web/api/account", &token).await;
    assert_eq!(account.json()["data"]["suspended"], true);

    sandbox.expire_tokens(SAM);
    let refused = get(&sandbox, JESS_SESSION, &token).await;
    assert_eq!(refused.code, 401);
    assert!(refused.body.is_empty());
    let fresh = token_of_sam(&sandbox).await;
    assert_eq!(get(&sandbox, JESS_SESSION, &fresh).await.code, 200);

    sandbox.add_account(Account::new(SAM, "changed"));
    assert_eq!(log_on(&sandbox, SAM, "changed").await.json()["ok"], true);
    assert_eq!(sandbox.jess_user_of(SAM).as_deref(), Some("jess-sam"));
}

#[tokio::test]
async fn token_with_zero_life_is_expired() {
    let sandbox = Sandbox::builder()
        .account(Account::new(SAM, "password"))
        .token_life(Duration::ZERO)
        .start()
        .await
        .expect("a free port");
    let token = log_on(&sandbox, SAM, "password").await.token();
    assert_eq!(get(&sandbox, "/users/api/user", &token).await.code, 401);
}

#[tokio::test]
async fn token_is_valid_for_a_day() {
    let sandbox = with_sam().await;
    let token = token_of_sam(&sandbox).await;
    let hour = Duration::from_hours(1);
    tokio::time::pause();
    tokio::time::advance(hour * 23).await;
    assert_eq!(get(&sandbox, "/users/api/user", &token).await.code, 200);
    tokio::time::advance(hour).await;
    assert_eq!(get(&sandbox, "/users/api/user", &token).await.code, 401);
}

#[tokio::test]
async fn confirm_needs_the_credential_of_the_token() {
    let sandbox = with_sam().await;
    sandbox.add_account(Account::new("kim@example.org", "kim"));
    let token = token_of_sam(&sandbox).await;
    let confirm = async |email: &str, password: &str| {
        let body = json!({ "email": email, "password": password });
        post(&sandbox, "/users/api/confirm", &token, &body).await
    };
    assert_eq!(confirm("kim@example.org", "kim").await.json()["ok"], false);
    assert_eq!(confirm(SAM, "wrong").await.json()["ok"], false);
    let confirmed = confirm(SAM, "pass \"word\" é").await;
    assert_eq!(get(&sandbox, "/users/api/user", &confirmed.token()).await.code, 200);
}

#[tokio::test]
async fn invalid_request_gets_the_usual_status() {
    let sandbox = with_sam().await;
    let token = token_of_sam(&sandbox).await;
    for path in ["/users/api/user", JESS_SESSION, "/jess_web/api/usage"] {
        assert_eq!(get(&sandbox, path, "").await.code, 401);
        assert_eq!(get(&sandbox, path, "a.b.c").await.code, 401);
    }
    assert_eq!(get(&sandbox, "/users/api/users", &token).await.code, 404);
    assert_eq!(get(&sandbox, LOG_ON, &token).await.code, 405);
    for (path, body) in [
        (LOG_ON, "{"),
        (LOG_ON, r#"{"email":"sam@example.org"}"#),
        (LOG_ON, r#"{"email":"sam@example.org","password":7}"#),
        (JESS_SESSION, r#"{"jessUser":"jess-sam"}"#),
    ] {
        let answer = send(&sandbox, "POST", path, &token, body).await;
        assert_eq!(answer.code, 400);
        assert_eq!(answer.json()["ok"], false);
    }
    // One byte too many. A much longer body could remain unread in part, and then the connection would be reset.
    let too_much = "x".repeat(64 * 1024 + 1);
    assert_eq!(send(&sandbox, "POST", LOG_ON, "", &too_much).await.code, 413);
}

#[tokio::test]
async fn seen_has_every_request_and_no_secret() {
    let sandbox = with_sam().await;
    log_on(&sandbox, "Kim@example.org", "s3cret").await;
    let body = json!({ "email": "SAM@example.org", "password": "pass \"word\" é" });
    let token = post(&sandbox, "/users/api/logon", "", &body).await.token();
    update(&sandbox, &token, "jess-sam", "s3cret").await;
    update(&sandbox, &token, "jess-sam", "jess").await;
    sandbox.expire_tokens(SAM);
    get(&sandbox, "/jess_web/api/session?again", &token).await;
    get(&sandbox, "/nowhere", "").await;

    let seen = sandbox.seen();
    assert_eq!(seen.requests.len(), 6);
    assert_eq!(seen.connections, 6);
    assert_eq!(seen.max_in_flight, 1);
    assert_eq!(seen.count(Operation::LogOn), 2);
    assert_eq!(seen.log_ons("kim@example.org"), 1);
    assert_eq!(seen.log_ons(SAM), 1);
    let codes: Vec<_> = seen.of(SAM).map(|request| request.status).collect();
    assert_eq!(codes, [Some(200), Some(200), Some(200), Some(401)]);
    assert_eq!(
        seen.credentials(),
        BTreeMap::from([
            ((Operation::LogOn, "Kim@example.org".to_owned()), 1),
            ((Operation::LogOn, SAM.to_owned()), 1),
            ((Operation::UpdateJessSession, "jess-sam".to_owned()), 2),
        ])
    );

    let last = &seen.requests[4];
    assert_eq!(last.operation, Some(Operation::JessSession));
    assert_eq!((last.method.as_str(), last.path.as_str()), ("GET", JESS_SESSION));
    assert_eq!(last.user_agent.as_deref(), Some("raw"));
    assert_eq!(last.cookie_lines, 1);
    assert!(!last.referer);
    assert_eq!(seen.requests[5].operation, None);

    let builder = Sandbox::builder()
        .account(Account::new(SAM, "s3cret"))
        .jess_user(JessUser::new("jess-sam", "s3cret"));
    for text in [format!("{seen:?}"), format!("{builder:?}"), format!("{sandbox:?}")] {
        assert!(!text.contains("s3cret") && !text.contains(&token), "{text}");
    }
}

#[tokio::test]
#[should_panic(expected = "the sandbox has no JESS user \"jess-kim\"")]
async fn suspend_of_an_unknown_jess_user_panics() {
    with_sam().await.suspend("jess-kim", true);
}
