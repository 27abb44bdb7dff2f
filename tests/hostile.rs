//! A job whose service is hostile to some of its accounts: the others are updated, and nothing secret is shown.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::program::{Run, TestDir, jess_password, job_yaml, password, program, sandbox_with};

/// What the program may have in memory while answers never end, in kB, as `ulimit -v` takes it.
const MEMORY_LIMIT: &str = "400000";

/// The answer to a request: some bytes, then others endlessly, unless there are none.
struct Hostile {
    name: &'static str,
    answer: fn(&[u8]) -> Vec<u8>,
    flood: &'static str,
    error: &'static str,
}

const fn hostile(
    name: &'static str,
    answer: fn(&[u8]) -> Vec<u8>,
    flood: &'static str,
    error: &'static str,
) -> Hostile {
    Hostile { name, answer, flood, error }
}

/// The rules that are broken. Each of them meets two accounts: one at its log-on, one at its update.
const HOSTILE: [Hostile; 10] = [
    hostile("nothing", |_| Vec::new(), "", "connect"),
    hostile(
        "half an answer",
        |_| b"HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{\"ok\":tr".to_vec(),
        "",
        "connect",
    ),
    hostile("banner", |_| b"SSH-2.0-OpenSSH_9.6\r\n".to_vec(), "", "protocol"),
    hostile("echo", <[u8]>::to_vec, "", "protocol"),
    hostile("echo in the head", |request| head("500 ", request), "", "http"),
    hostile("echo in the body", |request| head("200 OK\r\n\r\n", request), "", "protocol"),
    hostile("endless head", |_| head("200 OK", b"\r\n"), "a: bbbbbbbbbbbbbbbbbbbbbbbbbb\r\n", "protocol"),
    hostile("endless body", |_| head("200 OK\r\n\r\n", b""), "                            ", "protocol"),
    hostile(
        "endless chunk",
        |_| head("200 OK\r\ntransfer-encoding: chunked\r\n\r\n", b"ffffffff\r\n"),
        "[[[[[[[[[[[[[[[[[[[[[",
        "protocol",
    ),
    hostile("endless 100", |_| Vec::new(), "HTTP/1.1 100 Continue\r\n\r\n", "timeout"),
];

/// A status line, and what of a request could be on it or after it.
fn head(start: &str, request: &[u8]) -> Vec<u8> {
    let body = request.split(|byte| *byte == b'\n').next_back().unwrap_or_default();
    let rest = if request.ends_with(b"\n") { request } else { body };
    [b"HTTP/1.1 ", start.as_bytes(), rest, b"\r\n\r\n"].concat()
}

/// The rule that is broken for a request: accounts 0, 3, 6 … meet one at their log-on, 1, 4, 7 … at their update.
fn meant_for(request: &[u8]) -> Option<&'static Hostile> {
    let text = String::from_utf8_lossy(request);
    HOSTILE.iter().enumerate().find_map(|(index, hostile)| {
        let (email, username) =
            (format!("\"lab{}@uni.example\"", 3 * index), format!("\"jess{}\"", 3 * index + 1));
        (text.contains(&email) || text.contains(&username)).then_some(hostile)
    })
}

/// Starts a server in front of a sandbox. It answers some requests itself, and counts those.
async fn front(sandbox: SocketAddr) -> (SocketAddr, Arc<Mutex<Vec<&'static str>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let attacks = Arc::new(Mutex::new(Vec::new()));
    let of_server = Arc::clone(&attacks);
    tokio::spawn(async move {
        loop {
            let (connection, _) = listener.accept().await.expect("a connection");
            tokio::spawn(answer(connection, sandbox, Arc::clone(&of_server)));
        }
    });
    (address, attacks)
}

