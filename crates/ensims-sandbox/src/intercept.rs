//! The middleware around every operation: records the request, waits, and applies the fault.

use std::future::pending;
use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use bytes::Bytes;
use http::request::Parts;
use http::{StatusCode, header};
use serde::Deserialize;
use tokio::time::sleep;

use crate::cookie::{self, token_in};
use crate::distort;
use crate::faults::Fault;
use crate::lock::lock;
use crate::operation::Operation;
use crate::reset::ResetSwitch;
use crate::seen::SeenRequest;
use crate::shared::Shared;

/// Far more than any documented request has.
const MAX_REQUEST_BYTES: usize = 64 * 1024;

pub(crate) async fn intercept(State(shared): State<Arc<Shared>>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, MAX_REQUEST_BYTES).await else {
        return distort::bare(StatusCode::PAYLOAD_TOO_LARGE);
    };
    let switch = parts.extensions.get::<ResetSwitch>().cloned().unwrap_or_default();

    let seen = describe(&shared, &parts, &body);
    let (latency, fault) = {
        let mut script = lock(&shared.script);
        let account = seen.account.as_deref();
        (script.latency, seen.operation.and_then(|operation| script.next(account, operation)))
    };
    let in_flight = shared.recorder.arrived(seen);
    if !latency.is_zero() {
        sleep(latency).await;
    }

    let request = Request::from_parts(parts, Body::from(body));
    let response = answer(&shared, fault, request, next, switch).await;
    in_flight.answered(response.status().as_u16());
    response
}

async fn answer(
    shared: &Shared,
    fault: Option<Fault>,
    request: Request,
    next: Next,
    switch: ResetSwitch,
) -> Response {
    match fault {
        None => next.run(request).await,
        Some(Fault::Delay(time)) => {
            sleep(time).await;
            next.run(request).await
        }
        Some(Fault::ResetBefore) => {
            switch.pull();
            // The connection's task drops this future with the connection.
            pending().await
        }
        Some(Fault::Status { code, retry_after, body }) => {
            distort::status(code, retry_after.as_deref(), body)
        }
        Some(Fault::Html) => distort::html(),
        Some(Fault::EmptyBody) => distort::bare(StatusCode::OK),
        Some(Fault::Redirect(location)) => distort::redirect(location),
        Some(Fault::Answer { code, headers, body }) => distort::exactly(code, &headers, body),
        Some(Fault::SetCookie(lines)) => distort::set_cookies(next.run(request).await, &lines),
        Some(Fault::OtherAccount(email)) => match of_other_account(shared, request, &email) {
            Some(request) => next.run(request).await,
            None => distort::bare(StatusCode::INTERNAL_SERVER_ERROR),
        },
        Some(Fault::ResetWithin) => distort::reset_within(next.run(request).await, switch).await,
        Some(Fault::Drip { every }) => distort::drip(next.run(request).await, every).await,
        Some(Fault::Oversized(size)) => distort::oversized(next.run(request).await, size).await,
        Some(Fault::CutJson) => distort::cut_json(next.run(request).await).await,
        Some(Fault::WrongTypes) => distort::wrong_types(next.run(request).await).await,
    }
}

/// The request as if the account with this e-mail address had sent it, if there is one: with its token, and at log-on
/// with its password.
fn of_other_account(shared: &Shared, request: Request, email: &str) -> Option<Request> {
    let (mut parts, mut body) = request.into_parts();
    let (credential, token) = lock(&shared.world).impersonate(email)?;
    let operation = Operation::of_request(parts.method.as_str(), parts.uri.path());
    if let Some(Operation::LogOn | Operation::Confirm) = operation {
        parts.headers.remove(header::CONTENT_LENGTH);
        body = Body::from(credential);
    }
    let cookie = cookie::carrying(&token).parse().expect("a token is plain ASCII");
    parts.headers.insert(header::COOKIE, cookie);
    Some(Request::from_parts(parts, body))
}

/// The names in a body. The passwords are not read here.
#[derive(Default, Deserialize)]
struct Names {
    email: Option<String>,
    #[serde(rename = "jessUser")]
    jess_username: Option<String>,
}

fn describe(shared: &Shared, parts: &Parts, body: &Bytes) -> SeenRequest {
    let operation = Operation::of_request(parts.method.as_str(), parts.uri.path());
    let names = match operation {
        Some(Operation::LogOn | Operation::UpdateJessSession) => {
            serde_json::from_slice::<Names>(body).unwrap_or_default()
        }
        _ => Names::default(),
    };
    let world = lock(&shared.world);
    let account = match operation {
        Some(Operation::LogOn) => names.email.as_deref().map(|email| world.spelling(email)),
        _ => token_in(&parts.headers).and_then(|token| world.owner_of_token(token)),
    };
    let user_agent = parts.headers.get(header::USER_AGENT);
    SeenRequest {
        at: shared.recorder.elapsed(),
        operation,
        method: parts.method.to_string(),
        path: parts.uri.path().to_owned(),
        account: account.map(str::to_owned),
        user_agent: user_agent.map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned()),
        cookie_lines: parts.headers.get_all(header::COOKIE).iter().count(),
        referer: parts.headers.contains_key(header::REFERER),
        status: None,
        jess_username: names.jess_username,
    }
}
