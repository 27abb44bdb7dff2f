//! Connections that break, are late, speak something else or are not to be trusted.

use std::time::Duration;

use ensims_client::{Client, ClientBuilder, Error, Service};
use ensims_sandbox::{Account, Fault, Operation, Sandbox, Target};
use tokio::net::TcpListener;

use crate::{brief, client, ensims, outcome, raw, sandbox};

const SHORT: Duration = Duration::from_millis(100);
const LONG: Duration = Duration::from_secs(60);

fn builder(address: &str) -> ClientBuilder {
    Client::builder(Service::new(address).expect("a service"))
}

fn insecure_builder() -> ClientBuilder {
    Client::builder(Service::allowing_http("http://uni.example").expect("a service"))
}

fn assert_begins(text: &str, beginning: &str) {
    assert!(text.starts_with(beginning), "{text:?} does not begin with {beginning:?}");
}

#[tokio::test]
async fn a_reset_is_a_broken_connection() {
    for operation in [Operation::LogOn, Operation::UsersInfo, Operation::JessInfo] {
        for fault in [Fault::ResetBefore, Fault::ResetWithin] {
            let read = outcome(operation, fault).await;
            assert_begins(&read, "connect (transient): the connection broke off: ");
        }
    }
}

#[tokio::test]
async fn a_close_within_the_answer_is_a_broken_connection() {
    let replies = [
        "",
        "HTTP/1.1 20",
        "HTTP/1.1 200 OK\r\ncontent-",
        "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"ok\":true}",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nb\r\n{\"ok\":true}\r\n",
    ];
    for reply in replies {
        let (address, _) = raw(reply).await;
        let read = brief(client(&format!("http://{address}")).users_info().await);
        assert_begins(&read, "connect (transient): the connection broke off: ");
    }
}

#[tokio::test]
async fn bytes_that_are_not_http() {
    let replies = [
        "SSH-2.0-OpenSSH_9.6\r\n",
        "220 mail.example.org ESMTP\r\n",
        "HTTP/1.1 abc\r\n\r\n",
        "\0\0\0\0\0\0\0\0",
    ];
    for reply in replies {
        let (address, _) = raw(reply).await;
        let read = brief(client(&format!("http://{address}")).users_info().await);
        assert_eq!(read, "protocol: unexpected answer: it is not HTTP", "{reply:?}");
    }
}

#[tokio::test]
async fn chunks_without_a_size() {
    let (address, _) = raw("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nno size\r\n").await;
    let read = brief(client(&format!("http://{address}")).users_info().await);
    assert_eq!(read, "protocol: unexpected answer: its body cannot be decoded");
}

#[tokio::test]
async fn nobody_listens() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    drop(listener);
    let read = brief(client(&format!("http://{address}")).log_on(&ensims()).await);
    assert_begins(&read, "connect (transient): no connection to the service: ");
}

#[tokio::test]
async fn late_answers() {
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
        let error = builder.build().expect("a client").users_info().await.expect_err(&name);
        assert_eq!(error, Error::Timeout { limit: SHORT }, "{name}");
        assert!(error.is_transient());
        assert_eq!(error.to_string(), "no whole answer within 0.1 s");
    }
}

#[tokio::test]
async fn a_handshake_that_never_ends() {
    // The system accepts the connection; nobody answers it.
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let client =
        builder(&format!("https://localhost:{port}")).connect_timeout(SHORT).build().expect("a client");
    assert_eq!(client.users_info().await, Err(Error::Timeout { limit: SHORT }));
}

async fn tls_sandbox() -> Sandbox {
    Sandbox::builder()
        .account(Account::new(crate::EMAIL, crate::ENSIMS_PASSWORD))
        .tls()
        .start()
        .await
        .expect("a sandbox")
}

