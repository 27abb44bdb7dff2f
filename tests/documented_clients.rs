//! The examples in the service's documentation, with curl and with Python's requests, work against the sandbox:
//! log on and keep the cookie, update, verify, check in, log off.

use ensims_sandbox::{Account, JessUser, Operation, Sandbox};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Command;

use crate::markdown::Page;
use crate::program::{TestDir, repository_file};

const CURL: &str = r#"
set -eu
json='Content-Type: application/json'
curl -sS -c cookies.txt -H "$json" -d '{"email": "user@example.org", "password": "ensims"}' "$URL/users/api/auth"
curl -sS -b cookies.txt -H "$json" -d '{"jessUser": "TestUser", "jessPwd": "jess"}' "$URL/jess_web/api/session"
curl -sS -b cookies.txt "$URL/jess_web/api/session"
curl -sS -b cookies.txt -c cookies.txt -X POST "$URL/users/api/checkin"
curl -sS -b cookies.txt -c cookies.txt -X POST "$URL/users/api/logout"
curl -sS -b cookies.txt -o /dev/null -w '%{http_code}' "$URL/jess_web/api/session"
"#;

const PYTHON: &str = r#"
import os, requests
url = os.environ["URL"]
r = requests.post(url + "/users/api/auth", json={"email": "user@example.org", "password": "ensims"})
print(r.text)
cookies = r.cookies
body = {"jessUser": "TestUser", "jessPwd": "jess"}
print(requests.post(url + "/jess_web/api/session", json=body, cookies=cookies).text)
print(requests.get(url + "/jess_web/api/session", cookies=cookies).text)
r = requests.post(url + "/users/api/checkin", cookies=cookies)
print(r.text)
cookies = r.cookies
r = requests.post(url + "/users/api/logout", cookies=cookies)
print(r.text)
print(requests.get(url + "/jess_web/api/session", cookies=cookies).status_code)
"#;

/// The text that each answer must contain, in this order.
const EXPECTED: [&str; 6] = [
    "Logged in successfully!",
    "New JESS session key is assigned.",
    "JESS session key is valid.",
    "Session renewed successfully!",
    "Logged out successfully!",
    "401",
];

async fn run_client(program: &str, option: &str, script: &str) {
    let sandbox = Sandbox::builder()
        .account(Account::new("user@example.org", "ensims"))
        .jess_user(JessUser::new("TestUser", "jess"))
        .start()
        .await
        .expect("a sandbox");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let output = Command::new(program)
        .args([option, script])
        .current_dir(folder.path())
        .env("URL", sandbox.url())
        .env("NO_PROXY", "127.0.0.1")
        .output()
        .await
        .expect("the program starts");
    let stdout = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{stdout}{}", String::from_utf8_lossy(&output.stderr));
    let mut rest = &*stdout;
    for expected in EXPECTED {
        let at = rest.find(expected).unwrap_or_else(|| panic!("{expected} is missing in {stdout}"));
        rest = &rest[at + expected.len()..];
    }
    assert_eq!(sandbox.jess_user_of("user@example.org").as_deref(), Some("TestUser"));
    assert_eq!(sandbox.seen().count(Operation::CheckIn), 1);
}

#[tokio::test]
#[ignore = "needs curl; .ci/run runs it"]
async fn documented_curl_commands_work() {
    run_client("bash", "-c", CURL).await;
}

#[tokio::test]
#[ignore = "needs Python with requests; .ci/run installs and runs it"]
async fn documented_python_requests_work() {
    run_client("python3", "-c", PYTHON).await;
}

#[tokio::test]
#[ignore = "needs curl; .ci/run runs it"]
async fn sandbox_page_curl_commands_print_what_is_shown() {
    let dir = TestDir::new();
    let demo = repository_file("jobs/demo.yaml");
    let arguments = ["sandbox", "--listen", "127.0.0.1:0", "--accounts", demo.to_str().expect("UTF-8")];
    let mut child = dir.command(&arguments, &[]).spawn().expect("the program starts");
    let mut lines = BufReader::new(child.stdout.take().expect("its output is a pipe")).lines();
    let url = lines.next_line().await.expect("it can be read").expect("the address is the first line");

    let page = Page::read("docs/sandbox.md");
    let mut shown = page.text.lines();
    let mut compared = 0;
    while let Some(line) = shown.next() {
        let Some(command) = line.strip_prefix("$ curl ") else { continue };
        let command = format!("curl {}", command.replace("http://127.0.0.1:8080", &url));
        let output = Command::new("bash").args(["-c", &command]).current_dir(dir.path("")).output().await;
        let said = String::from_utf8(output.expect("bash starts").stdout).expect("UTF-8");
        assert_eq!(Some(said.trim_end()), shown.next(), "{command}");
        compared += 1;
    }
    assert_eq!(compared, 2, "the page has two curl lines");
}
