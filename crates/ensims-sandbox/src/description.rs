//! Makes `openapi.json` from the operations, the bodies and the published answers, and checks that it is current.

mod words;

use std::fs;
use std::path::Path;

use schemars::Schema;
use schemars::generate::{SchemaGenerator, SchemaSettings};
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::bodies::{
    AuthAnswer, DataAnswer, EnsimsCredential, JessAccount, JessCredential, JessUsageReport, NoRecord,
    Refusal, UserRecord, VersionInfo,
};
use crate::openapi::OPENAPI;
use crate::operation::{LOG_ON_ALIAS, Operation};

#[derive(Serialize)]
struct Document {
    openapi: &'static str,
    info: Value,
    servers: Value,
    tags: Value,
    paths: Map<String, Value>,
    components: Value,
}

/// A published body.
fn wire(name: &str) -> Value {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/wire");
    let text = fs::read(folder.join(format!("{name}.json"))).expect("a published body");
    serde_json::from_slice(&text).expect("JSON")
}

/// The schema of the request body, and the name of a published one.
fn request(operation: Operation, schemas: &mut SchemaGenerator) -> Option<(Schema, &'static str)> {
    match operation {
        Operation::LogOn => Some((schemas.subschema_for::<EnsimsCredential>(), "request-users-logon")),
        Operation::Confirm => Some((schemas.subschema_for::<EnsimsCredential>(), "request-users-confirm")),
        Operation::UpdateJessSession => {
            Some((schemas.subschema_for::<JessCredential>(), "request-jess-session"))
        }
        _ => None,
    }
}

/// The schema of the answers.
fn answers(operation: Operation, schemas: &mut SchemaGenerator) -> Value {
    let schema = match operation {
        Operation::UsersInfo | Operation::JessInfo => schemas.subschema_for::<VersionInfo>(),
        Operation::LogOn | Operation::CheckIn | Operation::Confirm | Operation::LogOff => {
            return json!({ "oneOf": [schemas.subschema_for::<AuthAnswer>(), schemas.subschema_for::<Refusal>()] });
        }
        Operation::User => {
            let bare = json!({
                "description": "The record alone, as older builds of the service sent it.",
                "allOf": [schemas.subschema_for::<UserRecord>()],
                "required": ["email"],
                "not": { "required": ["ok"] },
                "x-basis": "recorded",
            });
            return json!({ "oneOf": [schemas.subschema_for::<DataAnswer<UserRecord>>(), bare] });
        }
        Operation::UpdateJessSession | Operation::JessSession => {
            schemas.subschema_for::<DataAnswer<NoRecord>>()
        }
        Operation::JessAccount => schemas.subschema_for::<DataAnswer<JessAccount>>(),
        Operation::JessUsage => schemas.subschema_for::<DataAnswer<JessUsageReport>>(),
    };
    json!(schema)
}

/// The published answers, and how well each is known.
fn published(operation: Operation) -> &'static [(&'static str, &'static str)] {
    match operation {
        Operation::UsersInfo => &[("info-users", "recorded")],
        Operation::LogOn => &[
            ("users-auth-ok", "documented"),
            ("users-auth-ok-role-pro", "recorded"),
            ("users-auth-failed", "documented"),
        ],
        Operation::CheckIn => &[("users-checkin-ok", "documented")],
        Operation::Confirm => &[("users-confirm-ok", "documented"), ("users-confirm-failed", "documented")],
        Operation::LogOff => &[("users-logout-ok", "documented"), ("users-logout-ok-short", "documented")],
        Operation::User => &[("users-user-get", "documented"), ("users-user-get-bare-2020", "recorded")],
        Operation::JessInfo => &[("info-jess", "recorded")],
        Operation::UpdateJessSession => {
            &[("jess-session-updated", "documented"), ("jess-session-rejected", "documented")]
        }
        Operation::JessSession => &[("jess-session-valid", "documented")],
        Operation::JessAccount => &[("jess-account", "documented")],
        Operation::JessUsage => &[("jess-usage", "documented")],
    }
}

fn examples(operation: Operation) -> Map<String, Value> {
    let mut examples = Map::new();
    for (name, basis) in published(operation) {
        examples.insert((*name).to_owned(), json!({ "value": wire(name), "x-basis": basis }));
    }
    if matches!(operation, Operation::JessSession | Operation::JessAccount | Operation::JessUsage) {
        let value = json!({ "ok": false, "status": "JESS session key is not valid.", "data": null });
        let example = json!({ "summary": "Without a valid link", "value": value, "x-basis": "inferred" });
        examples.insert("jess-session-not-valid".to_owned(), example);
    }
    examples
}

