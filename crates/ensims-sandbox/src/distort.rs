//! Faulty answers: one function for each fault.

use std::convert::Infallible;
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::response::Response;
use bytes::Bytes;
use futures::stream::{self, StreamExt};
use http::{HeaderName, HeaderValue, StatusCode, header};
use serde_json::Value;
use tokio::task::yield_now;
use tokio::time::sleep;

use crate::reset::ResetSwitch;

/// A status code without a body.
pub(crate) fn bare(code: StatusCode) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = code;
    response
}

pub(crate) fn status(code: u16, retry_after: Option<&str>, body: String) -> Response {
    let mut headers = Vec::new();
    if !body.is_empty() {
        let is_json = serde_json::from_str::<Value>(&body).is_ok();
        let content_type = if is_json { "application/json" } else { "text/plain; charset=utf-8" };
        headers.push(("content-type".to_owned(), content_type.to_owned()));
    }
    headers.extend(retry_after.map(|value| ("retry-after".to_owned(), value.to_owned())));
    exactly(code, &headers, body.into_bytes())
}

pub(crate) fn html() -> Response {
    let page =
        "<!doctype html>\n<html><head><title>Maintenance</title></head><body>Back soon.</body></html>\n";
    let headers = [("content-type".to_owned(), "text/html; charset=utf-8".to_owned())];
    exactly(200, &headers, page.into())
}

pub(crate) fn redirect(location: String) -> Response {
    exactly(307, &[("location".to_owned(), location)], Vec::new())
}

/// Exactly this answer. If it cannot be sent, a 500 whose body explains why.
pub(crate) fn exactly(code: u16, headers: &[(String, String)], body: Vec<u8>) -> Response {
    try_exactly(code, headers, body).unwrap_or_else(|error| {
        let mut response = bare(StatusCode::INTERNAL_SERVER_ERROR);
        *response.body_mut() = Body::from(format!("the scripted answer cannot be sent: {error}"));
        response
    })
}

fn try_exactly(code: u16, headers: &[(String, String)], body: Vec<u8>) -> Result<Response, http::Error> {
    let mut response = bare(StatusCode::from_u16(code)?);
    for (name, value) in headers {
        let name = HeaderName::from_bytes(name.as_bytes())?;
        response.headers_mut().append(name, HeaderValue::from_str(value)?);
    }
    let body = Bytes::from(body);
    *response.body_mut() = if response.headers().contains_key(header::CONTENT_LENGTH) {
        // The server does not know the length of a stream, so it accepts a false one. The pause at the end makes it
        // send what it has before it notices that something is missing.
        let end = stream::once(async {
            yield_now().await;
            Bytes::new()
        });
        let body = stream::iter([body]).chain(end);
        Body::from_stream(body.map(Ok::<_, Infallible>))
    } else {
        Body::from(body)
    };
    Ok(response)
}

/// Replaces the `Set-Cookie` lines. A line that cannot be sent is left out.
pub(crate) fn set_cookies(mut response: Response, lines: &[String]) -> Response {
    response.headers_mut().remove(header::SET_COOKIE);
    for line in lines.iter().filter_map(|line| HeaderValue::from_str(line).ok()) {
        response.headers_mut().append(header::SET_COOKIE, line);
    }
    response
}

/// Splits an answer into its head and its body. The head keeps its `content-length`.
async fn split(response: Response) -> (Response, Bytes) {
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, usize::MAX).await.expect("the sandbox's own bodies are in memory");
    (Response::from_parts(parts, Body::empty()), body)
}

/// Sets the `content-length`, even if fewer bytes are sent.
fn set_length(response: &mut Response, length: usize) {
    response.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(length));
}

pub(crate) async fn reset_within(response: Response, switch: ResetSwitch) -> Response {
    let (mut response, body) = split(response).await;
    if body.is_empty() {
        switch.pull();
        return response;
    }
    set_length(&mut response, body.len());
    let half = stream::iter([Ok::<_, Infallible>(body.slice(..body.len() / 2))]);
    // When the server asks for more, it has already written the half, and sends it before it checks the switch.
    let reset = stream::once(async move {
        switch.pull();
        std::future::pending().await
    });
    *response.body_mut() = Body::from_stream(half.chain(reset));
    response
}

pub(crate) async fn drip(response: Response, every: Duration) -> Response {
    let (mut response, body) = split(response).await;
    set_length(&mut response, body.len());
    let drops = stream::iter(0..body.len()).then(move |index| {
        let drop = body.slice(index..=index);
        async move {
            if index > 0 {
                sleep(every).await;
            }
            Ok::<_, Infallible>(drop)
        }
    });
    *response.body_mut() = Body::from_stream(drops);
    response
}

pub(crate) async fn oversized(response: Response, size: usize) -> Response {
    const CHUNK: &[u8] = &[b'x'; 64 * 1024];
    let (mut response, body) = split(response).await;
    response.headers_mut().remove(header::CONTENT_LENGTH);
    // The padding is an additional key at the end of the answer's JSON object.
    let object = body.strip_suffix(b"}").unwrap_or(b"{");
    let comma = if object == b"{" { "" } else { "," };
    let start = [object, comma.as_bytes(), b"\"padding\":\""].concat();
    let end = Bytes::from_static(b"\"}");
    let padding = size.saturating_sub(start.len() + end.len());
    let whole = stream::iter((0..padding / CHUNK.len()).map(|_| Bytes::from_static(CHUNK)));
    let rest = Bytes::from_static(&CHUNK[..padding % CHUNK.len()]);
    let body = stream::iter([Bytes::from(start)]).chain(whole).chain(stream::iter([rest, end]));
    *response.body_mut() = Body::from_stream(body.map(Ok::<_, Infallible>));
    response
}

pub(crate) async fn cut_json(response: Response) -> Response {
    let (mut response, body) = split(response).await;
    let half = body.slice(..body.len() / 2);
    set_length(&mut response, half.len());
    *response.body_mut() = Body::from(half);
    response
}

pub(crate) async fn wrong_types(response: Response) -> Response {
    let (mut response, body) = split(response).await;
    let body = match serde_json::from_slice::<Value>(&body) {
        Ok(Value::Object(mut fields)) => {
            fields.values_mut().for_each(change_type);
            Bytes::from(Value::Object(fields).to_string())
        }
        _ => body,
    };
    set_length(&mut response, body.len());
    *response.body_mut() = Body::from(body);
    response
}

fn change_type(value: &mut Value) {
    *value = match value {
        Value::Bool(_) | Value::Number(_) => Value::from(value.to_string()),
        Value::String(text) => Value::from(text.len()),
        Value::Null | Value::Array(_) | Value::Object(_) => return,
    };
}
