//! Every example in the description of the service is read as what it says.

use ensims_client::{Answer, EnsimsCredential, Error, JessCredential, JessSession};
use ensims_sandbox::{OPENAPI, Operation, Target};
use serde::Serialize;
use serde_json::{Value, json};

use crate::{answer, client, sandbox, session};

/// A described answer: one of the examples of its body, or nothing if it has no body.
struct Described {
    place: String,
    operation: Operation,
    code: u16,
    body: Option<Value>,
}

fn described_answers() -> Vec<Described> {
    let document: Value = serde_json::from_str(OPENAPI).expect("JSON");
    let mut found = Vec::new();
    for operation in Operation::ALL {
        let method = operation.method().to_lowercase();
        let responses = document["paths"][operation.path()][method]["responses"].as_object();
        for (code, mut response) in responses.expect("responses") {
            if let Some(reference) = response["$ref"].as_str() {
                response = document.pointer(reference.trim_start_matches('#')).expect("a component");
            }
            let mut add = |name: &str, body: Option<&Value>| {
                found.push(Described {
                    place: format!("{operation}, {code} {name}"),
                    operation,
                    code: code.parse().expect("a status code"),
                    body: body.cloned(),
                });
            };
            match response["content"]["application/json"]["examples"].as_object() {
                Some(examples) => {
                    for (name, example) in examples {
                        add(name, Some(&example["value"]));
                    }
                }
                None => add("without a body", None),
            }
        }
    }
    found
}

/// Sends the request whose answer is this one. An accepted answer becomes the JSON of its value.
async fn read(described: &Described) -> Result<Answer<Value>, Error> {
    let sandbox = sandbox().await;
    let body = described.body.as_ref().map(Value::to_string).unwrap_or_default();
    let headers = [("content-type", "application/json"), ("set-cookie", "session_token=d.e.f; Path=/")];
    let reply = match described.code {
        200 => answer(200, &headers, body),
        code => answer(code, &headers[..1], body),
    };
    sandbox.script(Target::Anyone, described.operation, [reply]);
    let client = client(&sandbox.url());
    let mut session = session(&sandbox);
    // The account of the examples.
    let ensims = EnsimsCredential::new("user@example.org", "********").expect("a credential");
    let jess = JessCredential::new("--------", "********").expect("a credential");
    match described.operation {
        Operation::UsersInfo => client.users_info().await.map(|info| Answer::new(json(info), None, 200)),
        Operation::JessInfo => client.jess_info().await.map(|info| Answer::new(json(info), None, 200)),
        Operation::LogOn => {
            client.log_on(&ensims).await.map(|answer| answer.map(|session| json(session.identity())))
        }
        Operation::CheckIn => session.check_in().await.map(|answer| answer.map(json)),
        Operation::Confirm => session.confirm(&ensims).await.map(|answer| answer.map(json)),
        Operation::LogOff => session.log_off().await.map(|answer| answer.map(json)),
        Operation::User => session.user().await.map(|answer| answer.map(json)),
        Operation::UpdateJessSession => {
            session.update_jess_session(&jess).await.map(|answer| answer.map(json))
        }
        Operation::JessSession => {
            session.jess_session().await.map(|answer| answer.map(|valid| json!(valid == JessSession::Valid)))
        }
        Operation::JessAccount => session.jess_account().await.map(|answer| answer.map(json)),
        Operation::JessUsage => session.jess_usage().await.map(|answer| answer.map(json)),
    }
}

fn json(value: impl Serialize) -> Value {
    serde_json::to_value(value).expect("JSON")
}

/// Checks that each key of a record, or of the records in a list, has the value of the example.
fn assert_is_from(place: &str, read: &Value, example: &Value) {
    match read {
        Value::Object(fields) => {
            assert!(!fields.is_empty(), "{place}");
            for (key, value) in fields {
                assert_eq!(value, example.get(key).unwrap_or(&Value::Null), "{place}: {key}");
            }
        }
        Value::Array(items) => {
            let examples = example.as_array().expect("a list");
            assert_eq!(items.len(), examples.len(), "{place}");
            items.iter().zip(examples).for_each(|(item, example)| assert_is_from(place, item, example));
        }
        other => panic!("{place}: {other} is not a record"),
    }
}

#[tokio::test]
async fn every_described_example_ends_in_its_typed_answer() {
    let all = described_answers();
    assert!(all.len() > 25, "{}", all.len());
    for described in all {
        let place = &described.place;
        let read = read(&described).await;
        let Some(body) = &described.body else {
            assert!(matches!(read, Err(Error::Unauthorized)), "{place}: {read:?}");
            continue;
        };
        let message = body["status"].as_str();
        if body["ok"] == false && described.operation != Operation::JessSession {
            let Err(Error::Refused { message: said, http_status, .. }) = read else {
                panic!("{place}: {read:?}");
            };
            assert_eq!((said.as_deref(), http_status), (message, described.code), "{place}");
            continue;
        }
        let answer = read.unwrap_or_else(|error| panic!("{place}: {error}"));
        assert_eq!((answer.message.as_deref(), answer.http_status), (message, described.code), "{place}");
        match described.operation {
            Operation::LogOff | Operation::UpdateJessSession => {
                assert_eq!(answer.value, Value::Null, "{place}");
            }
            Operation::JessSession => assert_eq!(answer.value, body["ok"], "{place}"),
            _ => assert_is_from(place, &answer.value, body.get("data").unwrap_or(body)),
        }
    }
}
