//! Servers whose TLS is not acceptable. No password reaches any of them.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use ensims_client::{Client, Service};
use rcgen::{
    BasicConstraints, Certificate, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, date_time_ymd,
};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::PrivatePkcs8KeyDer;

use crate::hostile::{Act, Seen, play};
use crate::{brief, ensims};

const GOOD: &[u8] = b"HTTP/1.1 200 OK\r\nset-cookie: session_token=a.b.c\r\n\r\n{\"ok\":true}";

/// What the server presents, and whom the client trusts.
struct Setup {
    server: Certificate,
    key: KeyPair,
    trusted: String,
}

/// A certificate of an authority that the client trusts, changed like this.
fn signed(change: impl FnOnce(&mut CertificateParams)) -> Setup {
    let (authority, issuer) = authority("the authority");
    let key = KeyPair::generate().expect("a key");
    let mut params = good_params();
    change(&mut params);
    let server = params.signed_by(&key, &issuer).expect("a certificate");
    Setup { server, key, trusted: authority.pem() }
}

fn authority(name: &str) -> (Certificate, Issuer<'static, KeyPair>) {
    let mut params = CertificateParams::new(Vec::new()).expect("names");
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    let key = KeyPair::generate().expect("a key");
    (params.self_signed(&key).expect("a certificate"), Issuer::new(params, key))
}

fn good_params() -> CertificateParams {
    let mut params = CertificateParams::new(vec!["localhost".to_owned()]).expect("names");
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params
}

/// The outcome of a log-on at a server with this certificate, and how many requests it read.
async fn log_on_to(setup: Setup, acts: Vec<Act>) -> (String, usize) {
    let key = PrivatePkcs8KeyDer::from(setup.key.serialize_der()).into();
    let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(vec![setup.server.der().clone()], key)
        .expect("a configuration");
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("localhost:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let seen = Arc::new(Seen::default());
    let of_server = Arc::clone(&seen);
    tokio::spawn(async move {
        let (connection, _) = listener.accept().await.expect("a connection");
        if let Ok(connection) = acceptor.accept(connection).await {
            play(connection, acts, &of_server).await;
        }
    });
    let outcome = log_on(port, &setup.trusted).await;
    (outcome, seen.requests.load(Ordering::SeqCst))
}

async fn log_on(port: u16, trusted: &str) -> String {
    let service = Service::new(&format!("https://localhost:{port}")).expect("a service");
    let client = Client::builder(service).ca_bundle(trusted).timeout(Duration::from_mins(1)).build();
    brief(client.expect("a client").log_on(&ensims()).await)
}

#[tokio::test]
async fn unacceptable_certificate_is_tls_and_gets_no_request() {
    let self_signed = |in_bundle: bool| {
        let key = KeyPair::generate().expect("a key");
        let server = good_params().self_signed(&key).expect("a certificate");
        let trusted = if in_bundle { server.pem() } else { authority("the authority").0.pem() };
        Setup { server, key, trusted }
    };
    let trusting = |name: &str| Setup { trusted: authority(name).0.pem(), ..signed(|_| {}) };
    let year = |from, to| {
        signed(move |params| {
            params.not_before = date_time_ymd(from, 1, 1);
            params.not_after = date_time_ymd(to, 1, 1);
        })
    };
    let host = |name: &str| {
        signed(|params| *params = CertificateParams::new(vec![name.to_owned()]).expect("a name"))
    };
    let usage = |usage| signed(|params| params.extended_key_usages = vec![usage]);
    let table = [
        ("signed by the bundle", signed(|_| {}), "ok"),
        ("unknown authority", trusting("another authority"), "UnknownIssuer"),
        ("authority of the same name", trusting("the authority"), "BadSignature"),
        ("self-signed", self_signed(false), "UnknownIssuer"),
        ("self-signed, in the bundle", self_signed(true), "ok"),
        ("expired", year(2001, 2002), "certificate expired"),
        ("not valid yet", year(2900, 2901), "certificate not valid yet"),
        ("of another host", host("uni.example"), "certificate not valid for name"),
        ("of all hosts", host("*"), "certificate not valid for name"),
        ("of a subdomain", host("www.localhost"), "certificate not valid for name"),
        (
            "without a host",
            signed(|params| params.subject_alt_names.clear()),
            "certificate not valid for name",
        ),
        ("of a client", usage(ExtendedKeyUsagePurpose::ClientAuth), "invalid peer certificate"),
        (
            "of an authority",
            signed(|params| params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained)),
            "CaUsedAsEndEntity",
        ),
    ];
    for (name, setup, expected) in table {
        let (outcome, requests) = log_on_to(setup, vec![Act::Read, Act::Send(GOOD.to_vec())]).await;
        if expected == "ok" {
            assert_eq!((outcome.as_str(), requests), ("ok", 1), "{name}");
        } else {
            assert!(outcome.starts_with("tls: no secure connection: "), "{name}: {outcome}");
            assert!(outcome.contains(expected), "{name}: {outcome}");
            assert_eq!(requests, 0, "{name}");
        }
    }
}