#[tokio::test]
async fn tls_needs_a_trusted_certificate() {
    let sandbox = tls_sandbox().await;
    let pem = sandbox.ca_pem().expect("a certificate");
    let trusting = builder(&sandbox.url()).ca_bundle(pem).build().expect("a client");
    trusting.log_on(&ensims()).await.expect("a log-on over TLS");

    let read = brief(client(&sandbox.url()).log_on(&ensims()).await);
    assert_begins(&read, "tls: no secure connection: ");

    let other = tls_sandbox().await;
    let wrong = builder(&sandbox.url()).ca_bundle(other.ca_pem().expect("a certificate")).build();
    assert_begins(&brief(wrong.expect("a client").log_on(&ensims()).await), "tls: no secure connection: ");
    assert_eq!(
        sandbox.seen().log_ons(crate::EMAIL),
        1,
        "no password is sent before the certificate is checked"
    );
}

#[tokio::test]
async fn plain_and_secure_are_not_mixed_up() {
    let plain = sandbox().await;
    let read = brief(client(&plain.url().replace("http:", "https:")).users_info().await);
    assert_begins(&read, "tls: no secure connection: ");

    let secure = tls_sandbox().await;
    let read = brief(client(&secure.url().replace("https:", "http:")).users_info().await);
    assert_eq!(read, "protocol: unexpected answer: it is not HTTP");
}

#[tokio::test]
async fn useless_ca_bundles_are_refused() {
    let sandbox = tls_sandbox().await;
    let good = sandbox.ca_pem().expect("a certificate");
    let key = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
    let fake = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    let none = "invalid: the CA bundle holds no certificate (PEM) at all";
    let unusable = "invalid: the CA bundle holds something that is not a usable certificate";
    let table = [
        (String::new(), none),
        ("not a certificate".to_owned(), none),
        (key.to_owned(), none),
        (fake.to_owned(), unusable),
        (format!("{good}{fake}"), unusable),
        (good[..good.len() / 2].to_owned(), unusable),
        ("-----BEGIN CERTIFICATE-----\n!!!\n-----END CERTIFICATE-----\n".to_owned(), unusable),
        (format!("{key}{good}"), "ok"),
    ];
    for (pem, expected) in table {
        assert_eq!(brief(builder(&sandbox.url()).ca_bundle(pem.as_str()).build()), expected, "{pem}");
    }
}

#[tokio::test]
async fn a_proxy_gets_the_request() {
    let (address, request) = raw("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}").await;
    let client = builder("http://127.0.0.1:9").proxy(format!("http://user:pass@{address}")).build();
    client.expect("a client").users_info().await.expect("an answer");
    let request = request.await.expect("a request");
    assert_begins(&request, "GET http://127.0.0.1:9/users/api/info HTTP/1.1\r\n");
    assert!(request.to_lowercase().contains("proxy-authorization: basic "), "{request}");
}

#[tokio::test]
async fn a_proxy_that_wants_another_password() {
    let reply = "HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n";
    let (proxy, _) = raw(reply).await;
    let client = insecure_builder().proxy(format!("http://{proxy}")).build();
    assert_eq!(brief(client.expect("a client").users_info().await), "http: HTTP status 407");

    let (proxy, request) = raw(reply).await;
    let client = builder("https://uni.example").proxy(format!("http://{proxy}")).build();
    let read = brief(client.expect("a client").log_on(&ensims()).await);
    assert_begins(&read, "connect (transient): no connection to the service: ");
    let request = request.await.expect("a request");
    assert_begins(&request, "CONNECT uni.example:443 HTTP/1.1\r\n");
    assert!(!request.contains(crate::ENSIMS_PASSWORD));
}

#[tokio::test]
async fn settings_that_cannot_be_used() {
    let table = [
        (
            builder("http://localhost:9").proxy("not an address"),
            "invalid: the proxy's address cannot be used",
        ),
        (
            builder("http://localhost:9").user_agent("a\nb"),
            "invalid: the user agent or the TLS settings cannot be used",
        ),
    ];
    for (builder, expected) in table {
        assert_eq!(brief(builder.build()), expected);
    }
}
