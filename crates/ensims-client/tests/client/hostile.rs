//! A server that breaks the rules of HTTP on purpose. Every answer ends in the right kind of error, in bounded time and
//! memory, and no request is sent twice.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use ensims_client::{Client, EnsimsCredential, ExposeSecret, Service};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::{EMAIL, brief, ensims, gzip, is_whole, jess, token};

/// The time limit where a time-out is expected; nothing else is fast enough to be measured by it.
const SHORT: Duration = Duration::from_millis(300);
/// The time limit where none is expected.
const LONG: Duration = Duration::from_mins(1);
/// More than the size limits of an answer and the buffers of the system.
const MUCH: usize = 32 << 20;

const BODY: &str = r#"{"ok":true,"status":"Welcome.","email":"sam@example.org"}"#;

/// What the server does next with a connection. After the last act it closes it.
#[derive(Clone)]
pub(crate) enum Act {
    /// Reads until a request is whole.
    Read,
    /// Reads this many bytes and leaves the rest.
    ReadOnly(usize),
    /// Sends these bytes.
    Send(Vec<u8>),
    /// Sends these bytes endlessly, until the client closes the connection.
    Flood(Vec<u8>),
    /// Waits until the client closes the connection.
    Hold,
    /// Drops the connection without the farewell that TLS has.
    Vanish,
}

use Act::{Flood, Hold, Read, ReadOnly, Send, Vanish};

/// What a server saw.
#[derive(Default)]
pub(crate) struct Seen {
    pub(crate) connections: AtomicUsize,
    /// Whole requests.
    pub(crate) requests: AtomicUsize,
    /// Bytes of floods that the system took.
    pub(crate) flooded: AtomicUsize,
}

impl Seen {
    fn requests(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }
}

/// Starts a server that treats every connection like this.
async fn server(acts: Vec<Act>) -> (SocketAddr, Arc<Seen>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let seen = Arc::new(Seen::default());
    let of_server = Arc::clone(&seen);
    tokio::spawn(async move {
        loop {
            let (connection, _) = listener.accept().await.expect("a connection");
            of_server.connections.fetch_add(1, Ordering::SeqCst);
            let (acts, seen) = (acts.clone(), Arc::clone(&of_server));
            tokio::spawn(async move { play(connection, acts, &seen).await });
        }
    });
    (address, seen)
}

/// Plays the acts, and returns early if the client closes the connection.
pub(crate) async fn play(mut connection: impl AsyncRead + AsyncWrite + Unpin, acts: Vec<Act>, seen: &Seen) {
    for act in acts {
        let mut request = Vec::new();
        match act {
            Read => {
                while !is_whole(&request) {
                    if !matches!(connection.read_buf(&mut request).await, Ok(1..)) {
                        return;
                    }
                }
                seen.requests.fetch_add(1, Ordering::SeqCst);
            }
            ReadOnly(count) => {
                request.resize(count, 0);
                connection.read_exact(&mut request).await.expect("a request");
            }
            Send(bytes) => {
                if connection.write_all(&bytes).await.is_err() || connection.flush().await.is_err() {
                    return;
                }
            }
            Flood(bytes) => {
                while connection.write_all(&bytes).await.is_ok() {
                    seen.flooded.fetch_add(bytes.len(), Ordering::SeqCst);
                }
            }
            Vanish => return,
            Hold => while matches!(connection.read_buf(&mut request).await, Ok(1..)) {},
        }
    }
    connection.shutdown().await.ok();
}

fn hostile_client(address: SocketAddr, timeout: Duration) -> Client {
    let service = Service::new(&format!("http://{address}")).expect("a service");
    Client::builder(service).timeout(timeout).build().expect("a client")
}

/// The text up to the first colon: the kind of error, and whether it is transient.
fn kind(outcome: &str) -> &str {
    outcome.split(':').next().expect("a kind")
}

/// An answer to a log-on, with these header lines and this body.
fn reply(lines: &str, body: impl AsRef<[u8]>) -> Vec<u8> {
    let head = format!("HTTP/1.1 200 OK\r\nset-cookie: session_token=a.b.c\r\n{lines}\r\n");
    [head.as_bytes(), body.as_ref()].concat()
}

