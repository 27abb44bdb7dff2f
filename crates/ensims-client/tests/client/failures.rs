//! Every kind of failure, produced for real over loopback.
//!
//! The kind of an error is read from the causes in the HTTP library's errors, which are not part of its API. If an
//! update of the library changes them, a test here fails.

use std::error::Error as StdError;
use std::net::SocketAddr;
use std::time::Duration;

use ensims_client::{Client, ClientBuilder, Error, MAX_ANSWER_BYTES, Service};
use ensims_sandbox::{Fault, Operation, Sandbox, Target};
use tokio::net::TcpListener;

use crate::{answer, chain, client, ensims, gzip, raw, sandbox, tls_sandbox};

const SHORT: Duration = Duration::from_millis(100);
const LONG: Duration = Duration::from_mins(1);

fn builder(address: &str) -> ClientBuilder {
    Client::builder(Service::new(address).expect("a service"))
}

/// The failure of a request to a server that answers with these bytes and closes the connection.
async fn failure_of_bytes(reply: impl Into<Vec<u8>>) -> Error {
    let (address, _) = raw(reply).await;
    client(&format!("http://{address}")).users_info().await.expect_err("a failure")
}

/// The failure of a request to the sandbox that meets this fault.
async fn failure_of_fault(fault: Fault) -> Error {
    let sandbox = sandbox().await;
    sandbox.script(Target::Anyone, Operation::UsersInfo, [fault]);
    client(&sandbox.url()).users_info().await.expect_err("a failure")
}

/// An address at which nobody listens.
async fn closed_port() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    listener.local_addr().expect("an address")
}

#[track_caller]
fn assert_has_source_without_address(error: &Error) {
    assert!(error.source().is_some() && error.clone().source().is_some(), "{error:?}");
    let texts = chain(error);
    assert!(!texts.contains("://") && !texts.contains("127.0.0.1"), "{texts}");
}

#[track_caller]
fn assert_connect(error: &Error, beginning: &str) {
    let Error::Connect { problem, .. } = error else { panic!("{error:?}") };
    assert!(problem.starts_with(beginning), "{problem}");
    assert_eq!(&error.to_string(), problem);
    assert!(error.is_transient());
    assert_has_source_without_address(error);
}

#[track_caller]
fn assert_tls(error: &Error, problem: &str) {
    let Error::Tls { problem: actual, .. } = error else { panic!("{error:?}") };
    assert!(actual.starts_with(problem), "{actual}");
    assert_eq!(error.to_string(), format!("no secure connection: {actual}"));
    assert!(!error.is_transient());
    assert_has_source_without_address(error);
}

#[track_caller]
fn assert_timeout(error: &Error) {
    assert!(matches!(error, Error::Timeout { limit: SHORT }), "{error:?}");
    assert_eq!(error.to_string(), "no complete answer within 0.1 s");
    assert!(error.is_transient());
}

#[track_caller]
fn assert_protocol(error: &Error, problem: &str, status: Option<u16>) {
    let Error::Protocol { problem: actual, http_status, .. } = error else { panic!("{error:?}") };
    assert_eq!((actual.as_str(), *http_status), (problem, status));
    assert_eq!(error.to_string(), format!("unexpected answer: {problem}"));
    assert!(!error.is_transient());
}

#[tokio::test]
async fn refused_connection_is_connect() {
    let address = closed_port().await;
    let error = client(&format!("http://{address}")).log_on(&ensims()).await.expect_err("a failure");
    assert_connect(&error, "no connection to the service: ");
    assert!(error.to_string().contains("(os error "), "{error}");
}

#[tokio::test]
async fn reset_before_or_within_the_answer_is_connect() {
    for fault in [Fault::ResetBefore, Fault::ResetWithin] {
        let error = failure_of_fault(fault).await;
        assert_connect(&error, "the connection broke off: ");
        assert!(error.to_string().contains("(os error "), "{error}");
    }
}

