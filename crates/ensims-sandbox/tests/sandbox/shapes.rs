//! Every answer has the shape of the documented one.

use std::collections::BTreeSet;
use std::path::Path;

use ensims_sandbox::{Account, JessUser, Sandbox};
use serde_json::{Value, json};

use crate::raw::{JESS_SESSION, get, log_on, post, send, update};

fn documented(file: &str) -> Value {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/wire");
    let text = std::fs::read_to_string(folder.join(file)).expect("a wire body");
    serde_json::from_str(&text).expect("JSON")
}

/// Checks for the same keys and types. Null matches every type.
fn assert_same_shape(place: &str, answered: &Value, documented: &Value) {
    match (answered, documented) {
        (Value::Null, _)
        | (_, Value::Null)
        | (Value::Bool(_), Value::Bool(_))
        | (Value::String(_), Value::String(_)) => {}
        (Value::Number(answered), Value::Number(documented)) => {
            assert_eq!(answered.is_f64(), documented.is_f64(), "{place}: fraction or not");
        }
        (Value::Array(answered), Value::Array(documented)) => {
            assert_eq!(answered.len(), documented.len(), "{place}");
            for (answered, documented) in answered.iter().zip(documented) {
                assert_same_shape(place, answered, documented);
            }
        }
        (Value::Object(answered), Value::Object(documented)) => {
            let keys: BTreeSet<_> = answered.keys().collect();
            assert_eq!(keys, documented.keys().collect(), "{place}");
            for (key, value) in answered {
                assert_same_shape(&format!("{place}: {key}"), value, &documented[key]);
            }
        }
        _ => panic!("{place}: {answered} is not of the type of {documented}"),
    }
}

#[tokio::test]
async fn every_answer_has_the_documented_shape() {
    let sandbox = Sandbox::builder()
        .account(Account::new("user@example.org", "password").nickname("Sam"))
        .jess_user(JessUser::new("TestUser", "jess"))
        .start()
        .await
        .expect("a free port");
    let pair = json!({ "email": "user@example.org", "password": "password" });
    let wrong = json!({ "email": "user@example.org", "password": "wrong" });

    let accepted = log_on(&sandbox, "user@example.org", "password").await;
    let token = accepted.token();
    let answers = [
        ("users-auth-failed.json", log_on(&sandbox, "user@example.org", "wrong").await),
        ("users-auth-ok.json", accepted),
        ("users-checkin-ok.json", send(&sandbox, "POST", "/users/api/checkin", &token, "").await),
        ("users-confirm-failed.json", post(&sandbox, "/users/api/confirm", &token, &wrong).await),
        ("users-confirm-ok.json", post(&sandbox, "/users/api/confirm", &token, &pair).await),
        ("jess-session-rejected.json", update(&sandbox, &token, "TestUser", "wrong").await),
        ("jess-session-updated.json", update(&sandbox, &token, "TestUser", "jess").await),
        ("jess-session-valid.json", get(&sandbox, JESS_SESSION, &token).await),
        ("jess-account.json", get(&sandbox, "/jess_web/api/account", &token).await),
        ("jess-usage.json", get(&sandbox, "/jess_web/api/usage", &token).await),
        ("users-user-get.json", get(&sandbox, "/users/api/user", &token).await),
        ("users-logout-ok.json", send(&sandbox, "POST", "/users/api/logout", &token, "").await),
    ];
    for (file, answer) in answers {
        let documented = documented(file);
        assert_eq!(answer.code, 200, "{file}");
        assert_same_shape(file, &answer.json(), &documented);
        // The JESS user is named as in the documents, so even texts with a user name are the same.
        assert_eq!(answer.json()["status"], documented["status"], "{file}");
        assert_eq!(answer.json()["ok"], documented["ok"], "{file}");
    }
}

#[tokio::test]
async fn info_is_documented_and_says_that_it_is_a_sandbox() {
    let sandbox = Sandbox::start().await.expect("a free port");
    let posing = Sandbox::builder().pose_as_service().start().await.expect("a free port");
    for (path, file) in [("/users/api/info", "info-users.json"), ("/jess_web/api/info", "info-jess.json")] {
        let mut documented = documented(file);
        assert_eq!(get(&posing, path, "").await.json(), documented, "{path}");
        documented["sandbox"] = Value::Bool(true);
        assert_eq!(get(&sandbox, path, "").await.json(), documented, "{path}");
    }
}
