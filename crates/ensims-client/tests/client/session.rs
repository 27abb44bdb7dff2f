//! The token: where it comes from, which one is sent, and when it is gone.

use ensims_client::{ExposeSecret, JessSession, LastAnswer, Session};
use ensims_sandbox::{Account, Fault, Operation, Target};

use crate::{EMAIL, JESS_USERNAME, answer, brief, client, ensims, jess, log_on, sandbox, token};

const OTHER: &str = "kim@uni.example";
const LOG_ON_AGAIN: &str = "unauthorized: the ENSIMS session is no longer accepted; log on again";

fn secret(session: &Session) -> Option<String> {
    session.token().map(|token| token.secret().expose_secret().to_owned())
}

#[tokio::test]
async fn the_whole_story() {
    let sandbox = sandbox().await;
    let mut session = log_on(&sandbox).await;
    assert_eq!(session.identity().email.as_deref(), Some(EMAIL));
    session.update_jess_session(&jess()).await.expect("an update");
    assert_eq!(session.jess_session().await, Ok(JessSession::Valid));
    assert_eq!(session.jess_account().await.expect("an account").username.as_deref(), Some(JESS_USERNAME));
    session.jess_usage().await.expect("usage");
    session.user().await.expect("a record");
    session.check_in().await.expect("a check-in");
    session.confirm(&ensims()).await.expect("a confirmation");
    session.log_off().await.expect("a log-off");

    let seen = sandbox.seen();
    assert_eq!(sandbox.jess_user_of(EMAIL).as_deref(), Some(JESS_USERNAME));
    assert_eq!(seen.requests.len(), 9);
    assert_eq!(seen.connections, 1, "connections are used again");
    for (index, request) in seen.requests.iter().enumerate() {
        assert_eq!(request.cookie_lines, usize::from(index > 0), "{request:?}");
        assert!(!request.referer, "{request:?}");
        assert_eq!(request.account.as_deref(), Some(EMAIL), "{request:?}");
        assert_eq!(request.user_agent.as_deref(), Some(concat!("ensims-client/", env!("CARGO_PKG_VERSION"))));
    }
}

