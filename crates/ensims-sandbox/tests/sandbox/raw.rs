//! A client that hides nothing: it sends one request on a new connection and returns all the bytes of the answer.

use std::io;

use ensims_sandbox::Sandbox;
use serde_json::Value;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;

pub(crate) const LOG_ON: &str = "/users/api/auth";
pub(crate) const JESS_SESSION: &str = "/jess_web/api/session";

/// The bytes that came back, and how the connection ended.
pub(crate) struct Exchange {
    pub(crate) bytes: Vec<u8>,
    pub(crate) end: io::Result<usize>,
}

/// A complete HTTP answer.
pub(crate) struct Answer {
    pub(crate) code: u16,
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("a JSON body")
    }

    /// The `status` text.
    pub(crate) fn message(&self) -> String {
        self.json()["status"].as_str().expect("a text").to_owned()
    }

    pub(crate) fn headers<'a>(&'a self, name: &str) -> Vec<&'a str> {
        let lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.filter(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value).collect()
    }

    /// The value of the one cookie.
    pub(crate) fn token(&self) -> String {
        let line = self.headers("set-cookie").first().copied().expect("a cookie");
        let pair = line.split(';').next().unwrap_or_default();
        pair.strip_prefix("session_token=").expect("the cookie's name").to_owned()
    }
}

/// The text of a request; an empty token sends no cookie.
pub(crate) fn request(method: &str, path: &str, token: &str, body: &str) -> String {
    let cookie = match token {
        "" => String::new(),
        token => format!("Cookie: theme=dark; session_token={token} ; lang=en\r\n"),
    };
    let length = body.len();
    format!(
        "{method} {path} HTTP/1.1\r\nHost: sandbox\r\nConnection: close\r\nUser-Agent: raw\r\n\
         {cookie}Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
    )
}

/// Sends the text and reads until the other side closes the connection.
pub(crate) async fn exchange(mut stream: impl AsyncRead + AsyncWrite + Unpin, request: &str) -> Exchange {
    stream.write_all(request.as_bytes()).await.expect("the request is sent");
    let mut bytes = Vec::new();
    let end = stream.read_to_end(&mut bytes).await;
    Exchange { bytes, end }
}

pub(crate) async fn connect(sandbox: &Sandbox) -> TcpStream {
    TcpStream::connect(sandbox.address()).await.expect("the sandbox listens")
}

/// Sends one request, which must be answered completely.
pub(crate) async fn send(sandbox: &Sandbox, method: &str, path: &str, token: &str, body: &str) -> Answer {
    let exchange = exchange(connect(sandbox).await, &request(method, path, token, body)).await;
    exchange.end.expect("an orderly end");
    parse(&exchange.bytes)
}

pub(crate) async fn get(sandbox: &Sandbox, path: &str, token: &str) -> Answer {
    send(sandbox, "GET", path, token, "").await
}

pub(crate) async fn post(sandbox: &Sandbox, path: &str, token: &str, body: &Value) -> Answer {
    send(sandbox, "POST", path, token, &body.to_string()).await
}

pub(crate) async fn log_on(sandbox: &Sandbox, email: &str, password: &str) -> Answer {
    let body = serde_json::json!({ "email": email, "password": password });
    post(sandbox, LOG_ON, "", &body).await
}

pub(crate) async fn update(sandbox: &Sandbox, token: &str, username: &str, password: &str) -> Answer {
    let body = serde_json::json!({ "jessUser": username, "jessPwd": password });
    post(sandbox, JESS_SESSION, token, &body).await
}

fn parse(bytes: &[u8]) -> Answer {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").expect("a whole head");
    let head = String::from_utf8(bytes[..end].to_vec()).expect("an ASCII head");
    let code = head[9..12].parse().expect("a status line");
    let mut answer = Answer { code, head, body: bytes[end + 4..].to_vec() };
    if answer.headers("transfer-encoding") == ["chunked"] {
        answer.body = without_chunks(&answer.body);
    }
    answer
}

fn without_chunks(mut bytes: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    loop {
        let line = bytes.windows(2).position(|two| two == b"\r\n").expect("a chunk's size");
        let size = str::from_utf8(&bytes[..line]).expect("ASCII");
        let size = usize::from_str_radix(size, 16).expect("a number");
        let start = line + 2;
        body.extend_from_slice(&bytes[start..start + size]);
        if size == 0 {
            return body;
        }
        bytes = &bytes[start + size + 2..];
    }
}
