//! The answers of the service, in its own words.

use axum::body::Body;
use axum::response::Response;
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;

use crate::bodies::{
    AuthAnswer, DataAnswer, JessAccount, JessUsage, JessUsageReport, NoRecord, Refusal, UserRecord,
    VersionInfo,
};
use crate::cookie;
use crate::openapi::OPENAPI;
use crate::world::{Identity, LinkedJessUser};

/// An answer with a JSON body.
fn json_answer(code: StatusCode, body: &impl Serialize) -> Response {
    let body = serde_json::to_value(body).expect("a body is plain data");
    let mut response = Response::new(Body::from(body.to_string()));
    *response.status_mut() = code;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

fn ok(body: &impl Serialize) -> Response {
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
    json_answer(StatusCode::BAD_REQUEST, &Refusal { ok: false, status: "The request could not be read." })
}

/// The description of the service. The service itself has no such thing.
pub(crate) async fn description() -> Response {
    let mut response = Response::new(Body::from(OPENAPI));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

/// The version of the Users API, as recorded in the official notebooks, with the one key that tells a sandbox from the
/// service.
pub(crate) fn users_info(poses_as_service: bool) -> Response {
    ok(&VersionInfo {
        title: "Users Web API",
        description: "JESS User Management API provided by ENSIMS Ltd.",
        major: 1,
        minor: 0,
        revision: 0,
        release: "beta",
        update: 0,
        notice: "(C) 2017, Energy Simulation Solutions Ltd. All rights reserved.",
        sandbox: (!poses_as_service).then_some(true),
    })
}

/// The version of the JESS API, likewise.
pub(crate) fn jess_info(poses_as_service: bool) -> Response {
    ok(&VersionInfo {
        title: "JESS Web API",
        description: "JESS online simulation services API provided by ENSIMS Ltd.",
        major: 1,
        minor: 0,
        revision: 0,
        release: "beta",
        update: 1,
        notice: "(C) 2020, Energy Simulation Solutions Ltd. All rights reserved.",
        sandbox: (!poses_as_service).then_some(true),
    })
}

/// An accepted log-on (`docs:users:log_on`).
pub(crate) fn logged_on(who: &Identity, token: &str) -> Response {
    let body = AuthAnswer {
        ok: true,
        status: "Logged in successfully!",
        jwt: "Session token in cookie",
        user: Some(&who.nickname),
        role: None,
        email: Some(&who.email),
    };
    with_cookie(ok(&body), &cookie::carrying(token))
}

/// A refused log-on (`docs:users:log_on`). The status code is not documented; 200 fits the published clients.
pub(crate) fn log_on_refused() -> Response {
    ok(&Refusal { ok: false, status: "No matching username and password pair was found!" })
}

/// A check-in (`docs:users:check_in`).
pub(crate) fn checked_in(who: &Identity, token: &str) -> Response {
    renewed("Session renewed successfully!", who, token)
}

/// A successful confirmation (`docs:users:confirm`).
pub(crate) fn confirmed(who: &Identity, token: &str) -> Response {
    renewed("User credential confirmed!", who, token)
}

fn renewed(status: &'static str, who: &Identity, token: &str) -> Response {
    let body = AuthAnswer {
        ok: true,
        status,
        jwt: "Session key cookie",
        user: Some(&who.nickname),
        role: Some("user"),
        email: Some(&who.email),
    };
    with_cookie(ok(&body), &cookie::carrying(token))
}

/// A failed confirmation (`docs:users:confirm`). It is the same for a wrong password (not documented).
pub(crate) fn not_confirmed() -> Response {
    ok(&Refusal { ok: false, status: "User does not match the existing session" })
}

/// A log-off (`docs:users:log_off`), in the longer of its two forms.
pub(crate) fn logged_off() -> Response {
    let body = AuthAnswer {
        ok: true,
        status: "Logged out successfully!",
        jwt: "Session token cleared",
        user: None,
        role: None,
        email: None,
    };
    with_cookie(ok(&body), &cookie::cleared())
}

fn data_answer<T: Serialize>(ok_value: bool, status: impl Into<String>, data: Option<T>) -> Response {
    ok(&DataAnswer { ok: ok_value, status: status.into(), data })
}

/// The record of an account (`docs:users:get_user`). Without a link its JESS user is null (not documented).
pub(crate) fn user(who: &Identity, jess: Option<&LinkedJessUser>) -> Response {
    let data = UserRecord {
        title: None,
        firstname: Some(&who.nickname),
        middlename: None,
        surname: None,
        nickname: Some(&who.nickname),
        position: None,
        company: None,
        email: Some(&who.email),
        tel: None,
        address: None,
        postcode: None,
        country: None,
        website: None,
        twitter: None,
        linkedin: None,
        use_jess: Some(jess.is_some()),
        jess_user: jess.map(|jess| jess.username.as_str()),
        jess_pwd: Some("hidden"),
    };
    // The service's own spelling.
    data_answer(true, "User's account detailes included.", Some(data))
}

/// An accepted JESS credential (`docs:jess:upd_session`).
pub(crate) fn jess_session_updated() -> Response {
    data_answer(true, "New JESS session key is assigned.", None::<NoRecord>)
}

/// A refused JESS credential (`docs:jess:upd_session`).
pub(crate) fn jess_session_rejected() -> Response {
    let status = "The supplied user and passwd pair does not match any record on JESS.";
    data_answer(false, status, None::<NoRecord>)
}

/// A valid JESS session (`docs:jess:chk_session`).
pub(crate) fn jess_session_valid() -> Response {
    data_answer(true, "JESS session key is valid.", None::<NoRecord>)
}

/// No link, or no valid key. It is not documented; this is the form of the other refusals.
pub(crate) fn jess_session_not_valid() -> Response {
    data_answer(false, "JESS session key is not valid.", None::<NoRecord>)
}

/// The record of the linked JESS user (`docs:jess:acc_info`). The e-mail address is that of the ENSIMS account.
pub(crate) fn jess_account(who: &Identity, jess: &LinkedJessUser) -> Response {
    let data = JessAccount {
        id: i64::try_from(jess.number).ok(),
        username: Some(&jess.username),
        firstname: Some(&who.nickname),
        surname: Some("User"),
        email: Some(&who.email),
        address: Some("NA"),
        // The documented sample has this word, not a JSON null.
        telephone: Some("null"),
        user_group: Some("user"),
        permissions: Some(""),
        overdraft: Some(100.0),
        cpu_hours: Some(91.5),
        registered: Some(1_529_625_679_327),
        last_access: Some(1_529_625_679_327),
        suspended: Some(jess.suspended),
    };
    data_answer(true, format!("{} account available", jess.username), Some(data))
}

/// The usage of the linked JESS user (`docs:jess:usage_info`), an array with one element.
pub(crate) fn jess_usage(jess: &LinkedJessUser) -> Response {
    let data = JessUsage {
        status: Some("NA"),
        username: Some(&jess.username),
        latest: Some(1_607_162_712_868),
        upload: Some(39_811_760),
        storage: Some(8_523_778_833),
        download: Some(1_166_582_910),
        jobs: Some(603),
        submissions: Some(167),
        cputime: Some(31_177),
    };
    data_answer(true, format!("{} usage report available", jess.username), Some(JessUsageReport(vec![data])))
}
