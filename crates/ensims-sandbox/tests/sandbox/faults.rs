//! Each fault has its documented effect.

use std::io::ErrorKind;
use std::time::Duration;

use ensims_sandbox::{Account, Fault, JessUser, Operation, Sandbox, Target};
use tokio::io::AsyncWriteExt;
use tokio::task::yield_now;
use tokio::time::Instant;

use crate::raw::{Answer, Exchange, JESS_SESSION, connect, exchange, get, log_on, request, send, update};

const SAM: &str = "sam@example.org";
const UPDATED: &str = r#"{"data":null,"ok":true,"status":"New JESS session key is assigned."}"#;

/// A sandbox, and the token of an account that may update its JESS session.
async fn start() -> (Sandbox, String) {
    let sandbox = Sandbox::builder()
        .account(Account::new(SAM, "password"))
        .jess_user(JessUser::new("jess-sam", "jess"))
        .start()
        .await
        .expect("a free port");
    let token = log_on(&sandbox, SAM, "password").await.token();
    (sandbox, token)
}

/// The answer to an update with this fault, and whether the update was done.
async fn update_with(fault: Fault) -> (Answer, bool) {
    let (sandbox, token) = start().await;
    sandbox.script(Target::Anyone, Operation::UpdateJessSession, [fault]);
    let answer = update(&sandbox, &token, "jess-sam", "jess").await;
    assert_eq!(sandbox.seen().requests[1].status, Some(answer.code));
    (answer, sandbox.jess_user_of(SAM).is_some())
}

/// The exchange of an update whose connection is reset, and the sandbox.
async fn reset_by(fault: Fault) -> (Exchange, Sandbox) {
    let (sandbox, token) = start().await;
    sandbox.script(Target::Anyone, Operation::UpdateJessSession, [fault]);
    let body = r#"{"jessUser":"jess-sam","jessPwd":"jess"}"#;
    let request = request("POST", JESS_SESSION, &token, body);
    let exchange = exchange(connect(&sandbox).await, &request).await;
    (exchange, sandbox)
}

#[tokio::test]
async fn reset_before_sends_and_does_nothing() {
    let (exchange, sandbox) = reset_by(Fault::ResetBefore).await;
    assert_eq!(exchange.end.expect_err("a reset").kind(), ErrorKind::ConnectionReset);
    assert!(exchange.bytes.is_empty());
    assert_eq!(sandbox.jess_user_of(SAM), None);
    assert_eq!(sandbox.seen().requests[1].status, None);
}

#[tokio::test]
async fn reset_within_is_done_and_sends_half_of_the_body() {
    let (exchange, sandbox) = reset_by(Fault::ResetWithin).await;
    assert_eq!(exchange.end.expect_err("a reset").kind(), ErrorKind::ConnectionReset);
    let text = String::from_utf8(exchange.bytes).expect("text");
    assert!(text.starts_with("HTTP/1.1 200 OK\r\n"), "{text}");
    assert!(text.contains(&format!("content-length: {}\r\n", UPDATED.len())), "{text}");
    assert!(text.ends_with(&format!("\r\n\r\n{}", &UPDATED[..UPDATED.len() / 2])), "{text}");
    assert_eq!(sandbox.jess_user_of(SAM).as_deref(), Some("jess-sam"));
}

#[tokio::test]
async fn status_replaces_the_answer() {
    let (answer, done) = update_with(Fault::retry_after(429, "120")).await;
    assert_eq!((answer.code, done), (429, false));
    assert_eq!(answer.headers("retry-after"), ["120"]);
    assert!(answer.body.is_empty());

    let (answer, done) = update_with(Fault::unauthorized()).await;
    assert_eq!((answer.code, done), (401, false));
    assert_eq!(answer.headers("content-length"), ["0"]);

    let body = r#"{"ok":true}"#.to_owned();
    let (answer, _) = update_with(Fault::Status { code: 500, retry_after: None, body }).await;
    assert_eq!(answer.headers("content-type"), ["application/json"]);
    assert_eq!(answer.json()["ok"], true);
}

