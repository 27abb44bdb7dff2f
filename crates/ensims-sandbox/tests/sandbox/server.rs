//! The server around the service: connections, TLS, start and stop.

use std::io::ErrorKind;
use std::sync::Arc;
use std::time::Duration;

use ensims_sandbox::{Fault, Operation, Sandbox, Target};
use tokio::net::TcpStream;
use tokio::task::{JoinSet, yield_now};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use crate::raw::{connect, exchange, get, request};

const INFO: &str = "/users/api/info";

async fn handshake(
    sandbox: &Sandbox,
    trusted: &Sandbox,
    name: &str,
) -> std::io::Result<TlsStream<TcpStream>> {
    let pem = trusted.ca_pem().expect("a sandbox with TLS");
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(pem.as_bytes()).expect("PEM")).expect("a root");
    let mut config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("the provider has them")
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    let name = ServerName::try_from(name.to_owned()).expect("a name");
    TlsConnector::from(Arc::new(config)).connect(name, connect(sandbox).await).await
}

#[tokio::test]
async fn tls_is_trusted_only_with_the_sandboxs_own_certificate() {
    let sandbox = Sandbox::builder().tls().start().await.expect("a free port");
    assert_eq!(sandbox.url(), format!("https://localhost:{}", sandbox.address().port()));

    for name in ["localhost", "127.0.0.1", "::1"] {
        let stream = handshake(&sandbox, &sandbox, name).await.expect("trusted");
        assert_eq!(stream.get_ref().1.alpn_protocol(), Some(b"http/1.1".as_slice()));
        let exchange = exchange(stream, &request("GET", INFO, "", "")).await;
        exchange.end.expect("an orderly end");
        assert!(exchange.bytes.starts_with(b"HTTP/1.1 200 OK\r\n"));
    }

    sandbox.script(Target::Anyone, Operation::UsersInfo, [Fault::ResetBefore]);
    let stream = handshake(&sandbox, &sandbox, "localhost").await.expect("trusted");
    let reset = exchange(stream, &request("GET", INFO, "", "")).await;
    assert_eq!(reset.end.expect_err("a reset").kind(), ErrorKind::ConnectionReset);
    assert!(reset.bytes.is_empty());

    sandbox.script(Target::Anyone, Operation::UsersInfo, [Fault::ResetWithin]);
    let stream = handshake(&sandbox, &sandbox, "localhost").await.expect("trusted");
    let exchange = exchange(stream, &request("GET", INFO, "", "")).await;
    assert_eq!(exchange.end.expect_err("a reset").kind(), ErrorKind::ConnectionReset);
    assert!(exchange.bytes.starts_with(b"HTTP/1.1 200 OK\r\n"));
    assert!(!exchange.bytes.ends_with(b"}"));

    let other = Sandbox::builder().tls().start().await.expect("a free port");
    assert!(handshake(&sandbox, &other, "localhost").await.is_err());
    assert!(handshake(&sandbox, &sandbox, "uni.example").await.is_err());
}

// Other systems do not have all addresses of 127.0.0.0/8 by default.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn tls_at_another_loopback_address_has_its_name() {
    let listen = "127.0.0.2:0".parse().expect("an address");
    let sandbox = Sandbox::builder().listen(listen).tls().start().await.expect("a free port");
    assert_eq!(sandbox.url(), format!("https://127.0.0.2:{}", sandbox.address().port()));
    handshake(&sandbox, &sandbox, "127.0.0.2").await.expect("trusted");
}

#[tokio::test]
async fn plain_http_has_no_certificate() {
    let sandbox = Sandbox::start().await.expect("a free port");
    assert_eq!(sandbox.url(), format!("http://127.0.0.1:{}", sandbox.address().port()));
    assert_eq!(sandbox.ca_pem(), None);
}

#[tokio::test]
async fn start_at_a_public_address_is_an_error() {
    for address in ["0.0.0.0:0", "[::]:0", "192.0.2.1:80"] {
        let address = address.parse().expect("an address");
        let error = Sandbox::builder().listen(address).start().await.expect_err("refused");
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
    }
}

#[tokio::test]
async fn connection_serves_several_requests() {
    let sandbox = Sandbox::start().await.expect("a free port");
    let first = format!("GET {INFO} HTTP/1.1\r\nHost: sandbox\r\n\r\n");
    let both = first + &request("GET", INFO, "", "");
    let exchange = exchange(connect(&sandbox).await, &both).await;
    let text = String::from_utf8(exchange.bytes).expect("text");
    assert_eq!(text.matches("HTTP/1.1 200 OK").count(), 2, "{text}");
    assert_eq!(sandbox.seen().requests.len(), 2);
    assert_eq!(sandbox.seen().connections, 1);
}

#[tokio::test]
async fn requests_are_answered_concurrently() {
    let sandbox = Arc::new(Sandbox::start().await.expect("a free port"));
    let hour = Duration::from_hours(1);
    sandbox.always(Target::Anyone, Operation::JessInfo, Fault::Delay(hour));
    let mut clients = JoinSet::new();
    for _ in 0..64 {
        let sandbox = Arc::clone(&sandbox);
        clients.spawn(async move { get(&sandbox, "/jess_web/api/info", "").await.code });
    }
    while sandbox.seen().requests.len() < 64 {
        yield_now().await;
    }
    assert_eq!(get(&sandbox, INFO, "").await.code, 200);
    assert_eq!(sandbox.seen().max_in_flight, 65);
}

#[tokio::test]
async fn drop_closes_port_and_connections_at_once() {
    let sandbox = Sandbox::start().await.expect("a free port");
    sandbox.always(Target::Anyone, Operation::UsersInfo, Fault::Delay(Duration::MAX));
    let idle = connect(&sandbox).await;
    let waiting = connect(&sandbox).await;
    let waiting = tokio::spawn(async move { exchange(waiting, &request("GET", INFO, "", "")).await });
    while sandbox.seen().requests.is_empty() {
        yield_now().await;
    }
    let address = sandbox.address();
    drop(sandbox);
    let error = TcpStream::connect(address).await.expect_err("nobody listens");
    assert_eq!(error.kind(), ErrorKind::ConnectionRefused);
    assert!(waiting.await.expect("no panic").bytes.is_empty());
    assert!(exchange(idle, "").await.bytes.is_empty());
}

#[tokio::test]
async fn stop_finishes_the_answers_in_flight() {
    let sandbox = Sandbox::start().await.expect("a free port");
    sandbox.always(Target::Anyone, Operation::UsersInfo, Fault::Drip { every: Duration::ZERO });
    let _idle = connect(&sandbox).await;
    let stream = connect(&sandbox).await;
    let address = sandbox.address();
    let client = tokio::spawn(async move { exchange(stream, &request("GET", INFO, "", "")).await });
    while sandbox.seen().requests.is_empty() {
        yield_now().await;
    }
    sandbox.stop().await;
    assert!(client.await.expect("no panic").bytes.ends_with(b"}"));
    assert!(TcpStream::connect(address).await.is_err());

    let sandbox = Sandbox::builder().tls().start().await.expect("a free port");
    let _silent = connect(&sandbox).await;
    while sandbox.seen().connections == 0 {
        yield_now().await;
    }
    sandbox.stop().await;
}