fn with_length(lines: &str) -> Vec<u8> {
    reply(&format!("{lines}content-length: {}\r\n", BODY.len()), BODY)
}

fn chunked(body: &str) -> Vec<u8> {
    reply("transfer-encoding: chunked\r\n", body)
}

fn whole_chunk() -> String {
    format!("{:x}\r\n{BODY}\r\n", BODY.len())
}

/// A whole answer in each of the framings that HTTP has for it.
fn whole_answers() -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("length", with_length("")),
        ("chunked", chunked(&(whole_chunk() + "0\r\n\r\n"))),
        ("gzip", {
            let packed = gzip([BODY.into()]);
            reply(&format!("content-encoding: gzip\r\ncontent-length: {}\r\n", packed.len()), packed)
        }),
    ]
}

#[tokio::test]
async fn answer_cut_at_any_offset_is_connect() {
    cut_everywhere(&[], LONG, "connect (transient)").await;
}

#[tokio::test]
async fn answer_that_stops_at_any_offset_is_timeout() {
    cut_everywhere(&[Hold], SHORT, "timeout (transient)").await;
}

/// Cuts each whole answer at every offset, as one to a log-on and to an update. All of them run at once.
async fn cut_everywhere(then: &[Act], timeout: Duration, expected: &'static str) {
    let mut tasks = JoinSet::new();
    for (name, whole) in whole_answers() {
        for end in 0..whole.len() {
            let acts = [&[Read, Send(whole[..end].to_vec())], then].concat();
            tasks.spawn(async move {
                for outcome in ask(acts, timeout).await {
                    assert_eq!(kind(&outcome), expected, "{name}, cut at {end}: {outcome}");
                }
            });
        }
        let outcomes = ask(vec![Read, Send(whole)], LONG).await;
        assert_eq!(outcomes, ["ok", "ok"], "{name}");
    }
    while let Some(result) = tasks.join_next().await {
        result.expect("no panic");
    }
}

/// The outcomes of a log-on and of an update at servers that act like this. Each of them sends one request at most.
async fn ask(acts: Vec<Act>, timeout: Duration) -> [String; 2] {
    let (address, seen) = server(acts).await;
    let log_on = brief(hostile_client(address, timeout).log_on(&ensims()).await);
    let mut session = hostile_client(address, timeout).resume(token("a.b.c"));
    let update = brief(session.update_jess_session(&jess()).await);
    assert!(seen.requests() <= 2, "{} requests for two calls", seen.requests());
    assert_eq!(seen.connections.load(Ordering::SeqCst), 2, "one connection for each call");
    let flooded = seen.flooded.load(Ordering::SeqCst);
    let is_slow = timeout == SHORT;
    assert!(is_slow || flooded < MUCH, "{flooded} bytes were taken");
    [log_on, update]
}

/// Text that is sent after the request, once.
fn once(text: impl Into<Vec<u8>>) -> Vec<Act> {
    vec![Read, Send(text.into())]
}

/// Text that is sent after the request, and then the same bytes endlessly.
fn endless(text: impl Into<Vec<u8>>, flood: impl Into<Vec<u8>>) -> Vec<Act> {
    vec![Read, Send(text.into()), Flood(flood.into())]
}

/// What the server does, and what becomes of the call.
type Row = (&'static str, Vec<Act>, &'static str);

