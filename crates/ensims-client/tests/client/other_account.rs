//! Whose answer it is: one about another account is not taken, and an answer that nobody asked for counts for nobody.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::mpsc::{Receiver, channel};
use std::thread;

use ensims_client::EnsimsCredential;
use ensims_sandbox::{Account, Fault, Operation, Target};

use crate::{EMAIL, ENSIMS_PASSWORD, answer, brief, client, ensims, is_whole, log_on, sandbox};

const OTHER: &str = "kim@uni.example";
const ABOUT_OTHER: &str =
    "other account: unexpected answer: it is about the account \"kim@uni.example\", not \"sam@example.org\"";
const LOG_ON_AGAIN: &str = "unauthorized: the ENSIMS session is no longer accepted; log on again";

#[tokio::test]
async fn answer_about_another_account_ends_the_session() {
    let other = || Fault::OtherAccount(OTHER.to_owned());
    let sandbox = sandbox().await;
    sandbox.add_account(Account::new(OTHER, "another password"));
    sandbox.script(Target::Anyone, Operation::LogOn, [other()]);
    assert_eq!(brief(client(&sandbox.url()).log_on(&ensims()).await), ABOUT_OTHER);
    for operation in [Operation::CheckIn, Operation::Confirm, Operation::User] {
        let mut session = log_on(&sandbox).await;
        sandbox.script(Target::Anyone, operation, [other()]);
        let result = match operation {
            Operation::CheckIn => brief(session.check_in().await),
            Operation::Confirm => brief(session.confirm(&ensims()).await),
            _ => brief(session.user().await),
        };
        assert_eq!(result, ABOUT_OTHER, "{operation}");
        assert_eq!(session.identity().email.as_deref(), Some(EMAIL));
        let requests = sandbox.seen().requests.len();
        assert_eq!(brief(session.jess_session().await), LOG_ON_AGAIN, "{operation}");
        assert_eq!(sandbox.seen().requests.len(), requests, "nothing more is sent");
    }
}

#[tokio::test]
async fn only_a_named_address_other_than_the_known_ones_counts() {
    let body = |email: &str| format!(r#"{{"ok":true,"email":{email}}}"#);
    let table = [
        (body("null"), "ok"),
        (body("\"NA\""), "ok"),
        (body("\" SAM@Example.ORG \""), "ok"),
        (body("\"old-sam@example.org\""), "ok"),
        (body("\"kim@uni.example\""), ABOUT_OTHER),
        (r#"{"ok":false,"email":"kim@uni.example"}"#.to_owned(), ABOUT_OTHER),
    ];
    let known = ensims().known_as("Old-Sam@example.org");
    for (body, expected) in table {
        let sandbox = sandbox().await;
        let cookie = [("set-cookie", "session_token=a.b.c")];
        sandbox.script(Target::Anyone, Operation::LogOn, [answer(200, &cookie, body.clone())]);
        assert_eq!(brief(client(&sandbox.url()).log_on(&known).await), expected, "{body}");
    }
}

#[tokio::test]
async fn letters_beyond_ascii_compare_without_case() {
    let sandbox = sandbox().await;
    let body = r#"{"ok":true,"email":"\u00e4DA@uni.example"}"#;
    sandbox.script(
        Target::Anyone,
        Operation::LogOn,
        [answer(200, &[("set-cookie", "session_token=a")], body)],
    );
    let ada = EnsimsCredential::new("\u{c4}da@uni.example", ENSIMS_PASSWORD).expect("a credential");
    assert_eq!(brief(client(&sandbox.url()).log_on(&ada).await), "ok");
}

#[tokio::test]
async fn resumed_session_belongs_to_the_first_account_named() {
    let sandbox = sandbox().await;
    sandbox.add_account(Account::new(OTHER, "another password"));
    let kept = log_on(&sandbox).await.token().expect("a token").clone();
    let mut session = client(&sandbox.url()).resume(kept);
    session.check_in().await.expect("a check-in");
    sandbox.script(Target::Anyone, Operation::User, [Fault::OtherAccount(OTHER.to_owned())]);
    assert_eq!(brief(session.user().await), ABOUT_OTHER);
}

/// A refusal of a log-on, as bytes.
const REFUSED: &str = "HTTP/1.1 200 OK\r\ncontent-length: 12\r\n\r\n{\"ok\":false}";
/// A success that belongs to nobody's log-on.
const STRAY: &str =
    "HTTP/1.1 200 OK\r\ncontent-length: 11\r\nset-cookie: session_token=stray\r\n\r\n{\"ok\":true}";

/// A server that refuses every log-on, and on its first connection sends a stray answer as well: at once, or when the
/// channel is closed. The receiver then hears of it.
fn answers_twice(at_once: bool) -> (SocketAddr, std::sync::mpsc::Sender<()>, Receiver<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    let ((go, wait), (sent, received)) = (channel::<()>(), channel());
    thread::spawn(move || {
        let mut stray = Some((wait, sent));
        // As many connections as the test makes.
        for connection in listener.incoming().take(2) {
            let mut connection = connection.expect("a connection");
            let mut wait = stray.take();
            let mut request = Vec::new();
            let mut buffer = [0; 1024];
            loop {
                let length = connection.read(&mut buffer).unwrap_or(0);
                if length == 0 {
                    break;
                }
                request.extend_from_slice(&buffer[..length]);
                if !is_whole(&request) {
                    continue;
                }
                request.clear();
                let first = wait.take();
                let both =
                    if first.is_some() && at_once { [REFUSED, STRAY].concat() } else { REFUSED.to_owned() };
                connection.write_all(both.as_bytes()).expect("an answer is taken");
                if let Some((go, sent)) = first.filter(|_| !at_once) {
                    go.recv().expect_err("the channel is closed");
                    connection.write_all(STRAY.as_bytes()).expect("an answer is taken");
                    sent.send(()).expect("the test waits");
                }
            }
        }
    });
    (address, go, received)
}

#[tokio::test]
async fn stray_answer_counts_for_nobody() {
    for at_once in [true, false] {
        let (address, go, received) = answers_twice(at_once);
        let client = client(&format!("http://{address}"));
        let refused = "refused: ENSIMS refused the request (HTTP status 200)";
        assert_eq!(brief(client.log_on(&ensims()).await), refused);
        drop(go);
        if !at_once {
            // Blocks the runtime on purpose: the bytes wait at the socket before anything can look at it.
            received.recv().expect("the stray answer is sent");
        }
        let kim = EnsimsCredential::new(OTHER, "another password").expect("a credential");
        assert_eq!(brief(client.log_on(&kim).await), refused, "at once: {at_once}");
    }
}
