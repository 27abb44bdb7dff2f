//! The client against the sandbox and against raw sockets, on loopback only.

mod answers;
mod failures;
mod hostile;
mod hostile_tls;
mod openapi;
mod other_account;
mod records;
mod secrets;
mod session;
mod settings;
mod wire;

use std::error::Error as StdError;
use std::io::Write;
use std::net::SocketAddr;

use ensims_client::{Client, EnsimsCredential, Error, JessCredential, Service, Session, SessionToken};
use ensims_sandbox::{Account, Fault, JessUser, Operation, Sandbox, Target};
use flate2::Compression;
use flate2::write::GzEncoder;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

const EMAIL: &str = "sam@example.org";
const ENSIMS_PASSWORD: &str = "correct-horse-1";
const JESS_USERNAME: &str = "jess-sam";
const JESS_PASSWORD: &str = "battery-staple-2";

async fn sandbox() -> Sandbox {
    Sandbox::builder()
        .account(Account::new(EMAIL, ENSIMS_PASSWORD))
        .jess_user(JessUser::new(JESS_USERNAME, JESS_PASSWORD))
        .start()
        .await
        .expect("a sandbox")
}

async fn tls_sandbox() -> Sandbox {
    let account = Account::new(EMAIL, ENSIMS_PASSWORD);
    Sandbox::builder().account(account).tls().start().await.expect("a sandbox")
}

fn client(address: &str) -> Client {
    Client::builder(Service::new(address).expect("a service")).build().expect("a client")
}

fn ensims() -> EnsimsCredential {
    EnsimsCredential::new(EMAIL, ENSIMS_PASSWORD).expect("a credential")
}

fn jess() -> JessCredential {
    JessCredential::new(JESS_USERNAME, JESS_PASSWORD).expect("a credential")
}

fn token(text: &str) -> SessionToken {
    SessionToken::new(text).expect("a token")
}

/// A session with a token that the sandbox does not know, for answers that are scripted.
fn session(sandbox: &Sandbox) -> Session {
    client(&sandbox.url()).resume(token("a.b.c"))
}

async fn log_on(sandbox: &Sandbox) -> Session {
    client(&sandbox.url()).log_on(&ensims()).await.expect("a session").value
}

/// A fault that sends exactly this answer.
fn answer(code: u16, headers: &[(&str, &str)], body: impl Into<Vec<u8>>) -> Fault {
    let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Fault::Answer { code, headers, body: body.into() }
}

/// The result of an operation whose answer has this fault, on one line.
async fn outcome(operation: Operation, fault: Fault) -> String {
    let sandbox = sandbox().await;
    sandbox.script(Target::Anyone, operation, [fault]);
    let client = client(&sandbox.url());
    let mut session = session(&sandbox);
    let outcome = match operation {
        Operation::UsersInfo => brief(client.users_info().await),
        Operation::LogOn => brief(client.log_on(&ensims()).await),
        Operation::CheckIn => brief(session.check_in().await),
        Operation::Confirm => brief(session.confirm(&ensims()).await),
        Operation::LogOff => brief(session.log_off().await),
        Operation::User => brief(session.user().await),
        Operation::JessInfo => brief(client.jess_info().await),
        Operation::UpdateJessSession => brief(session.update_jess_session(&jess()).await),
        Operation::JessSession => brief(session.jess_session().await),
        Operation::JessAccount => brief(session.jess_account().await),
        Operation::JessUsage => brief(session.jess_usage().await),
    };
    assert_eq!(sandbox.seen().requests.len(), 1, "one call is one request");
    outcome
}

/// A result on one line: the kind of error, its text, and whether it is worth another try.
fn brief<T>(result: Result<T, Error>) -> String {
    let Err(error) = result else { return "ok".to_owned() };
    let kind = match &error {
        Error::Refused { .. } => "refused",
        Error::Unauthorized => "unauthorized",
        Error::Http { .. } => "http",
        Error::Connect { .. } => "connect",
        Error::Proxy { .. } => "proxy",
        Error::Tls { .. } => "tls",
        Error::Timeout { .. } => "timeout",
        Error::Protocol { .. } => "protocol",
        Error::Undecided { .. } => "undecided",
        Error::OtherAccount { .. } => "other account",
        Error::Invalid { .. } => "invalid",
        _ => "new",
    };
    format!("{kind}{}: {error}", if error.is_transient() { " (transient)" } else { "" })
}

/// Compresses the parts as one stream.
fn gzip(parts: impl IntoIterator<Item = Vec<u8>>) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    for part in parts {
        encoder.write_all(&part).expect("memory");
    }
    encoder.finish().expect("memory")
}

/// The texts of an error and of all causes below it.
fn chain(error: &dyn StdError) -> String {
    let mut texts = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        texts.push_str(" / ");
        texts.push_str(&cause.to_string());
        next = cause.source();
    }
    texts
}

/// A server that answers its one connection with these bytes, then closes it. Its task returns the request.
async fn raw(reply: impl Into<Vec<u8>>) -> (SocketAddr, JoinHandle<String>) {
    let reply = reply.into();
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let task = tokio::spawn(async move {
        let (mut connection, _) = listener.accept().await.expect("a connection");
        let mut request = Vec::new();
        while !is_whole(&request) {
            if connection.read_buf(&mut request).await.expect("a request") == 0 {
                break;
            }
        }
        connection.write_all(&reply).await.expect("an answer is taken");
        connection.shutdown().await.expect("a close");
        String::from_utf8(request).expect("text")
    });
    (address, task)
}

fn is_whole(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request);
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(": ")?;
        name.eq_ignore_ascii_case("content-length").then(|| value.parse().expect("a length"))
    });
    body.len() >= length.unwrap_or(0)
}
