//! Makes `openapi.json` from the operations, the bodies and the published answers, and checks that it is current.

use std::fs;
use std::path::Path;

use schemars::generate::{SchemaGenerator, SchemaSettings};
use schemars::{JsonSchema, Schema};
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::bodies::{
    AuthAnswer, DataAnswer, EnsimsCredential, JessAccount, JessCredential, JessUsageReport, NoRecord,
    Refusal, UserRecord, VersionInfo,
};
use crate::openapi::OPENAPI;
use crate::operation::{LOG_ON_ALIAS, Operation};

const ABOUT: &str = "The part of the ENSIMS web service that has to do with accounts and JESS sessions: the whole log-on \
of the Users API, and the session, account and usage of the JESS API. Simulations, files and mail are not described.

It was made from public documentation (the jEPlus wiki, whose pages are named here as `docs:users:…` and `docs:jess:…`), from \
answers recorded in the official notebooks, and from public client programs. It has never been compared with the live service, \
and its makers have nothing to do with ENSIMS.

`x-basis` says how well something is known. Of an answer it is about the HTTP code, of an example about the body:

- `documented`: the public documentation says so;
- `recorded`: an official notebook shows it;
- `inferred`: it follows from the other two;
- `guess`: nothing is known, and a sandbox does this;
- `sandbox`: only a sandbox has it.

`x-unknown` lists questions about an operation that nothing public answers. Whatever is not described here, such as a 429 or a 503, \
can happen as at any service on the Internet. A sandbox answers 413 to a body of more than 64 kB.

Do not test the live service with programs that make requests from this description: nobody outside ENSIMS knows whether wrong \
passwords lock an account.";

const TOKEN: &str = "A JSON Web Token from the `Set-Cookie` of a log-on, a check-in or a confirmation. Treat it as opaque. Two published \
tokens are valid for 24 hours. Send exactly one cookie with this name.";

const NEW_TOKEN: &str = "The token: `session_token=<JWT>`, then attributes. Refusals come without it.";

#[derive(Serialize)]
struct Document {
    openapi: &'static str,
    info: Value,
    servers: Value,
    tags: Value,
    paths: Map<String, Value>,
    components: Value,
}

/// What is said about an operation.
struct About {
    id: &'static str,
    summary: &'static str,
    text: &'static str,
    basis: &'static str,
    unknown: &'static [&'static str],
    /// The schema of the request body, and a file with a published one.
    request: Option<(Schema, &'static str)>,
    answers: Schema,
    examples: Vec<Example>,
    /// What the cookie of the answer is.
    cookie: Option<&'static str>,
}

/// A published answer, or one that is inferred.
struct Example {
    name: &'static str,
    basis: &'static str,
    body: Value,
}

fn published(basis: &'static str, name: &'static str) -> Example {
    Example { name, basis, body: wire(name) }
}

/// The answer of a JESS operation to an account without a valid link.
fn no_valid_key() -> Example {
    let body = json!({ "ok": false, "status": "JESS session key is not valid.", "data": null });
    Example { name: "jess-session-not-valid", basis: "inferred", body }
}

fn wire(name: &str) -> Value {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/wire");
    let text = fs::read(folder.join(format!("{name}.json"))).expect("a published body");
    serde_json::from_slice(&text).expect("JSON")
}

fn either(schemas: [Schema; 2]) -> Schema {
    json!({ "oneOf": schemas }).try_into().expect("a schema")
}

/// The answers of the Users API, which differ in form.
fn auth_answers(schemas: &mut SchemaGenerator) -> Schema {
    either([schemas.subschema_for::<AuthAnswer>(), schemas.subschema_for::<Refusal>()])
}

fn data_answers<T: JsonSchema>(schemas: &mut SchemaGenerator) -> Schema {
    schemas.subschema_for::<DataAnswer<T>>()
}

/// The record of an account, which older builds of the service sent without an envelope.
fn user_answers(schemas: &mut SchemaGenerator) -> Schema {
    let record = schemas.subschema_for::<UserRecord>();
    let bare = json!({
        "description": "The record alone, as older builds of the service sent it.",
        "allOf": [record],
        "required": ["email"],
        "not": { "required": ["ok"] },
        "x-basis": "recorded",
    });
    either([data_answers::<UserRecord>(schemas), bare.try_into().expect("a schema")])
}

