//! The bodies that the service answers with, in its own words.

use axum::body::Body;
use axum::response::Response;
use http::{HeaderValue, StatusCode, header};
use serde_json::{Value, json};

use crate::cookie;
use crate::world::{Identity, LinkedJessUser};

/// An answer with a JSON body.
pub(crate) fn json_answer(code: StatusCode, body: &Value) -> Response {
    let mut response = Response::new(Body::from(body.to_string()));
    *response.status_mut() = code;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

fn ok(body: &Value) -> Response {
    json_answer(StatusCode::OK, body)
}

fn with_cookie(mut response: Response, line: &str) -> Response {
    let line = HeaderValue::from_str(line).expect("a token is plain ASCII text");
    response.headers_mut().insert(header::SET_COOKIE, line);
    response
}

/// The answer to a request without a valid token. Whether a 401 has a body is not documented; here it has none.
pub(crate) fn unauthorized() -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::UNAUTHORIZED;
    response
}

/// The answer to a body that is not the documented JSON object. It is not documented; 400 is usual.
pub(crate) fn malformed() -> Response {
    let body = json!({ "ok": false, "status": "The request could not be read." });
    json_answer(StatusCode::BAD_REQUEST, &body)
}

/// The version of an API, with the one key that tells a sandbox from the service.
fn info(poses_as_service: bool, mut version: Value) -> Response {
    if !poses_as_service {
        version["sandbox"] = Value::Bool(true);
    }
    ok(&version)
}

/// The version of the Users API, as recorded in the official notebooks.
pub(crate) fn users_info(poses_as_service: bool) -> Response {
    info(
        poses_as_service,
        json!({
            "Title": "Users Web API",
            "Description": "JESS User Management API provided by ENSIMS Ltd.",
            "Major": 1,
            "Minor": 0,
            "Revision": 0,
            "Release": "beta",
            "Update": 0,
            "Notice": "(C) 2017, Energy Simulation Solutions Ltd. All rights reserved."
        }),
    )
}

/// The version of the JESS API, as recorded in the official notebooks.
pub(crate) fn jess_info(poses_as_service: bool) -> Response {
    info(
        poses_as_service,
        json!({
            "Title": "JESS Web API",
            "Description": "JESS online simulation services API provided by ENSIMS Ltd.",
            "Major": 1,
            "Minor": 0,
            "Revision": 0,
            "Release": "beta",
            "Update": 1,
            "Notice": "(C) 2020, Energy Simulation Solutions Ltd. All rights reserved."
        }),
    )
}

/// An accepted log-on (`docs:users:log_on`).
pub(crate) fn logged_on(who: &Identity, token: &str) -> Response {
    let body = json!({
        "ok": true,
        "status": "Logged in successfully!",
        "jwt": "Session token in cookie",
        "user": who.nickname,
        "role": null,
        "email": who.email
    });
    with_cookie(ok(&body), &cookie::carrying(token))
}

/// A refused log-on (`docs:users:log_on`). The status code is not documented; 200 fits the published clients.
pub(crate) fn log_on_refused() -> Response {
    ok(&json!({ "ok": false, "status": "No matching username and password pair was found!" }))
}

/// A check-in (`docs:users:check_in`).
pub(crate) fn checked_in(who: &Identity, token: &str) -> Response {
    renewed("Session renewed successfully!", who, token)
}

/// A successful confirmation (`docs:users:confirm`).
pub(crate) fn confirmed(who: &Identity, token: &str) -> Response {
    renewed("User credential confirmed!", who, token)
}

fn renewed(status: &str, who: &Identity, token: &str) -> Response {
    let body = json!({
        "ok": true,
        "status": status,
        "jwt": "Session key cookie",
        "user": who.nickname,
        "role": "user",
        "email": who.email
    });
    with_cookie(ok(&body), &cookie::carrying(token))
}

/// A failed confirmation (`docs:users:confirm`). It is the same for a wrong password (not documented).
pub(crate) fn not_confirmed() -> Response {
    ok(&json!({ "ok": false, "status": "User does not match the existing session" }))
}

/// A log-off (`docs:users:log_off`), in the longer of its two forms.
pub(crate) fn logged_off() -> Response {
    let body = json!({
        "ok": true,
        "status": "Logged out successfully!",
        "jwt": "Session token cleared",
        "user": null,
        "role": null,
        "email": null
    });
    with_cookie(ok(&body), &cookie::cleared())
}

/// The record of an account (`docs:users:get_user`). Without a link its JESS user is null (not documented).
pub(crate) fn user(who: &Identity, jess: Option<&LinkedJessUser>) -> Response {
    ok(&json!({
        "ok": true,
        // The service's own spelling.
        "status": "User's account detailes included.",
        "data": {
            "title": null,
            "firstname": who.nickname,
            "middlename": null,
            "surname": null,
            "nickname": who.nickname,
            "position": null,
            "company": null,
            "email": who.email,
            "tel": null,
            "address": null,
            "postcode": null,
            "country": null,
            "website": null,
            "twitter": null,
            "linkedin": null,
            "use_jess": jess.is_some(),
            "jess_user": jess.map(|jess| &jess.username),
            "jess_pwd": "hidden"
        }
    }))
}

fn data_response(ok_value: bool, status: &str, data: &Value) -> Response {
    ok(&json!({ "ok": ok_value, "status": status, "data": data }))
}

/// An accepted JESS credential (`docs:jess:upd_session`).
pub(crate) fn jess_session_updated() -> Response {
    data_response(true, "New JESS session key is assigned.", &Value::Null)
}

/// A refused JESS credential (`docs:jess:upd_session`).
pub(crate) fn jess_session_rejected() -> Response {
    let status = "The supplied user and passwd pair does not match any record on JESS.";
    data_response(false, status, &Value::Null)
}

/// A valid JESS session (`docs:jess:chk_session`).
pub(crate) fn jess_session_valid() -> Response {
    data_response(true, "JESS session key is valid.", &Value::Null)
}

/// No link, or no valid key. It is not documented; this is the form of the other refusals.
pub(crate) fn jess_session_not_valid() -> Response {
    data_response(false, "JESS session key is not valid.", &Value::Null)
}

/// The record of the linked JESS user (`docs:jess:acc_info`). The e-mail address is that of the ENSIMS account.
pub(crate) fn jess_account(who: &Identity, jess: &LinkedJessUser) -> Response {
    let status = format!("{} account available", jess.username);
    let data = json!({
        "address": "NA",
        "permissions": "",
        "id": jess.number,
        "surname": "User",
        "firstname": who.nickname,
        "overdraft": 100.0,
        "userGroup": "user",
        "last_Access": 1_529_625_679_327_u64,
        "registered": 1_529_625_679_327_u64,
        // The documented sample has this word, not a JSON null.
        "telephone": "null",
        "suspended": jess.suspended,
        "username": jess.username,
        "email": who.email,
        "cpuhour": 91.5
    });
    data_response(true, &status, &data)
}

/// The usage of the linked JESS user (`docs:jess:usage_info`), an array with one element.
pub(crate) fn jess_usage(jess: &LinkedJessUser) -> Response {
    let status = format!("{} usage report available", jess.username);
    let data = json!([{
        "status": "NA",
        "username": jess.username,
        "latest": 1_607_162_712_868_u64,
        "upload": 39_811_760,
        "storage": 8_523_778_833_u64,
        "jobs": 603,
        "download": 1_166_582_910,
        "submissions": 167,
        "cputime": 31_177
    }]);
    data_response(true, &status, &data)
}
