//! Whether the status or the body of an answer decides, and what a broken body means.

use ensims_client::{JessSession, MAX_ANSWER_BYTES};
use ensims_sandbox::{Fault, Operation, Sandbox, Target};
use proptest::collection::vec;
use proptest::prelude::any;
use proptest::test_runner::{Config, TestRunner};

use crate::{answer, client, gzip, outcome, sandbox, session};

const NO: &str = r#"{"ok":false,"status":"No."}"#;
const YES: &str = r#"{"ok":true,"status":"Yes."}"#;
const BLANK: &str = r#"{"ok":false,"status":" "}"#;
const BARE: &str = r#"{"status":"Busy."}"#;

#[tokio::test]
async fn status_and_body_decide_the_result() {
    use Operation::{CheckIn, JessSession, LogOn, UpdateJessSession, User, UsersInfo};
    let table = [
        // These codes count regardless of the body.
        (UpdateJessSession, 503, NO, r#"http (transient): HTTP status 503: "No.""#),
        (UpdateJessSession, 503, YES, r#"http (transient): HTTP status 503: "Yes.""#),
        (LogOn, 503, NO, r#"http (transient): HTTP status 503: "No.""#),
        (JessSession, 500, NO, r#"http (transient): HTTP status 500: "No.""#),
        (JessSession, 501, NO, r#"http: HTTP status 501: "No.""#),
        (JessSession, 502, "<html>", "http (transient): HTTP status 502"),
        (JessSession, 504, "", "http (transient): HTTP status 504"),
        (LogOn, 429, NO, r#"http (transient): HTTP status 429: "No.""#),
        (UpdateJessSession, 408, NO, r#"http (transient): HTTP status 408: "No.""#),
        (UpdateJessSession, 425, NO, r#"http (transient): HTTP status 425: "No.""#),
        (UsersInfo, 503, "", "http (transient): HTTP status 503"),
        // At log-on there is no token that a 401 could be about.
        (LogOn, 401, NO, r#"refused: ENSIMS refused the request: "No.""#),
        (LogOn, 401, "", "refused: ENSIMS refused the request (HTTP status 401)"),
        (LogOn, 403, "<html>", "refused: ENSIMS refused the request (HTTP status 403)"),
        (LogOn, 401, YES, r#"refused: ENSIMS refused the request: "Yes.""#),
        // Elsewhere it is about the token.
        (UpdateJessSession, 401, NO, "unauthorized: the ENSIMS session is no longer accepted; log on again"),
        (JessSession, 401, "", "unauthorized: the ENSIMS session is no longer accepted; log on again"),
        (User, 401, YES, "unauthorized: the ENSIMS session is no longer accepted; log on again"),
        (UsersInfo, 401, BARE, r#"http: HTTP status 401: "Busy.""#),
        // With any other code `ok: false` is believed, and `ok: true` under a 2xx only.
        (LogOn, 200, NO, r#"refused: ENSIMS refused the request: "No.""#),
        (LogOn, 400, NO, r#"refused: ENSIMS refused the request: "No.""#),
        (CheckIn, 403, NO, r#"refused: ENSIMS refused the request: "No.""#),
        (UpdateJessSession, 403, NO, r#"refused: JESS refused the request: "No.""#),
        (UpdateJessSession, 409, NO, r#"refused: JESS refused the request: "No.""#),
        (UpdateJessSession, 200, BLANK, "refused: JESS refused the request (HTTP status 200)"),
        (UpdateJessSession, 200, r#"{"ok":false}"#, "refused: JESS refused the request (HTTP status 200)"),
        (UpdateJessSession, 409, YES, r#"http: HTTP status 409: "Yes.""#),
        (JessSession, 404, YES, r#"http: HTTP status 404: "Yes.""#),
        // With a credential, a broken service's `ok: false` may be a refusal: it is not sent again.
        (LogOn, 500, NO, r#"undecided: HTTP status 500: "No.""#),
        (UpdateJessSession, 500, NO, r#"undecided: HTTP status 500: "No.""#),
        (UpdateJessSession, 501, NO, r#"undecided: HTTP status 501: "No.""#),
        (UpdateJessSession, 505, NO, r#"undecided: HTTP status 505: "No.""#),
        (UpdateJessSession, 500, YES, r#"http (transient): HTTP status 500: "Yes.""#),
        (UpdateJessSession, 201, YES, "ok"),
        (JessSession, 404, NO, "ok"),
        // Without one the status decides.
        (UpdateJessSession, 404, "<html>", "http: HTTP status 404"),
        (UpdateJessSession, 403, BARE, r#"http: HTTP status 403: "Busy.""#),
        (UpdateJessSession, 200, BARE, "protocol: unexpected answer: it has no `ok`"),
        (UsersInfo, 404, "{}", "http: HTTP status 404"),
    ];
    for (operation, code, body, expected) in table {
        let read = outcome(operation, answer(code, &[], body)).await;
        assert_eq!(read, expected, "{operation} {code} {body}");
    }
}

#[tokio::test]
async fn redirect_is_an_http_error_and_not_followed() {
    let elsewhere = sandbox().await;
    for code in [301, 302, 303, 307, 308] {
        let location = format!("{}/users/api/auth", elsewhere.url());
        let read = outcome(Operation::LogOn, answer(code, &[("location", &location)], YES)).await;
        assert_eq!(read, format!("http: HTTP status {code}: \"Yes.\""));
    }
    let read = outcome(Operation::UpdateJessSession, Fault::Redirect(elsewhere.url())).await;
    assert_eq!(read, "http: HTTP status 307");
    assert_eq!(elsewhere.seen().connections, 0);
}

#[tokio::test]
async fn error_of_a_503_has_its_retry_after() {
    let sandbox = sandbox().await;
    sandbox.script(Target::Anyone, Operation::UsersInfo, [Fault::retry_after(503, "7")]);
    let error = client(&sandbox.url()).users_info().await.expect_err("a 503");
    assert_eq!(error.retry_after().map(|wait| wait.as_secs()), Some(7));
    assert_eq!(error.http_status(), Some(503));
}

#[tokio::test]
async fn body_of_a_200_must_be_an_envelope() {
    let unexpected = |problem: &str| format!("protocol: unexpected answer: {problem}");
    let table = [
        ("byte order mark", format!("\u{feff}{YES}"), "ok".to_owned()),
        ("blanks around", format!("\r\n \t{YES}\n\n"), "ok".to_owned()),
        ("unknown keys", r#"{"new":[1],"ok":true}"#.to_owned(), "ok".to_owned()),
        ("status of another type", r#"{"ok":true,"status":7}"#.to_owned(), "ok".to_owned()),
        ("ok as text", r#"{"ok":"true"}"#.to_owned(), unexpected("`ok` is text, not true or false")),
        ("ok as number", r#"{"ok":1}"#.to_owned(), unexpected("`ok` is a number, not true or false")),
        ("ok null", r#"{"ok":null}"#.to_owned(), unexpected("`ok` is null, not true or false")),
        ("empty", String::new(), unexpected("it is empty")),
        ("blank", " \n".to_owned(), unexpected("it is empty")),
        ("only a byte order mark", "\u{feff}".to_owned(), unexpected("it is empty")),
        ("a page", "<!doctype html>".to_owned(), unexpected("it is a web page, not JSON")),
        ("a list", "[true]".to_owned(), unexpected("it is a list, not an object")),
        ("plain text", "ok".to_owned(), unexpected("it is not JSON")),
        ("cut", r#"{"ok":true,"sta"#.to_owned(), unexpected("its JSON ends too early")),
        ("more after it", format!("{YES}{YES}"), unexpected("it is not JSON")),
    ];
    for (name, body, expected) in table {
        assert_eq!(outcome(Operation::UpdateJessSession, answer(200, &[], body)).await, expected, "{name}");
    }
    let not_text = answer(200, &[], b"{\"ok\":true,\"status\":\"\xff\"}");
    assert_eq!(outcome(Operation::JessSession, not_text).await, unexpected("it is not JSON"));
    let deep = answer(200, &[], "[".repeat(100_000));
    assert_eq!(outcome(Operation::JessSession, deep).await, unexpected("it is not JSON"));
}

#[tokio::test]
async fn data_of_another_form_is_a_protocol_error() {
    let problem = "protocol: unexpected answer: its data does not have the documented form";
    let table = [
        (Operation::JessAccount, r#"{"ok":true,"data":{"id":"secret text"}}"#, problem),
        (Operation::JessAccount, r#"{"ok":true,"data":null}"#, problem),
        (Operation::JessAccount, r#"{"ok":true,"data":{}}"#, "ok"),
        (Operation::JessUsage, r#"{"ok":true,"data":null}"#, "ok"),
        (Operation::JessUsage, r#"{"ok":true,"data":{}}"#, problem),
        (Operation::User, r#"{"email":7}"#, problem),
        (Operation::UsersInfo, r#"{"Major":"one"}"#, problem),
        (Operation::CheckIn, r#"{"ok":true,"user":{}}"#, problem),
    ];
    for (operation, body, expected) in table {
        assert_eq!(outcome(operation, answer(200, &[], body)).await, expected, "{operation} {body}");
    }
}

#[tokio::test]
async fn content_type_does_not_matter() {
    for content_type in ["text/plain", "text/html; charset=iso-8859-1", "application/octet-stream", "?"] {
        let read = outcome(Operation::JessSession, answer(200, &[("content-type", content_type)], YES)).await;
        assert_eq!(read, "ok", "{content_type}");
    }
}

#[tokio::test]
async fn sandbox_faults_are_protocol_errors() {
    let unexpected = |problem: &str| format!("protocol: unexpected answer: {problem}");
    let table = [
        (Fault::Html, unexpected("it is a web page, not JSON")),
        (Fault::EmptyBody, unexpected("it is empty")),
        (Fault::CutJson, unexpected("its JSON ends too early")),
        (Fault::WrongTypes, unexpected("`ok` is text, not true or false")),
        (Fault::Oversized(MAX_ANSWER_BYTES), "ok".to_owned()),
    ];
    for (fault, expected) in table {
        let name = format!("{fault:?}");
        assert_eq!(outcome(Operation::LogOn, fault).await, expected, "{name}");
    }
}

#[tokio::test]
async fn gzip_is_decoded() {
    let fault = answer(200, &[("content-encoding", "gzip")], gzip([YES.into()]));
    assert_eq!(outcome(Operation::JessSession, fault).await, "ok");
}

#[test]
fn random_body_is_an_error_and_no_panic() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let sandbox: Sandbox = runtime.block_on(sandbox());
    let config = Config { failure_persistence: None, cases: 128, ..Config::default() };
    TestRunner::new(config)
        .run(&vec(any::<u8>(), 0..200), |body| {
            sandbox.script(Target::Anyone, Operation::JessSession, [answer(200, &[], body)]);
            let read = runtime.block_on(session(&sandbox).jess_session());
            assert!(!read.is_ok_and(|answer| answer.value == JessSession::Valid));
            Ok(())
        })
        .expect("no panic");
}