#[tokio::test]
async fn delay_and_latency_precede_the_true_answer() {
    let (sandbox, token) = start().await;
    let hour = Duration::from_hours(1);
    sandbox.script(SAM.into(), Operation::UpdateJessSession, [Fault::Delay(hour)]);
    tokio::time::pause();
    let before = Instant::now();
    let answer = update(&sandbox, &token, "jess-sam", "jess").await;
    assert_eq!(answer.body, UPDATED.as_bytes());
    assert!(before.elapsed() >= hour);

    sandbox.latency(hour);
    let before = Instant::now();
    get(&sandbox, "/users/api/info", "").await;
    assert!(before.elapsed() >= hour);
}

#[tokio::test(start_paused = true)]
async fn drip_sends_one_byte_at_a_time() {
    let minute = Duration::from_mins(1);
    let before = Instant::now();
    let (answer, done) = update_with(Fault::Drip { every: minute }).await;
    assert!(done);
    assert_eq!(answer.body, UPDATED.as_bytes());
    assert_eq!(answer.headers("content-length"), [UPDATED.len().to_string()]);
    let pauses = u32::try_from(UPDATED.len() - 1).expect("a short text");
    assert!(before.elapsed() >= minute * pauses);
}

#[tokio::test]
async fn oversized_answer_is_valid_json_of_the_given_size() {
    for size in [1000, 64 * 1024, 3_000_000] {
        let (answer, done) = update_with(Fault::Oversized(size)).await;
        assert!(done);
        assert_eq!(answer.body.len(), size);
        assert_eq!(answer.message(), "New JESS session key is assigned.");
        assert_eq!(answer.headers("content-length"), [""; 0]);
    }
    let (answer, _) = update_with(Fault::Oversized(0)).await;
    assert_eq!(answer.json()["padding"], "");
}

#[tokio::test]
async fn broken_body_comes_in_a_complete_answer() {
    let (answer, done) = update_with(Fault::CutJson).await;
    assert!(done);
    assert_eq!(answer.body, &UPDATED.as_bytes()[..UPDATED.len() / 2]);
    assert_eq!(answer.headers("content-length"), [answer.body.len().to_string()]);

    let (answer, done) = update_with(Fault::WrongTypes).await;
    assert!(done);
    assert_eq!(answer.json()["ok"], "true");
    assert!(answer.json()["status"].is_u64());

    let (answer, done) = update_with(Fault::Html).await;
    assert_eq!((answer.code, done), (200, false));
    assert_eq!(answer.headers("content-type"), ["text/html; charset=utf-8"]);

    let (answer, done) = update_with(Fault::EmptyBody).await;
    assert_eq!((answer.code, done), (200, false));
    assert!(answer.body.is_empty());
}

#[tokio::test]
async fn scripted_answer_is_sent_exactly() {
    let (answer, done) = update_with(Fault::Redirect("https://uni.example/".to_owned())).await;
    assert_eq!((answer.code, done), (307, false));
    assert_eq!(answer.headers("location"), ["https://uni.example/"]);

    let headers = [("X-Test", "1"), ("Content-Length", "3"), ("X-Test", "2")];
    let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    let (answer, _) = update_with(Fault::Answer { code: 418, headers, body: b"tea".to_vec() }).await;
    assert_eq!((answer.code, answer.body.as_slice()), (418, b"tea".as_slice()));
    assert_eq!(answer.headers("x-test"), ["1", "2"]);

    let (answer, _) = update_with(Fault::status(42)).await;
    assert_eq!(answer.code, 500);
    assert!(String::from_utf8_lossy(&answer.body).contains("scripted answer cannot be sent"));
}

#[tokio::test]
async fn false_content_length_is_sent() {
    let headers = vec![("content-length".to_owned(), "30".to_owned())];
    let fault = Fault::Answer { code: 200, headers, body: b"short".to_vec() };
    let (exchange, _sandbox) = reset_by(fault).await;
    let text = String::from_utf8(exchange.bytes).expect("text");
    assert!(text.contains("content-length: 30\r\n"), "{text}");
    assert!(text.ends_with("short"), "{text}");
}