async fn answer(mut connection: TcpStream, sandbox: SocketAddr, attacks: Arc<Mutex<Vec<&'static str>>>) {
    let mut request = Vec::new();
    while !is_whole(&request) {
        if !matches!(connection.read_buf(&mut request).await, Ok(1..)) {
            return;
        }
    }
    let Some(hostile) = meant_for(&request) else {
        // One request for each connection, so that none is hidden behind another.
        let text = String::from_utf8(request).expect("text").replacen(
            "\r\n\r\n",
            "\r\nconnection: close\r\n\r\n",
            1,
        );
        let mut service = TcpStream::connect(sandbox).await.expect("the sandbox");
        service.write_all(text.as_bytes()).await.expect("it takes the request");
        tokio::io::copy(&mut service, &mut connection).await.ok();
        return;
    };
    attacks.lock().expect("no panic").push(hostile.name);
    let mut bytes = (hostile.answer)(&request);
    // An unoptimized program reads interim answers more slowly than they can come, which is no part of this story.
    let flood = hostile.flood.repeat(if hostile.error == "timeout" { 1 } else { 300 });
    while connection.write_all(&bytes).await.is_ok() && !flood.is_empty() {
        bytes.clear();
        bytes.extend_from_slice(flood.as_bytes());
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    connection.shutdown().await.ok();
}

fn is_whole(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request);
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    body.len() >= length.map_or(0, |length| length.parse().expect("a length"))
}

/// Runs the job `lab.yaml` with a limit of its memory.
async fn run_within_limits(dir: &TestDir) -> Run {
    let command = format!("ulimit -v {MEMORY_LIMIT}; exec {} run lab.yaml -vv --report r.json", program());
    let output = dir.command_line(&["/bin/sh", "-c", &command], &[]).output().await.expect("a shell");
    Run::from(output)
}

#[tokio::test]
async fn hostile_answers_leave_the_other_accounts_untouched() {
    let accounts = 3 * HOSTILE.len();
    let sandbox = sandbox_with(accounts).start().await.expect("a sandbox");
    let at_sandbox = sandbox.url().trim_start_matches("http://").parse().expect("an address");
    let (address, attacks) = front(at_sandbox).await;
    let dir = TestDir::new();
    // Only the answer that never ends takes so long.
    let limits = "timeout: 6s, attempts: 1, give_up_after: 1000, rate: unlimited, concurrency: 30";
    dir.write("lab.yaml", &job_yaml(&format!("http://{address}"), limits, accounts));
    let run = run_within_limits(&dir).await;
    assert_eq!(run.code, Some(1), "{}", run.stderr);

    let report = dir.report("r.json");
    for (index, hostile) in HOSTILE.iter().enumerate() {
        for (offset, outcome) in ["failed", "failed", "updated"].into_iter().enumerate() {
            let account = &report["accounts"][3 * index + offset];
            let name = hostile.name;
            assert_eq!(account["outcome"], outcome, "{name}: {account:#}");
            if outcome == "failed" {
                assert_eq!(account["error"], hostile.error, "{name}: {account:#}");
            }
        }
        let met = attacks.lock().expect("no panic").iter().filter(|name| **name == hostile.name).count();
        assert_eq!(met, 2, "{}: one request for each of the two accounts", hostile.name);
    }
    let report = report.to_string();
    for text in [&report, &run.stdout, &run.stderr] {
        for number in 0..accounts {
            let secrets = [password(number), jess_password(number)];
            assert!(!secrets.iter().any(|secret| text.contains(secret)), "{text}");
        }
        assert!(!text.contains("session_token="), "a cookie is shown: {text}");
    }
}

#[tokio::test]
async fn service_that_is_not_http_gets_no_password() {
    for bytes in ["SSH-2.0-OpenSSH_9.6\r\n", "\x15\x03\x01\0\x02\x02\x46", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"]
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let received = Arc::new(Mutex::new(String::new()));
        let of_server = Arc::clone(&received);
        tokio::spawn(async move {
            loop {
                let (mut connection, _) = listener.accept().await.expect("a connection");
                let mut request = vec![0; 10_000];
                let count = connection.read(&mut request).await.expect("a request");
                of_server.lock().expect("no panic").push_str(&String::from_utf8_lossy(&request[..count]));
                connection.write_all(bytes.as_bytes()).await.ok();
            }
        });
        let dir = TestDir::new();
        dir.write("lab.yaml", &job_yaml(&format!("http://{address}"), "rate: unlimited", 2));
        let run = dir.run(&["run", "lab.yaml"]).await;
        assert_eq!(run.code, Some(3), "{}", run.stderr);
        let received = received.lock().expect("no panic");
        assert!(received.starts_with("GET ") && !received.contains("POST "), "{received}");
        assert!(run.stderr.contains("No password was sent"), "{}", run.stderr);
    }
}
