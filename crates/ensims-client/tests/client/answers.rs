//! Which of status and body decides, and what becomes of broken bodies.

use std::io::Write;

use ensims_client::{JessSession, MAX_ANSWER_BYTES};
use ensims_sandbox::{Fault, Operation, Sandbox, Target};
use flate2::Compression;
use flate2::write::GzEncoder;
use proptest::collection::vec;
use proptest::prelude::any;
use proptest::test_runner::{Config, TestRunner};

use crate::{answer, client, outcome, sandbox, token};

const NO: &str = r#"{"ok":false,"status":"No."}"#;
const YES: &str = r#"{"ok":true,"status":"Yes."}"#;
const BARE: &str = r#"{"status":"Busy."}"#;

#[tokio::test]
async fn status_and_body() {
    use Operation::{CheckIn, JessSession, LogOn, UpdateJessSession, User, UsersInfo};
    let table = [
        // These codes count whatever the body says.
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
        (LogOn, 401, NO, r#"refused: ENSIMS said no: "No.""#),
        (LogOn, 401, "", r#"refused: ENSIMS said no: "HTTP status 401""#),
        (LogOn, 403, "<html>", r#"refused: ENSIMS said no: "HTTP status 403""#),
        (LogOn, 401, YES, r#"refused: ENSIMS said no: "Yes.""#),
        // Elsewhere it is about the token.
        (UpdateJessSession, 401, NO, "unauthorized: the ENSIMS session is no longer accepted; log on again"),
        (JessSession, 401, "", "unauthorized: the ENSIMS session is no longer accepted; log on again"),
        (User, 401, YES, "unauthorized: the ENSIMS session is no longer accepted; log on again"),
        (UsersInfo, 401, BARE, r#"http: HTTP status 401: "Busy.""#),
        // With any other code a boolean `ok` is believed.
        (LogOn, 200, NO, r#"refused: ENSIMS said no: "No.""#),
        (LogOn, 400, NO, r#"refused: ENSIMS said no: "No.""#),
        (CheckIn, 403, NO, r#"refused: ENSIMS said no: "No.""#),
        (UpdateJessSession, 403, NO, r#"refused: JESS said no: "No.""#),
        (UpdateJessSession, 409, NO, r#"refused: JESS said no: "No.""#),
        (UpdateJessSession, 200, r#"{"ok":false}"#, r#"refused: JESS said no: """#),
        (UpdateJessSession, 409, YES, "ok"),
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
async fn a_redirect_is_not_followed() {
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
async fn retry_after_reaches_the_caller() {
    let sandbox = sandbox().await;
    sandbox.script(Target::Anyone, Operation::UsersInfo, [Fault::retry_after(503, "7")]);
    let error = client(&sandbox.url()).users_info().await.expect_err("a 503");
    assert_eq!(error.retry_after().map(|wait| wait.as_secs()), Some(7));
    assert_eq!(error.http_status(), Some(503));
}

#[tokio::test]
async fn bodies_of_status_200() {
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
async fn data_of_another_form() {
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
async fn the_content_type_does_not_matter() {
    for content_type in ["text/plain", "text/html; charset=iso-8859-1", "application/octet-stream", "?"] {
        let read = outcome(Operation::JessSession, answer(200, &[("content-type", content_type)], YES)).await;
        assert_eq!(read, "ok", "{content_type}");
    }
}

#[tokio::test]
async fn faults_of_the_sandbox() {
    let unexpected = |problem: &str| format!("protocol: unexpected answer: {problem}");
    let table = [
        (Fault::Html, unexpected("it is a web page, not JSON")),
        (Fault::EmptyBody, unexpected("it is empty")),
        (Fault::CutJson, unexpected("its JSON ends too early")),
        (Fault::WrongTypes, unexpected("`ok` is text, not true or false")),
        (Fault::Oversized(MAX_ANSWER_BYTES), "ok".to_owned()),
        (Fault::Oversized(MAX_ANSWER_BYTES + 1), unexpected("it is larger than 1048576 bytes")),
    ];
    for (fault, expected) in table {
        let name = format!("{fault:?}");
        assert_eq!(outcome(Operation::LogOn, fault).await, expected, "{name}");
    }
}

fn gzip(parts: impl IntoIterator<Item = Vec<u8>>) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    for part in parts {
        encoder.write_all(&part).expect("memory");
    }
    encoder.finish().expect("memory")
}

#[tokio::test]
async fn gzip_is_read_within_the_limit() {
    let small = gzip([YES.into()]);
    let bomb = gzip([br#"{"ok":true,"status":""#.to_vec()].into_iter().chain(vec![vec![b'a'; 1 << 20]; 64]));
    assert!(bomb.len() < MAX_ANSWER_BYTES / 8);
    let cut = small[..small.len() / 2].to_vec();
    let table = [
        ("small", small, "ok"),
        ("bomb", bomb, "protocol: unexpected answer: it is larger than 1048576 bytes"),
        ("not gzip", YES.into(), "protocol: unexpected answer: its body cannot be decoded"),
        // Without a length this cannot be told from a connection that broke.
        ("cut", cut, "connect (transient): the connection broke off: unexpected end of file"),
    ];
    for (name, body, expected) in table {
        let read = outcome(Operation::JessSession, answer(200, &[("content-encoding", "gzip")], body)).await;
        assert_eq!(read, expected, "{name}");
    }
}

#[test]
fn any_bytes_are_an_error_and_no_panic() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let sandbox: Sandbox = runtime.block_on(sandbox());
    let client = client(&sandbox.url());
    let config = Config { failure_persistence: None, cases: 128, ..Config::default() };
    TestRunner::new(config)
        .run(&vec(any::<u8>(), 0..200), |body| {
            sandbox.script(Target::Anyone, Operation::JessSession, [answer(200, &[], body)]);
            let mut session = client.resume(token("a.b.c"));
            let read = runtime.block_on(session.jess_session());
            assert_ne!(read, Ok(JessSession::Valid));
            Ok(())
        })
        .expect("no panic");
}
