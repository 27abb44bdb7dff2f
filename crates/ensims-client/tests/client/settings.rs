//! The settings of the builder: certificates, proxies, and what cannot be used.

use ensims_client::{Client, ClientBuilder, Service};

use crate::{brief, ensims, raw, tls_sandbox};

fn builder(address: &str) -> ClientBuilder {
    Client::builder(Service::new(address).expect("a service"))
}

#[tokio::test]
async fn ca_bundle_makes_its_certificate_trusted() {
    let sandbox = tls_sandbox().await;
    let pem = sandbox.ca_pem().expect("a certificate");
    let client = builder(&sandbox.url()).ca_bundle(pem).build().expect("a client");
    client.log_on(&ensims()).await.expect("a log-on over TLS");
}

#[tokio::test]
async fn ca_bundle_without_usable_certificates_is_invalid() {
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
async fn proxy_gets_the_request_and_its_own_password() {
    let (address, request) = raw("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}").await;
    let client = builder("http://127.0.0.1:9").proxy(format!("http://user:pass@{address}")).build();
    client.expect("a client").users_info().await.expect("an answer");
    let request = request.await.expect("a request");
    assert!(request.starts_with("GET http://127.0.0.1:9/users/api/info HTTP/1.1\r\n"), "{request}");
    assert!(request.to_lowercase().contains("proxy-authorization: basic "), "{request}");
}

#[tokio::test]
async fn proxy_that_answers_407_is_an_http_error() {
    let (proxy, _) = raw("HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n").await;
    let service = Service::allowing_http("http://uni.example").expect("a service");
    let client = Client::builder(service).proxy(format!("http://{proxy}")).build().expect("a client");
    assert_eq!(brief(client.users_info().await), "http: HTTP status 407");
}

#[tokio::test]
async fn proxy_that_cannot_be_reached_is_a_proxy_error() {
    let client = builder("https://uni.example").proxy("http://127.0.0.1:1").build().expect("a client");
    let outcome = brief(client.users_info().await);
    assert!(outcome.starts_with("proxy (transient): no connection through the proxy: "), "{outcome}");
}

#[tokio::test]
async fn unusable_proxy_or_user_agent_is_invalid() {
    let proxy = builder("http://localhost:9").proxy("not an address");
    assert_eq!(brief(proxy.build()), "invalid: the proxy's address cannot be used");
    let user_agent = builder("http://localhost:9").user_agent("a\nb");
    assert_eq!(brief(user_agent.build()), "invalid: the user agent cannot be used");
}

#[test]
fn public_types_can_be_sent_to_other_tasks() {
    fn check<T: Send + Sync + 'static>() {}
    check::<Client>();
    check::<ClientBuilder>();
    check::<ensims_client::Session>();
    check::<ensims_client::Error>();
}