#[tokio::test]
async fn set_cookie_replaces_the_cookies() {
    let (sandbox, _) = start().await;
    let lines = ["session_token=one; Path=/", "session_token=two"].map(String::from);
    let faults = [Fault::SetCookie(lines.to_vec()), Fault::SetCookie(Vec::new())];
    sandbox.script(Target::Anyone, Operation::LogOn, faults);
    let answer = log_on(&sandbox, SAM, "password").await;
    assert_eq!(answer.headers("set-cookie"), lines);
    assert_eq!(answer.json()["ok"], true);
    let answer = log_on(&sandbox, SAM, "password").await;
    assert_eq!(answer.headers("set-cookie"), [""; 0]);
}

#[tokio::test]
async fn other_account_gets_the_answer_in_its_place() {
    let (sandbox, _) = start().await;
    sandbox.add_account(Account::new("kim@uni.example", "another"));
    let other = |email: &str| Fault::OtherAccount(email.to_owned());
    sandbox.script(Target::Anyone, Operation::LogOn, [other("kim@uni.example"), other("nobody@uni.example")]);
    let answer = log_on(&sandbox, SAM, "password").await;
    assert_eq!(answer.json()["email"], "kim@uni.example");
    assert_eq!(answer.headers("set-cookie").len(), 1);
    assert_eq!(log_on(&sandbox, SAM, "password").await.code, 500);
}

#[tokio::test]
async fn queues_precede_always_and_own_faults_precede_anyones() {
    let (sandbox, _) = start().await;
    let on = Operation::LogOn;
    sandbox.always(Target::Anyone, on, Fault::status(504));
    sandbox.always(Target::from(SAM), on, Fault::status(500));
    sandbox.always(Target::from(SAM), on, Fault::status(503));
    sandbox.script(Target::Anyone, on, [Fault::status(502)]);
    sandbox.script("SAM@example.org".into(), on, [Fault::status(429)]);
    sandbox.script(SAM.into(), on, [Fault::status(408)]);

    let mut codes = Vec::new();
    for email in [SAM, SAM, SAM, SAM, "Sam@example.org", "kim@example.org"] {
        codes.push(log_on(&sandbox, email, "password").await.code);
    }
    assert_eq!(codes, [429, 408, 502, 503, 503, 504]);
}

#[tokio::test]
async fn every_operation_meets_its_scripted_fault_once() {
    let (sandbox, token) = start().await;
    for operation in Operation::ALL {
        sandbox.script(Target::Anyone, operation, [Fault::status(503)]);
        let answer = send(&sandbox, operation.method(), operation.path(), &token, "").await;
        assert_eq!(answer.code, 503, "{operation}");
        let answer = send(&sandbox, operation.method(), operation.path(), &token, "").await;
        assert_ne!(answer.code, 503, "{operation} gets a scripted fault once");
    }
    sandbox.script(Target::Anyone, Operation::LogOn, [Fault::status(503)]);
    assert_eq!(send(&sandbox, "POST", "/users/api/logon", "", "").await.code, 503);
    assert_eq!(Operation::LogOn.to_string(), "POST /users/api/auth");
}

#[tokio::test]
async fn disconnect_during_a_delay_leaves_the_operation_undone() {
    let (sandbox, token) = start().await;
    sandbox.script(Target::Anyone, Operation::UpdateJessSession, [Fault::Delay(Duration::MAX)]);
    let mut stream = connect(&sandbox).await;
    let request = request("POST", JESS_SESSION, &token, r#"{"jessUser":"jess-sam","jessPwd":"jess"}"#);
    stream.write_all(request.as_bytes()).await.expect("the request is sent");
    while sandbox.seen().count(Operation::UpdateJessSession) == 0 {
        yield_now().await;
    }
    drop(stream);
    assert_eq!(sandbox.jess_user_of(SAM), None);
    // A stop waits for all requests in flight. It returns, so the delayed request is gone.
    sandbox.stop().await;
}