fn responses(operation: Operation, schemas: &mut SchemaGenerator) -> Value {
    let mut success = json!({
        "description": "The answer. Its `ok` says whether the request is accepted.",
        "content": { "application/json": {
            "schema": answers(operation, schemas),
            "examples": examples(operation),
        } },
        "x-basis": "inferred",
    });
    if matches!(operation, Operation::UsersInfo | Operation::JessInfo) {
        success["description"] = "The version.".into();
    }
    if let Some(text) = words::cookie(operation) {
        success["headers"] = json!({
            "Set-Cookie": { "description": text, "schema": { "type": "string" }, "x-basis": "documented" }
        });
    }
    json!({ "200": success })
}

fn describe(operation: Operation, schemas: &mut SchemaGenerator) -> Value {
    let [id, summary, text] = words::words(operation);
    let is_users = operation.path().starts_with("/users");
    let mut described = json!({
        "operationId": id,
        "summary": summary,
        "description": text,
        "tags": [if is_users { "Users API" } else { "JESS API" }],
        "security": [],
        "responses": responses(operation, schemas),
    });
    if let Some((schema, name)) = request(operation, schemas) {
        described["requestBody"] = json!({
            "required": true,
            "content": { "application/json": {
                "schema": schema,
                "examples": { name: { "value": wire(name), "x-basis": "documented" } },
            } },
        });
        described["responses"]["400"] = json!({ "$ref": "#/components/responses/Unreadable" });
    }
    if !matches!(operation, Operation::UsersInfo | Operation::LogOn | Operation::JessInfo) {
        described["security"] = json!([{ "sessionToken": [] }]);
        described["responses"]["401"] = json!({ "$ref": "#/components/responses/Unauthorized" });
    }
    let unknown = words::unknown(operation);
    if !unknown.is_empty() {
        described["x-unknown"] = json!(unknown);
    }
    described
}

fn components(mut schemas: SchemaGenerator) -> Value {
    let refusal = schemas.subschema_for::<Refusal>();
    json!({
        "schemas": schemas.take_definitions(true),
        "responses": {
            "Unauthorized": {
                "description": "The token is missing, invalid or expired. Whether there is a body is unknown; a sandbox sends none.",
                "x-basis": "documented",
            },
            "Unreadable": {
                "description": "The body is not the documented JSON object.",
                "content": { "application/json": {
                    "schema": refusal,
                    "examples": { "unreadable": {
                        "value": { "ok": false, "status": "The request could not be read." },
                        "x-basis": "guess",
                    } },
                } },
                "x-basis": "guess",
            },
        },
        "securitySchemes": {
            "sessionToken": {
                "type": "apiKey",
                "in": "cookie",
                "name": "session_token",
                "description": words::TOKEN,
                "x-basis": "documented",
            },
        },
    })
}

fn document() -> String {
    let settings = SchemaSettings::draft2020_12().with(|settings| {
        settings.definitions_path = "/components/schemas".into();
    });
    let mut schemas = settings.into_generator();
    let mut paths = Map::new();
    for operation in Operation::ALL {
        let described = describe(operation, &mut schemas);
        let path = paths.entry(operation.path()).or_insert_with(|| json!({}));
        path[operation.method().to_lowercase()] = described;
    }
    let mut alias = paths[Operation::LogOn.path()].clone();
    alias["post"]["operationId"] = "logOnByOtherPath".into();
    alias["post"]["summary"] = "Log on at the other path".into();
    alias["post"]["description"] = words::OTHER_LOG_ON.into();
    alias["post"]["deprecated"] = true.into();
    paths.insert(LOG_ON_ALIAS.to_owned(), alias);

    let document = Document {
        openapi: "3.1.1",
        info: json!({
            "title": "ENSIMS web service",
            "summary": "An unofficial description of its accounts and JESS sessions",
            "description": words::ABOUT,
            "version": env!("CARGO_PKG_VERSION"),
            "license": { "name": "MIT or Apache 2.0", "identifier": env!("CARGO_PKG_LICENSE") },
        }),
        // The sandbox comes first, so that a program that takes the first server never sends a request to the service.
        servers: json!([
            { "url": "/", "description": "A sandbox that serves this description" },
            { "url": "https://api.ensims.com", "description": "The service, which does not serve this description" },
        ]),
        tags: json!([
            { "name": "Users API", "description": "Accounts and log-on" },
            { "name": "JESS API", "description": "The session, account and usage of JESS" },
        ]),
        paths,
        components: components(schemas),
    };
    serde_json::to_string_pretty(&document).expect("plain data") + "\n"
}

#[test]
fn committed_description_is_current() {
    let current = document();
    if current != OPENAPI {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/openapi.json");
        fs::write(file, current).expect("the description is written");
        panic!("the description has changed; type: cp target/openapi.json crates/ensims-sandbox/");
    }
}
