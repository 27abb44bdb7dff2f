//! The recorded answers as the client reads them, and the documented requests as it sends them.
#![expect(clippy::disallowed_methods, reason = "the recorded answers are files")]

use std::fs;
use std::path::Path;

use ensims_client::{EnsimsCredential, JessCredential};
use ensims_sandbox::{Operation, Sandbox, Target};
use insta::assert_debug_snapshot;
use serde_json::Value;

use crate::{answer, client, raw, sandbox, session, token};

fn recorded(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/wire").join(name);
    fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A sandbox whose next answer to this operation is a recorded one, with a fresh token.
async fn replay(operation: Operation, name: &str) -> Sandbox {
    let sandbox = sandbox().await;
    let headers = [("content-type", "application/json"), ("set-cookie", "session_token=d.e.f; Path=/")];
    sandbox.script(Target::Anyone, operation, [answer(200, &headers, recorded(name))]);
    sandbox
}

#[tokio::test]
async fn log_on_reads_the_recorded_answers() {
    for name in ["users-auth-ok", "users-auth-ok-role-pro", "users-auth-failed"] {
        let sandbox = replay(Operation::LogOn, &format!("{name}.json")).await;
        let credential = EnsimsCredential::new("user@example.org", "any").expect("a credential");
        let read = client(&sandbox.url()).log_on(&credential).await;
        let read = read.map(|answer| answer.map(|session| session.identity().clone()));
        assert_debug_snapshot!(name, read);
    }
}

#[tokio::test]
async fn check_in_and_confirm_read_the_recorded_answers() {
    let sandbox = replay(Operation::CheckIn, "users-checkin-ok.json").await;
    assert_debug_snapshot!("users-checkin-ok", session(&sandbox).check_in().await);

    let credential = EnsimsCredential::new("user@example.org", "any").expect("a credential");
    for name in ["users-confirm-ok", "users-confirm-failed"] {
        let sandbox = replay(Operation::Confirm, &format!("{name}.json")).await;
        assert_debug_snapshot!(name, session(&sandbox).confirm(&credential).await);
    }
}

#[tokio::test]
async fn log_off_reads_the_recorded_answers() {
    for name in ["users-logout-ok", "users-logout-ok-short"] {
        let sandbox = replay(Operation::LogOff, &format!("{name}.json")).await;
        let answer = session(&sandbox).log_off().await.expect(name);
        assert_eq!(answer.message.as_deref(), Some("Logged out successfully!"));
    }
}

#[tokio::test]
async fn user_reads_both_recorded_forms() {
    for name in ["users-user-get", "users-user-get-bare-2020"] {
        let sandbox = replay(Operation::User, &format!("{name}.json")).await;
        assert_debug_snapshot!(name, session(&sandbox).user().await);
    }
}

#[tokio::test]
async fn info_reads_the_recorded_answers() {
    let sandbox = replay(Operation::UsersInfo, "info-users.json").await;
    assert_debug_snapshot!("info-users", client(&sandbox.url()).users_info().await);
    let sandbox = replay(Operation::JessInfo, "info-jess.json").await;
    assert_debug_snapshot!("info-jess", client(&sandbox.url()).jess_info().await);
}

#[tokio::test]
async fn update_jess_session_reads_the_recorded_answers() {
    let credential = JessCredential::new("TestUser", "any").expect("a credential");
    for name in ["jess-session-updated", "jess-session-rejected"] {
        let sandbox = replay(Operation::UpdateJessSession, &format!("{name}.json")).await;
        assert_debug_snapshot!(name, session(&sandbox).update_jess_session(&credential).await);
    }
}

#[tokio::test]
async fn jess_session_reads_the_recorded_answers() {
    for (snapshot, name) in
        [("jess-session-valid", "jess-session-valid"), ("jess-session-not-valid", "jess-session-rejected")]
    {
        let sandbox = replay(Operation::JessSession, &format!("{name}.json")).await;
        assert_debug_snapshot!(snapshot, session(&sandbox).jess_session().await);
    }
}

#[tokio::test]
async fn jess_records_are_read_from_the_recorded_answers() {
    let sandbox = replay(Operation::JessAccount, "jess-account.json").await;
    assert_debug_snapshot!("jess-account", session(&sandbox).jess_account().await);
    let sandbox = replay(Operation::JessUsage, "jess-usage.json").await;
    assert_debug_snapshot!("jess-usage", session(&sandbox).jess_usage().await);
}

/// The recorded requests have asterisks and dashes where the secrets were. They are sent as they are.
#[tokio::test]
async fn request_bodies_equal_the_documented_ones() {
    let email = "user@example.org";
    let ensims = EnsimsCredential::new(email, "********").expect("a credential");
    let jess = JessCredential::new("--------", "********").expect("a credential");
    let reply =
        "HTTP/1.1 200 OK\r\nset-cookie: session_token=d.e.f\r\ncontent-length: 11\r\n\r\n{\"ok\":true}";
    let table = [
        ("request-users-logon.json", "POST /users/api/auth HTTP/1.1"),
        ("request-users-confirm.json", "POST /users/api/confirm HTTP/1.1"),
        ("request-jess-session.json", "POST /jess_web/api/session HTTP/1.1"),
    ];
    for (name, first_line) in table {
        let (address, request) = raw(reply).await;
        let client = client(&format!("http://{address}"));
        let mut session = client.resume(token("a.b.c"));
        match name {
            "request-users-logon.json" => drop(client.log_on(&ensims).await.expect("a log-on")),
            "request-users-confirm.json" => drop(session.confirm(&ensims).await.expect("a confirmation")),
            _ => drop(session.update_jess_session(&jess).await.expect("an update")),
        }
        let request = request.await.expect("a request");
        let (head, body) = request.split_once("\r\n\r\n").expect("a head");
        assert_eq!(head.lines().next(), Some(first_line));
        assert!(head.to_lowercase().contains("content-type: application/json"), "{head}");
        let sent: Value = serde_json::from_str(body).expect("JSON");
        let documented: Value = serde_json::from_slice(&recorded(name)).expect("JSON");
        assert_eq!(sent, documented, "{name}");
    }
}

#[test]
fn every_recorded_answer_has_a_test() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/wire");
    let tests = include_str!("wire.rs");
    for entry in fs::read_dir(folder).expect("the recorded answers") {
        let name = entry.expect("a file").file_name().into_string().expect("a name");
        let stem = name.strip_suffix(".json").expect("JSON");
        assert!(tests.contains(&format!("\"{stem}\"")) || tests.contains(&format!("\"{name}\"")), "{name}");
    }
}