fn about(operation: Operation, schemas: &mut SchemaGenerator) -> About {
    match operation {
        Operation::UsersInfo => About {
            id: "usersInfo",
            summary: "Version of the Users API",
            text: "Needs no token.",
            basis: "recorded",
            unknown: &[],
            request: None,
            answers: schemas.subschema_for::<VersionInfo>(),
            examples: vec![published("recorded", "info-users")],
            cookie: None,
        },
        Operation::LogOn => About {
            id: "logOn",
            summary: "Log on",
            text: "Opens a session of an ENSIMS account (`docs:users:log_on`). The token comes as a cookie, not in the body.",
            basis: "inferred",
            unknown: &[
                "The HTTP code of a refusal.",
                "What a malformed request gets.",
                "What a locked or unconfirmed account gets, and whether several wrong passwords lock one.",
                "Whether requests are limited.",
            ],
            request: Some((schemas.subschema_for::<EnsimsCredential>(), "request-users-logon")),
            answers: auth_answers(schemas),
            examples: vec![
                published("documented", "users-auth-ok"),
                published("recorded", "users-auth-ok-role-pro"),
                published("documented", "users-auth-failed"),
            ],
            cookie: Some(NEW_TOKEN),
        },
        Operation::CheckIn => About {
            id: "checkIn",
            summary: "Check in",
            text: "Checks the token and replaces it (`docs:users:check_in`). Send no body; some clients send `{}` or `\"\"`.",
            basis: "inferred",
            unknown: &["Whether the old token stays valid."],
            request: None,
            answers: auth_answers(schemas),
            examples: vec![published("documented", "users-checkin-ok")],
            cookie: Some(NEW_TOKEN),
        },
        Operation::Confirm => About {
            id: "confirm",
            summary: "Confirm a credential",
            text: "Checks that an e-mail address and a password belong to the account of the token (`docs:users:confirm`).",
            basis: "inferred",
            unknown: &[
                "The HTTP code of a refusal.",
                "What a malformed request gets.",
                "Whether a wrong password gets the same words as another account's e-mail address.",
            ],
            request: Some((schemas.subschema_for::<EnsimsCredential>(), "request-users-confirm")),
            answers: auth_answers(schemas),
            examples: vec![
                published("documented", "users-confirm-ok"),
                published("documented", "users-confirm-failed"),
            ],
            cookie: Some(NEW_TOKEN),
        },
        Operation::LogOff => About {
            id: "logOff",
            summary: "Log off",
            text: "Ends the session (`docs:users:log_off`). The documentation prints a longer and a shorter answer.",
            basis: "inferred",
            unknown: &["Whether the token is refused afterwards."],
            request: None,
            answers: auth_answers(schemas),
            examples: vec![
                published("documented", "users-logout-ok"),
                published("documented", "users-logout-ok-short"),
            ],
            cookie: Some(
                "A cookie that is \"void\". Whether that is an empty value, a date in the past or both is unknown.",
            ),
        },
        Operation::User => About {
            id: "user",
            summary: "Record of the ENSIMS account",
            text: "See `docs:users:get_user`.",
            basis: "inferred",
            unknown: &["`jess_user` of an account without a link."],
            request: None,
            answers: user_answers(schemas),
            examples: vec![
                published("documented", "users-user-get"),
                published("recorded", "users-user-get-bare-2020"),
            ],
            cookie: None,
        },
        Operation::JessInfo => About {
            id: "jessInfo",
            summary: "Version of the JESS API",
            text: "Needs no token.",
            basis: "recorded",
            unknown: &[],
            request: None,
            answers: schemas.subschema_for::<VersionInfo>(),
            examples: vec![published("recorded", "info-jess")],
            cookie: None,
        },
        Operation::UpdateJessSession => About {
            id: "updateJessSession",
            summary: "Update the JESS session",
            text: "Links a JESS account to the ENSIMS account, or gives a linked one a new session key (`docs:jess:upd_session`). \
                The key stays on the server.",
            basis: "inferred",
            unknown: &[
                "The HTTP code of a refusal.",
                "What a malformed request gets.",
                "Whether a refused update removes the present link.",
                "Whether a suspended JESS account is accepted.",
                "Whether several wrong passwords lock an account.",
            ],
            request: Some((schemas.subschema_for::<JessCredential>(), "request-jess-session")),
            answers: data_answers::<NoRecord>(schemas),
            examples: vec![
                published("documented", "jess-session-updated"),
                published("documented", "jess-session-rejected"),
            ],
            cookie: None,
        },
        Operation::JessSession => About {
            id: "jessSession",
            summary: "Check the JESS session",
            text: "Says whether the JESS session key is valid (`docs:jess:chk_session`).",
            basis: "inferred",
            unknown: &[
                "The answer without a link, with a lapsed key or after a change of the JESS password.",
            ],
            request: None,
            answers: data_answers::<NoRecord>(schemas),
            examples: vec![published("documented", "jess-session-valid"), no_valid_key()],
            cookie: None,
        },
        Operation::JessAccount => About {
            id: "jessAccount",
            summary: "Record of the linked JESS account",
            text: "See `docs:jess:acc_info`.",
            basis: "inferred",
            unknown: &["The answer without a link."],
            request: None,
            answers: data_answers::<JessAccount>(schemas),
            examples: vec![published("documented", "jess-account"), no_valid_key()],
            cookie: None,
        },
        Operation::JessUsage => About {
            id: "jessUsage",
            summary: "Usage of the linked JESS account",
            text: "See `docs:jess:usage_info`.",
            basis: "inferred",
            unknown: &["The answer without a link.", "The units."],
            request: None,
            answers: data_answers::<JessUsageReport>(schemas),
            examples: vec![published("documented", "jess-usage"), no_valid_key()],
            cookie: None,
        },
    }
}