/// A record of a handshake message.
fn record(message: u8, length: u32, body: &[u8]) -> Vec<u8> {
    let length = length.to_be_bytes();
    let size = u16::try_from(body.len() + 4).expect("a short message").to_be_bytes();
    [&[22, 3, 1, size[0], size[1], message], &length[1..], body].concat()
}

#[tokio::test]
async fn handshake_that_breaks_the_rules_is_tls() {
    // A server hello with this version: 32 random bytes, no session, a suite of that time, no compression.
    let hello = |version: u8| {
        let body = [&[3, version][..], &[7; 32], &[0, 0xc0, 0x14, 0]].concat();
        record(2, u32::try_from(body.len()).expect("a short message"), &body)
    };
    let alert = |description: u8| vec![21, 3, 1, 0, 2, 2, description];
    let table = [
        ("TLS 1.1", hello(2)),
        ("TLS 1.0", hello(1)),
        ("SSL 3", hello(0)),
        ("alert that names no reason", alert(40)),
        ("alert about the version", alert(70)),
        ("unknown alert", alert(255)),
        ("message of 16 MB", record(2, 0x00ff_ffff, &[0; 100])),
        ("certificate before the hello", record(11, 3, &[0; 3])),
        ("data before the handshake", vec![23, 3, 3, 0, 2, b'h', b'i']),
        ("record over the limit", [&[22, 3, 3, 0xff, 0xff][..], &vec![0; 70_000]].concat()),
        ("HTTP", GOOD.to_vec()),
        ("SSH", b"SSH-2.0-OpenSSH_9.6\r\n".to_vec()),
        ("zeros", vec![0; 100]),
    ];
    for (name, bytes) in table {
        let listener = TcpListener::bind("localhost:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        tokio::spawn(async move {
            let (connection, _) = listener.accept().await.expect("a connection");
            play(connection, vec![Act::ReadOnly(5), Act::Send(bytes), Act::Hold], &Seen::default()).await;
        });
        let outcome = log_on(port, &authority("the authority").0.pem()).await;
        assert!(outcome.starts_with("tls: no secure connection: "), "{name}: {outcome}");
    }
}

/// Whoever is on the way can end a connection, but not in the name of the server.
#[tokio::test]
async fn answer_without_a_length_ends_only_with_a_farewell() {
    let acts = |end| [vec![Act::Read, Act::Send(GOOD.to_vec())], end].concat();
    assert_eq!(log_on_to(signed(|_| {}), acts(vec![])).await.0, "ok");
    let (outcome, requests) = log_on_to(signed(|_| {}), acts(vec![Act::Vanish])).await;
    assert!(outcome.starts_with("connect (transient): the connection broke off: "), "{outcome}");
    assert_eq!(requests, 1);
}
