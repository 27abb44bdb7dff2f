//! The session: its answers, where its token comes from, which token is sent, and when it is gone.

use ensims_client::{Answer, Api, Error, ExposeSecret, JessSession, Session};
use ensims_sandbox::{Account, Fault, Operation, Target};

use crate::{EMAIL, JESS_USERNAME, answer, brief, client, ensims, jess, log_on, sandbox, token};

const OTHER: &str = "kim@uni.example";
const LOG_ON_AGAIN: &str = "unauthorized: the ENSIMS session is no longer accepted; log on again";

fn secret(session: &Session) -> Option<String> {
    session.token().map(|token| token.secret().expose_secret().to_owned())
}

#[tokio::test]
async fn session_from_log_on_to_log_off_succeeds() {
    let sandbox = sandbox().await;
    let mut session = log_on(&sandbox).await;
    assert_eq!(session.identity().email.as_deref(), Some(EMAIL));
    session.update_jess_session(&jess()).await.expect("an update");
    assert_eq!(session.jess_session().await.expect("an answer").value, JessSession::Valid);
    let account = session.jess_account().await.expect("an account").value;
    assert_eq!(account.username.as_deref(), Some(JESS_USERNAME));
    session.jess_usage().await.expect("usage");
    session.user().await.expect("a record");
    let checked_in = session.check_in().await.expect("a check-in");
    assert_eq!(&checked_in.value, session.identity());
    session.confirm(&ensims()).await.expect("a confirmation");
    session.log_off().await.expect("a log-off");

    let seen = sandbox.seen();
    assert_eq!(sandbox.jess_user_of(EMAIL).as_deref(), Some(JESS_USERNAME));
    assert_eq!(seen.requests.len(), 9);
    assert_eq!(seen.connections, 1, "connections are reused");
    for (index, request) in seen.requests.iter().enumerate() {
        assert_eq!(request.cookie_lines, usize::from(index > 0), "{request:?}");
        assert!(!request.referer, "{request:?}");
        assert_eq!(request.account.as_deref(), Some(EMAIL), "{request:?}");
        assert_eq!(request.user_agent.as_deref(), Some(concat!("ensims-client/", env!("CARGO_PKG_VERSION"))));
    }
}

#[tokio::test]
async fn fresh_token_of_any_answer_is_sent_from_then_on() {
    let sandbox = sandbox().await;
    sandbox.add_account(Account::new(OTHER, "another password"));
    let other = ensims_client::EnsimsCredential::new(OTHER, "another password").expect("a credential");
    let other = client(&sandbox.url()).log_on(&other).await.expect("a session").value;
    let line = format!("session_token={}; Path=/", secret(&other).expect("a token"));
    // Any answer may bring it, good or bad.
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
        session.jess_session().await.expect("an answer");
        let seen = sandbox.seen();
        assert_eq!(
            seen.requests.last().and_then(|request| request.account.as_deref()),
            Some(OTHER),
            "{name}"
        );
    }
}

#[tokio::test]
async fn other_cookies_do_not_change_the_token() {
    let sandbox = sandbox().await;
    let mut session = log_on(&sandbox).await;
    let before = secret(&session);
    let lines = ["JSESSIONID=1", "Session_Token=2", "session_token=a b"].map(str::to_owned);
    sandbox.script(Target::Anyone, Operation::JessSession, [Fault::SetCookie(lines.into())]);
    session.jess_session().await.expect("an answer");
    assert_eq!(secret(&session), before);
}

#[tokio::test]
async fn cleared_token_is_not_sent_again() {
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
async fn log_on_without_a_usable_token_is_a_protocol_error() {
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
async fn kept_token_resumes_the_session() {
    let sandbox = sandbox().await;
    let kept = log_on(&sandbox).await.token().expect("a token").clone();
    let mut session = client(&sandbox.url()).resume(kept);
    assert_eq!(sandbox.seen().requests.len(), 1, "nothing is sent to resume");
    assert_eq!(session.identity().email, None);
    session.check_in().await.expect("a check-in");
    assert_eq!(session.identity().email.as_deref(), Some(EMAIL));

    sandbox.expire_tokens(EMAIL);
    assert_eq!(brief(session.jess_session().await), LOG_ON_AGAIN);
    let mut unknown = client(&sandbox.url()).resume(token("unknown"));
    assert_eq!(brief(unknown.user().await), LOG_ON_AGAIN);
}

#[tokio::test]
async fn answer_has_the_words_and_status_of_the_service() {
    let sandbox = sandbox().await;
    let logged_on = client(&sandbox.url()).log_on(&ensims()).await.expect("a session");
    assert_eq!(logged_on.message.as_deref(), Some("Logged in successfully!"));
    assert_eq!(logged_on.http_status, 200);

    let mut session = logged_on.value;
    let refusal = answer(409, &[], r#"{"ok":false,"status":"No."}"#);
    let silent = answer(201, &[], r#"{"ok":true}"#);
    sandbox.script(Target::Anyone, Operation::JessSession, [refusal, silent]);
    let not_valid = session.jess_session().await.expect("not valid is an answer");
    assert_eq!(not_valid, Answer::new(JessSession::NotValid, Some("No.".to_owned()), 409));
    let valid = session.jess_session().await.expect("an answer");
    assert_eq!(valid, Answer::new(JessSession::Valid, None, 201));
}

#[tokio::test]
async fn refused_update_has_the_words_and_status_in_its_error() {
    let sandbox = sandbox().await;
    let mut session = log_on(&sandbox).await;
    let refusal = answer(409, &[], r#"{"ok":false,"status":"No."}"#);
    sandbox.script(Target::Anyone, Operation::UpdateJessSession, [refusal]);
    let error = session.update_jess_session(&jess()).await.expect_err("a refusal");
    assert!(matches!(error, Error::Refused { by: Api::Jess, .. }), "{error:?}");
    assert_eq!(error.service_message(), Some("No."));
    assert_eq!(error.http_status(), Some(409));
}

#[tokio::test]
async fn log_on_with_another_path_uses_it() {
    let sandbox = sandbox().await;
    let service = ensims_client::Service::new(&sandbox.url()).expect("a service");
    let service = service.with_logon_path("logon/").expect("a path");
    let client = ensims_client::Client::builder(service).build().expect("a client");
    client.log_on(&ensims()).await.expect("a session");
    assert_eq!(sandbox.seen().requests[0].path, "/users/api/logon");
}