fn framings() -> Vec<Row> {
    let length = |value: &str| once(reply(&format!("content-length: {value}\r\n"), BODY));
    let chunks = |body: &str| once(chunked(body));
    let both = "transfer-encoding: chunked\r\ncontent-length: 5\r\n";
    vec![
        ("negative length", length("-1"), "protocol: unexpected answer: it is not HTTP"),
        ("length with a sign", length("+57"), "protocol: unexpected answer: it is not HTTP"),
        ("length in hexadecimal", length("0x39"), "protocol: unexpected answer: it is not HTTP"),
        ("empty length", length(""), "protocol: unexpected answer: it is not HTTP"),
        (
            "length over 64 bits",
            length("99999999999999999999"),
            "protocol: unexpected answer: it is not HTTP",
        ),
        ("length of 8 EiB", length("9223372036854775807"), "connect (transient)"),
        ("two lengths", length("57\r\ncontent-length: 5"), "protocol: unexpected answer: it is not HTTP"),
        ("two lengths in a line", length("57, 5"), "protocol: unexpected answer: it is not HTTP"),
        ("length twice the same", length("57\r\ncontent-length: 57"), "ok"),
        ("length of nothing", length("0"), "protocol: unexpected answer: it is empty"),
        ("no length, closed", once(reply("", BODY)), "ok"),
        (
            "no length, cut",
            once(reply("", &BODY[..20])),
            "protocol: unexpected answer: its JSON ends too early",
        ),
        ("chunks and a length", once(reply(both, whole_chunk() + "0\r\n\r\n")), "ok"),
        ("chunk size too small", chunks(&format!("3\r\n{BODY}\r\n0\r\n\r\n")), "protocol"),
        ("chunk size too large", chunks(&format!("fff\r\n{BODY}\r\n0\r\n\r\n")), "connect (transient)"),
        ("negative chunk size", chunks(&format!("-39\r\n{BODY}\r\n0\r\n\r\n")), "protocol"),
        ("chunk size over 64 bits", chunks(&format!("{}\r\n{BODY}", "f".repeat(20))), "protocol"),
        ("no last chunk", chunks(&whole_chunk()), "connect (transient)"),
        ("no chunk but the last", chunks("0\r\n\r\n"), "protocol: unexpected answer: it is empty"),
        ("other transfer coding", once(reply("transfer-encoding: gzip\r\n", BODY)), "ok"),
    ]
}

fn endless_answers() -> Vec<Row> {
    let too_large = "protocol: unexpected answer: it is larger than 1048576 bytes";
    let large_head = "protocol: unexpected answer: it is not HTTP";
    let chunk = "transfer-encoding: chunked\r\n";
    let zipped = "content-encoding: gzip\r\n";
    // A gzip header whose file name never ends, and one with endless blocks of nothing.
    let (named, plain) = (b"\x1f\x8b\x08\x08\0\0\0\0\0\xff", b"\x1f\x8b\x08\0\0\0\0\0\0\xff");
    let nothing = b"\0\0\0\xff\xff".repeat(4000);
    let bomb = gzip(vec![vec![b' '; 1 << 20]; 64]);
    vec![
        ("endless header lines", endless("HTTP/1.1 200 OK\r\n", "a: b\r\n".repeat(1000)), large_head),
        ("endless header line", endless("HTTP/1.1 200 OK\r\na: ", "b".repeat(9000)), large_head),
        ("endless reason", endless("HTTP/1.1 200 ", "b".repeat(9000)), large_head),
        ("endless blanks", endless("", "\r\n".repeat(4000)), large_head),
        ("head of 10 MB", once(with_length(&format!("a: {}\r\n", "b".repeat(10 << 20)))), large_head),
        (
            "cookie of 1 MB",
            once(with_length(&format!("set-cookie: a={}\r\n", "b".repeat(1 << 20)))),
            large_head,
        ),
        ("endless body", endless(reply("", BODY), " ".repeat(9000)), too_large),
        ("endless zeros", endless("", vec![0; 9000]), "protocol: unexpected answer: it is not HTTP"),
        (
            "endless chunks",
            endless(chunked(""), format!("64\r\n{}\r\n", " ".repeat(100)).repeat(90)),
            too_large,
        ),
        ("endless chunk size", endless(chunked(""), "0".repeat(9000)), "timeout (transient)"),
        ("endless chunk extension", endless(chunked("1;"), "a".repeat(9000)), "protocol"),
        ("endless trailers", endless(chunked("0\r\n"), "a: b\r\n".repeat(1000)), "protocol"),
        (
            "length of 8 EiB, sent",
            endless(reply("content-length: 9223372036854775807\r\n", ""), " ".repeat(9000)),
            too_large,
        ),
        ("bomb after bomb", endless(reply(zipped, ""), bomb.clone()), too_large),
        (
            "bomb in chunks",
            endless(
                reply(&format!("{zipped}{chunk}"), ""),
                [format!("{:x}\r\n", bomb.len()).as_bytes(), &bomb, b"\r\n"].concat(),
            ),
            too_large,
        ),
        ("endless name in gzip", endless(reply(zipped, named), vec![b'a'; 9000]), "timeout (transient)"),
        ("gzip of endless nothing", endless(reply(zipped, plain), nothing), "timeout (transient)"),
        ("endless 100", endless("", "HTTP/1.1 100 Continue\r\n\r\n".repeat(300)), "timeout (transient)"),
        (
            "endless 103",
            endless("", "HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n".repeat(300)),
            "timeout (transient)",
        ),
        ("only 102", once("HTTP/1.1 102 Processing\r\n\r\n"), "connect (transient)"),
        (
            "1000 of 100, then an answer",
            once(["HTTP/1.1 100 Continue\r\n\r\n".repeat(1000).into_bytes(), with_length("")].concat()),
            "ok",
        ),
    ]
}