#[tokio::test]
async fn close_within_the_answer_is_connect() {
    let replies = [
        "",
        "HTTP/1.1 20",
        "HTTP/1.1 200 OK\r\ncontent-",
        "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"ok\":true}",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nb\r\n{\"ok\":true}\r\n",
    ];
    for reply in replies {
        assert_connect(&failure_of_bytes(reply).await, "the connection broke off: ");
    }
}

/// Without a length, a gzip stream that was cut cannot be distinguished from a connection that broke.
#[tokio::test]
async fn gzip_that_ends_too_early_is_connect() {
    let whole = gzip([br#"{"ok":true}"#.to_vec()]);
    let half = whole[..whole.len() / 2].to_vec();
    let error = failure_of_fault(answer(200, &[("content-encoding", "gzip")], half)).await;
    assert_connect(&error, "the connection broke off: unexpected end of file");
}

#[tokio::test]
async fn close_within_the_tls_handshake_is_connect() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    tokio::spawn(async move { drop(listener.accept().await.expect("a connection")) });
    let error = client(&format!("https://localhost:{port}")).users_info().await.expect_err("a failure");
    assert_connect(&error, "no connection to the service: ");
}

#[tokio::test]
async fn proxy_that_refuses_the_tunnel_is_a_proxy_error() {
    let reply = "HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n";
    let (proxy, request) = raw(reply).await;
    let client = builder("https://uni.example").proxy(format!("http://{proxy}")).build();
    let error = client.expect("a client").log_on(&ensims()).await.expect_err("a failure");
    assert!(matches!(error, Error::Proxy { .. }), "{error:?}");
    let request = request.await.expect("a request");
    assert!(request.starts_with("CONNECT uni.example:443 HTTP/1.1\r\n"), "{request}");
    assert!(!request.contains(crate::ENSIMS_PASSWORD));
}

#[tokio::test]
async fn untrusted_certificate_is_tls_and_no_password_is_sent() {
    let sandbox = tls_sandbox().await;
    let error = client(&sandbox.url()).log_on(&ensims()).await.expect_err("a failure");
    assert_tls(&error, "invalid peer certificate: ");

    let other = tls_sandbox().await;
    let wrong = builder(&sandbox.url()).ca_bundle(other.ca_pem().expect("a certificate")).build();
    let error = wrong.expect("a client").log_on(&ensims()).await.expect_err("a failure");
    assert_tls(&error, "invalid peer certificate: ");
    assert_eq!(sandbox.seen().requests.len(), 0);
}

#[tokio::test]
async fn tls_to_a_plain_server_is_tls() {
    let plain: Sandbox = sandbox().await;
    let error = client(&plain.url().replace("http:", "https:")).users_info().await.expect_err("a failure");
    assert_tls(&error, "received corrupt message");
}

#[tokio::test]
async fn late_answer_is_timeout_with_the_limit_that_ran_out() {
    let table = [
        (Fault::Delay(LONG), SHORT, None),
        (Fault::Drip { every: Duration::from_millis(20) }, SHORT, None),
        (Fault::Drip { every: LONG }, SHORT, None),
        (Fault::Drip { every: LONG }, LONG, Some(SHORT)),
        (Fault::Delay(LONG), LONG, Some(SHORT)),
    ];
    for (fault, timeout, read_timeout) in table {
        let sandbox = sandbox().await;
        let name = format!("{fault:?} {timeout:?} {read_timeout:?}");
        sandbox.script(Target::Anyone, Operation::UsersInfo, [fault]);
        let mut builder = builder(&sandbox.url()).timeout(timeout);
        if let Some(limit) = read_timeout {
            builder = builder.read_timeout(limit);
        }
        assert_timeout(&builder.build().expect("a client").users_info().await.expect_err(&name));
    }
}

/// The system accepts the connection, but nobody answers the TLS handshake, which is part of connecting.
#[tokio::test]
async fn endless_handshake_is_timeout_with_the_connect_limit() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let client = builder(&format!("https://localhost:{port}")).connect_timeout(SHORT).build();
    assert_timeout(&client.expect("a client").users_info().await.expect_err("a failure"));
}

#[tokio::test]
async fn bytes_that_are_not_http_are_protocol() {
    let replies = [
        "SSH-2.0-OpenSSH_9.6\r\n",
        "220 mail.example.org ESMTP\r\n",
        "HTTP/1.1 abc\r\n\r\n",
        "\0\0\0\0\0\0\0\0",
    ];
    for reply in replies {
        let error = failure_of_bytes(reply).await;
        assert_protocol(&error, "it is not HTTP", None);
        assert_has_source_without_address(&error);
    }
}

#[tokio::test]
async fn plain_http_to_a_tls_server_is_protocol() {
    let secure = tls_sandbox().await;
    let error = client(&secure.url().replace("https:", "http:")).users_info().await.expect_err("a failure");
    assert_protocol(&error, "it is not HTTP", None);
}

#[tokio::test]
async fn chunk_without_a_size_is_protocol() {
    let reply = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nno size\r\n";
    let error = failure_of_bytes(reply).await;
    assert_protocol(&error, "its body cannot be decoded", Some(200));
    assert_has_source_without_address(&error);
}

#[tokio::test]
async fn broken_gzip_is_protocol() {
    let mut damaged = gzip([br#"{"ok":true}"#.to_vec()]);
    let checksum = damaged.len() - 8;
    damaged[checksum] ^= 1;
    for body in [br#"{"ok":true}"#.to_vec(), damaged] {
        let error = failure_of_fault(answer(200, &[("content-encoding", "gzip")], body)).await;
        assert_protocol(&error, "its body cannot be decoded", Some(200));
        assert_has_source_without_address(&error);
    }
}

#[tokio::test]
async fn answer_over_the_size_limit_is_protocol() {
    let error = failure_of_fault(Fault::Oversized(MAX_ANSWER_BYTES + 1)).await;
    assert_protocol(&error, "it is larger than 1048576 bytes", Some(200));

    let parts = [br#"{"ok":true,"status":""#.to_vec()].into_iter().chain(vec![vec![b'a'; 1 << 20]; 64]);
    let bomb = gzip(parts);
    assert!(bomb.len() < MAX_ANSWER_BYTES / 8);
    let error = failure_of_fault(answer(200, &[("content-encoding", "gzip")], bomb)).await;
    assert_protocol(&error, "it is larger than 1048576 bytes", Some(200));
}

/// A hosts file usually has 127.0.0.1 for it, or another address.
#[tokio::test]
async fn localhost_is_both_loopback_addresses() {
    for address in ["127.0.0.1:0", "[::1]:0"] {
        // A system can be without IPv6.
        let Ok(listener) = TcpListener::bind(address).await else { continue };
        let port = listener.local_addr().expect("an address").port();
        let client = client(&format!("http://localhost:{port}"));
        let asking = tokio::spawn(async move { client.users_info().await });
        tokio::select! {
            accepted = listener.accept() => drop(accepted.expect("a connection")),
            answer = asking => panic!("no connection: {answer:?}"),
        }
    }
}