#[tokio::test]
async fn a_fresh_token_is_sent_from_then_on() {
    let sandbox = sandbox().await;
    sandbox.add_account(Account::new(OTHER, "another password"));
    let other = ensims_client::EnsimsCredential::new(OTHER, "another password").expect("a credential");
    let other = client(&sandbox.url()).log_on(&other).await.expect("a session");
    let line = format!("session_token={}; Path=/", secret(&other).expect("a token"));
    // Good and bad answers alike may bring it.
    let faults = [
        Fault::SetCookie(vec![line.clone()]),
        answer(503, &[("set-cookie", &line)], ""),
        answer(401, &[("set-cookie", &line)], ""),
        answer(409, &[("set-cookie", &line)], r#"{"ok":false}"#),
        answer(200, &[("set-cookie", &line)], "<html>"),
        answer(200, &[("set-cookie", "session_token=old"), ("set-cookie", &line)], r#"{"ok":true}"#),
    ];
    for fault in faults {
        let name = format!("{fault:?}");
        let mut session = log_on(&sandbox).await;
        sandbox.script(Target::Anyone, Operation::JessSession, [fault]);
        session.jess_session().await.ok();
        assert_eq!(secret(&session), secret(&other), "{name}");
        session.user().await.expect("a record");
        let seen = sandbox.seen();
        assert_eq!(
            seen.requests.last().and_then(|request| request.account.as_deref()),
            Some(OTHER),
            "{name}"
        );
    }
}

#[tokio::test]
async fn other_cookies_leave_the_token_alone() {
    let sandbox = sandbox().await;
    let mut session = log_on(&sandbox).await;
    let before = secret(&session);
    let lines = ["JSESSIONID=1", "Session_Token=2", "session_token=a b"].map(str::to_owned);
    sandbox.script(Target::Anyone, Operation::JessSession, [Fault::SetCookie(lines.into())]);
    session.jess_session().await.expect("an answer");
    assert_eq!(secret(&session), before);
}

#[tokio::test]
async fn a_cleared_token_is_not_sent_again() {
    for line in ["session_token=; Path=/", "session_token=a; Max-Age=0"] {
        let sandbox = sandbox().await;
        let mut session = log_on(&sandbox).await;
        sandbox.script(Target::Anyone, Operation::User, [Fault::SetCookie(vec![line.to_owned()])]);
        session.user().await.expect("this answer is still good");
        assert!(session.token().is_none());
        assert_eq!(brief(session.user().await), LOG_ON_AGAIN);
        assert_eq!(sandbox.seen().requests.len(), 2, "nothing is sent without a token");
    }
}

#[tokio::test]
async fn a_log_on_needs_a_usable_token() {
    let table: [(&[&str], &str); 5] = [
        (&["session_token=a.b.c"], "ok"),
        (&[], "protocol: unexpected answer: it has no session_token cookie"),
        (&["other=1"], "protocol: unexpected answer: it has no session_token cookie"),
        (&["session_token="], "protocol: unexpected answer: its session_token cookie is empty or expired"),
        (&["session_token=a b"], "protocol: unexpected answer: its session_token cookie cannot be sent back"),
    ];
    for (lines, expected) in table {
        let lines = lines.iter().map(|line| (*line).to_owned()).collect();
        let read = crate::outcome(Operation::LogOn, Fault::SetCookie(lines)).await;
        assert_eq!(read, expected);
    }
}

#[tokio::test]
async fn a_kept_token_resumes_the_session() {
    let sandbox = sandbox().await;
    let kept = log_on(&sandbox).await.token().expect("a token").clone();
    let mut session = client(&sandbox.url()).resume(kept);
    assert_eq!(sandbox.seen().requests.len(), 1, "nothing is sent to resume");
    assert_eq!(session.identity().email, None);
    assert_eq!(session.last_answer(), &LastAnswer::default());
    session.check_in().await.expect("a check-in");
    assert_eq!(session.identity().email.as_deref(), Some(EMAIL));

    sandbox.expire_tokens(EMAIL);
    assert_eq!(brief(session.jess_session().await), LOG_ON_AGAIN);
    let mut unknown = client(&sandbox.url()).resume(token("unknown"));
    assert_eq!(brief(unknown.user().await), LOG_ON_AGAIN);
}

#[tokio::test]
async fn the_last_answer_is_the_latest_with_a_verdict() {
    let sandbox = sandbox().await;
    let mut session = log_on(&sandbox).await;
    let refusal = answer(409, &[], r#"{"ok":false,"status":"No."}"#);
    sandbox.script(Target::Anyone, Operation::JessSession, [refusal, Fault::status(503)]);
    session.jess_session().await.expect("not valid is an answer");
    let refused = LastAnswer { http_status: 409, message: "No.".to_owned() };
    assert_eq!(session.last_answer(), &refused);
    session.jess_session().await.expect_err("a 503");
    assert_eq!(session.last_answer(), &refused);
}

#[tokio::test]
async fn a_refused_update_is_the_last_answer_too() {
    let sandbox = sandbox().await;
    let mut session = log_on(&sandbox).await;
    let refusal = answer(409, &[], r#"{"ok":false,"status":"No."}"#);
    sandbox.script(Target::Anyone, Operation::UpdateJessSession, [refusal]);
    session.update_jess_session(&jess()).await.expect_err("a refusal");
    assert_eq!(session.last_answer(), &LastAnswer { http_status: 409, message: "No.".to_owned() });
}

#[tokio::test]
async fn other_paths() {
    let sandbox = sandbox().await;
    let service = ensims_client::Service::new(&sandbox.url()).expect("a service");
    let service = service.with_logon_path("logon/").expect("a path");
    let client = ensims_client::Client::builder(service).build().expect("a client");
    client.log_on(&ensims()).await.expect("a session");
    assert_eq!(sandbox.seen().requests[0].path, "/users/api/logon");
}