fn needs_token(operation: Operation) -> bool {
    !matches!(operation, Operation::UsersInfo | Operation::LogOn | Operation::JessInfo)
}

fn described(operation: Operation, about: About) -> Value {
    let examples: Map<String, Value> = about
        .examples
        .into_iter()
        .map(|Example { name, basis, body }| (name.to_owned(), json!({ "value": body, "x-basis": basis })))
        .collect();
    let mut success = json!({
        "description": if about.basis == "recorded" { "The version." } else { "The answer. Its `ok` says whether the request is accepted." },
        "content": { "application/json": { "schema": about.answers, "examples": examples } },
        "x-basis": about.basis,
    });
    if let Some(text) = about.cookie {
        success["headers"] = json!({
            "Set-Cookie": { "description": text, "schema": { "type": "string" }, "x-basis": "documented" }
        });
    }
    let mut responses = json!({ "200": success });
    let is_users = operation.path().starts_with("/users");
    let mut described = json!({
        "operationId": about.id,
        "summary": about.summary,
        "description": about.text,
        "tags": [if is_users { "Users API" } else { "JESS API" }],
        "security": [],
    });
    if let Some((schema, file)) = about.request {
        described["requestBody"] = json!({
            "required": true,
            "content": { "application/json": {
                "schema": schema,
                "examples": { file: { "value": wire(file), "x-basis": "documented" } },
            } },
        });
        responses["400"] = json!({ "$ref": "#/components/responses/Unreadable" });
    }
    if needs_token(operation) {
        described["security"] = json!([{ "sessionToken": [] }]);
        responses["401"] = json!({ "$ref": "#/components/responses/Unauthorized" });
    }
    described["responses"] = responses;
    if !about.unknown.is_empty() {
        described["x-unknown"] = json!(about.unknown);
    }
    described
}

fn document() -> String {
    let settings = SchemaSettings::draft2020_12().with(|settings| {
        settings.definitions_path = "/components/schemas".into();
    });
    let mut schemas = settings.into_generator();
    let mut paths = Map::new();
    for operation in Operation::ALL {
        let described = described(operation, about(operation, &mut schemas));
        let path = paths.entry(operation.path()).or_insert_with(|| json!({}));
        path[operation.method().to_lowercase()] = described;
    }
    let mut alias = paths[Operation::LogOn.path()].clone();
    alias["post"]["operationId"] = "logOnByOtherPath".into();
    alias["post"]["summary"] = "Log on at the other path".into();
    alias["post"]["description"] =
        "Only the summary table `docs:users:start` has this path, and no published client uses it. Use `/users/api/auth`.".into();
    alias["post"]["deprecated"] = true.into();
    paths.insert(LOG_ON_ALIAS.to_owned(), alias);

    let refusal = schemas.subschema_for::<Refusal>();
    let document = Document {
        openapi: "3.1.1",
        info: json!({
            "title": "ENSIMS web service: accounts and JESS sessions",
            "summary": "An unofficial description",
            "description": ABOUT,
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
        components: json!({
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
                    "description": TOKEN,
                    "x-basis": "documented",
                },
            },
        }),
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
