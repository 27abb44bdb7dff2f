//! The description of the service says what the sandbox does.

use ensims_sandbox::{OPENAPI, Operation, Sandbox};
use serde_json::Value;

use crate::raw::{get, send};

fn described() -> Value {
    serde_json::from_str(OPENAPI).expect("JSON")
}

#[tokio::test]
async fn description_is_served_unless_it_poses_as_the_service() {
    let sandbox = Sandbox::start().await.expect("a free port");
    let answer = get(&sandbox, "/openapi.json", "").await;
    assert_eq!((answer.code, answer.headers("content-type")), (200, vec!["application/json"]));
    assert_eq!(answer.json(), described());

    let posing = Sandbox::builder().pose_as_service().start().await.expect("a free port");
    assert_eq!(get(&posing, "/openapi.json", "").await.code, 404);
}

#[tokio::test]
async fn exactly_the_described_methods_of_each_path_are_answered() {
    let sandbox = Sandbox::start().await.expect("a free port");
    let described = described();
    let paths = described["paths"].as_object().expect("paths");
    for operation in Operation::ALL {
        assert!(
            paths[operation.path()].get(operation.method().to_lowercase()).is_some(),
            "{operation} is described"
        );
    }
    for (path, operations) in paths {
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"] {
            let answer = send(&sandbox, method, path, "", "").await;
            match operations.get(method.to_lowercase()) {
                Some(operation) => {
                    let responses = operation["responses"].as_object().expect("responses");
                    assert!(
                        responses.contains_key(&answer.code.to_string()),
                        "{method} {path}: {}",
                        answer.code
                    );
                }
                None => assert_eq!(answer.code, 405, "{method} {path}"),
            }
        }
    }
}