fn other_protocols() -> Vec<Row> {
    let not_http = "protocol: unexpected answer: it is not HTTP";
    let status = |line: &str| once(format!("{line}\r\ncontent-length: 0\r\n\r\n"));
    let encoded = |coding: &str, body: &[u8]| once(reply(&format!("content-encoding: {coding}\r\n"), body));
    let twice = gzip([gzip([BODY.into()])]);
    vec![
        ("HTTP/1.0", once([&b"HTTP/1.0"[..], &with_length("")[8..]].concat()), "ok"),
        ("HTTP/0.9", once(BODY), not_http),
        ("HTTP/2 status line", status("HTTP/2 200 OK"), not_http),
        ("HTTP/2 preface", once("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), not_http),
        ("HTTP/2 frame", once(b"\0\0\0\x04\0\0\0\0\0"), not_http),
        ("TLS alert", once(b"\x15\x03\x01\0\x02\x02\x46"), not_http),
        ("status of two digits", status("HTTP/1.1 20 OK"), not_http),
        ("status 099", status("HTTP/1.1 099 Odd"), not_http),
        (
            "status 101",
            status("HTTP/1.1 101 Switching Protocols\r\nupgrade: a\r\nconnection: upgrade"),
            "http",
        ),
        ("status 204", status("HTTP/1.1 204 No Content"), "protocol: unexpected answer: it is empty"),
        ("status 304", status("HTTP/1.1 304 Not Modified"), "http"),
        ("status 600", status("HTTP/1.1 600 Odd"), "http"),
        ("status 999", status("HTTP/1.1 999 Odd"), "http"),
        ("NUL in a header", once(with_length("a: b\0c\r\n")), not_http),
        ("folded header", once(with_length("a: b\r\n c\r\n")), not_http),
        ("header without a name", once(with_length(": b\r\n")), not_http),
        ("blank before a colon", once(with_length("a : b\r\n")), not_http),
        (
            "brotli that nobody asked for",
            encoded("br", b"\x0b\x02\x80{}\x03"),
            "protocol: unexpected answer: it is not JSON",
        ),
        ("gzip in gzip", encoded("gzip", &twice), "protocol: unexpected answer: it is not JSON"),
        (
            "gzip in gzip, by name",
            encoded("gzip, gzip", &twice),
            "protocol: unexpected answer: it is not JSON",
        ),
        (
            "gzip that is none",
            encoded("gzip", BODY.as_bytes()),
            "protocol: unexpected answer: its body cannot be decoded",
        ),
    ]
}

#[tokio::test]
async fn hostile_answer_ends_in_its_kind_within_bounds() {
    let mut tasks = JoinSet::new();
    for (name, acts, expected) in [framings(), endless_answers(), other_protocols()].concat() {
        let timeout = if expected.starts_with("timeout") { SHORT } else { LONG };
        tasks.spawn(async move {
            let outcomes = tokio::time::timeout(LONG, ask(acts, timeout)).await;
            (name, expected, outcomes.unwrap_or_else(|_| ["no end", ""].map(String::from)))
        });
    }
    let mut wrong = Vec::new();
    while let Some(result) = tasks.join_next().await {
        let (name, expected, outcomes) = result.expect("no panic");
        for outcome in outcomes {
            let read = if expected.contains(':') { &outcome } else { kind(&outcome) };
            if read != expected {
                wrong.push(format!("{name}: {outcome}, not {expected}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A server may refuse a long request before it has read it. Waiting for it to read the rest would take forever.
#[tokio::test]
async fn answer_before_the_request_is_whole_counts() {
    let refusal = b"HTTP/1.1 413 Too Large\r\ncontent-length: 12\r\n\r\n{\"ok\":false}";
    let (address, seen) = server(vec![ReadOnly(1000), Send(refusal.to_vec()), Hold]).await;
    let long = EnsimsCredential::new(EMAIL, "x".repeat(MUCH)).expect("a credential");
    let outcome = brief(hostile_client(address, LONG).log_on(&long).await);
    assert_eq!(outcome, "refused: ENSIMS refused the request (HTTP status 413)");
    assert_eq!(seen.requests(), 0);
}

#[tokio::test]
async fn odd_cookie_is_a_token_or_a_protocol_error() {
    let missing = "unexpected answer: it has no session_token cookie";
    let cleared = "unexpected answer: its session_token cookie is empty or expired";
    let unusable = "unexpected answer: its session_token cookie cannot be sent back";
    let not_http = "unexpected answer: it is not HTTP";
    let long = format!("session_token={}", "x".repeat(100_000));
    let table: &[(&[u8], &str)] = &[
        (b"", missing),
        (b"=", missing),
        (b";", missing),
        (b"session_token", missing),
        (b"SESSION_TOKEN=a", missing),
        (b"a=session_token=b", missing),
        (b"session_token=", cleared),
        (b"session_token=;;;=;", cleared),
        (b"session_token=a; Max-Age=0", cleared),
        (b"session_token=a; Max-Age=-99999999999999999999", cleared),
        (b"session_token=a, session_token=b", unusable),
        (b"session_token=a\tb", unusable),
        (b"session_token=\"a", unusable),
        (b"session_token=\xc3\xa9", unusable),
        (b"session_token=a\0b", not_http),
        (b"session_token=a\x07b", not_http),
        (b"session_token=a\rCookie: b", not_http),
        (b"session_token=a; session_token=b", "a"),
        (b"session_token=a; Domain=evil.example.org; Path=/other", "a"),
        (b"session_token=a\r\nset-cookie: session_token=b", "b"),
        (b"session_token=a\r\nset-cookie2: session_token=b", "a"),
        (b"session_token=a\nset-cookie: session_token=b", "b"),
        (long.as_bytes(), &long["session_token=".len()..]),
    ];
    for (line, expected) in table {
        let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\nset-cookie: ", BODY.len());
        let bytes = [head.as_bytes(), line, b"\r\n\r\n", BODY.as_bytes()].concat();
        let (address, _) = server(once(bytes)).await;
        let read = match hostile_client(address, LONG).log_on(&ensims()).await {
            Ok(answer) => answer.value.token().expect("a token").secret().expose_secret().to_owned(),
            Err(error) => error.to_string(),
        };
        assert_eq!(&read, expected, "{}", line.escape_ascii());
    }
}

/// The client cannot know whether the request was read before the connection broke, so it does not send it again.
#[tokio::test]
async fn request_on_a_reused_connection_is_not_sent_again() {
    let (address, seen) = server(vec![Read, Send(with_length("")), Read]).await;
    let client = hostile_client(address, LONG);
    assert_eq!(brief(client.log_on(&ensims()).await), "ok");
    assert_eq!(kind(&brief(client.log_on(&ensims()).await)), "connect (transient)");
    assert_eq!((seen.requests(), seen.connections.load(Ordering::SeqCst)), (2, 1));
}

#[tokio::test]
async fn connection_closed_while_reused_costs_a_call_at_most() {
    let (address, seen) = server(vec![Read, Send(with_length(""))]).await;
    let client = hostile_client(address, LONG);
    let mut answered = 0;
    for _ in 0..500 {
        match kind(&brief(client.log_on(&ensims()).await)) {
            "ok" => answered += 1,
            other => assert_eq!(other, "connect (transient)"),
        }
    }
    assert!(answered > 0);
    assert_eq!(seen.requests(), answered, "every request that was read is answered once");
}
