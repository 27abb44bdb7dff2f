//! Reading an answer: which of status, body and token decides.
//!
//! The order is that of the documented behaviour and of its gaps: statuses that stand for trouble on the
//! way count whatever the body says; 401 is about the token; elsewhere a boolean `ok` is believed; and only
//! without one does the status decide.

use std::time::{Duration, SystemTime};

use http::StatusCode;
use http::header::{DATE, HeaderMap, RETRY_AFTER};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::operation::Operation;
use crate::transport::Received;
use crate::{Error, LastAnswer};

/// A body with `"ok": true` or `"ok": false`.
#[derive(Debug)]
pub(crate) struct Envelope {
    pub(crate) ok: bool,
    pub(crate) answer: LastAnswer,
    fields: Map<String, Value>,
}

impl Envelope {
    /// The envelope of an answer, be its `ok` true or false.
    pub(crate) fn read(operation: Operation, received: &Received) -> Result<Self, Error> {
        settle_by_status(operation, received)?;
        let http_status = received.status.as_u16();
        let fields = match object(received) {
            Ok(fields) => fields,
            Err(error) => return Err(without_verdict(received, error)),
        };
        match fields.get("ok") {
            Some(Value::Bool(ok)) => Ok(Self {
                ok: *ok,
                answer: LastAnswer { http_status, message: text(&fields, "status").unwrap_or_default() },
                fields,
            }),
            None => Err(without_verdict(received, protocol(received, "it has no `ok`"))),
            Some(other) => {
                let problem = format!("`ok` is {}, not true or false", kind(other));
                Err(without_verdict(received, protocol(received, problem)))
            }
        }
    }

    /// This envelope if its `ok` is true, else the refusal that it is.
    pub(crate) fn accepted(self, operation: Operation) -> Result<Self, Error> {
        if self.ok {
            return Ok(self);
        }
        let LastAnswer { http_status, message } = self.answer;
        Err(Error::Refused { by: operation.api(), message, http_status })
    }

    /// The whole object as a record (log-on, check-in and confirm have no `data`).
    pub(crate) fn fields<T: DeserializeOwned>(self) -> Result<T, Error> {
        record(Value::Object(self.fields), self.answer.http_status)
    }

    /// The `data` as a record.
    pub(crate) fn data<T: DeserializeOwned>(mut self) -> Result<T, Error> {
        let data = self.fields.remove("data").unwrap_or(Value::Null);
        record(data, self.answer.http_status)
    }
}

/// An answer without an envelope: the version information.
pub(crate) fn bare<T: DeserializeOwned>(operation: Operation, received: &Received) -> Result<T, Error> {
    settle_by_status(operation, received)?;
    if !received.status.is_success() {
        return Err(http_error(received));
    }
    record(Value::Object(object(received)?), received.status.as_u16())
}

/// The account record, which older builds of the service send without its envelope.
pub(crate) fn bare_user(received: &Received) -> Option<Value> {
    let fields = object(received).ok().filter(|_| received.status.is_success())?;
    (!fields.contains_key("ok") && fields.contains_key("email")).then_some(Value::Object(fields))
}

pub(crate) fn record<T: DeserializeOwned>(value: Value, http_status: u16) -> Result<T, Error> {
    // serde's own message may quote the service's text, so it is not passed on.
    serde_json::from_value(value).map_err(|_| Error::Protocol {
        problem: "its data does not have the documented form".to_owned(),
        http_status: Some(http_status),
    })
}

pub(crate) fn protocol(received: &Received, problem: impl Into<String>) -> Error {
    Error::Protocol { problem: problem.into(), http_status: Some(received.status.as_u16()) }
}

/// The statuses that decide by themselves, whatever the body says.
fn settle_by_status(operation: Operation, received: &Received) -> Result<(), Error> {
    let status = received.status;
    if status.is_server_error() || status.is_redirection() || matches!(status.as_u16(), 408 | 425 | 429) {
        return Err(http_error(received));
    }
    let logging_on = operation == Operation::LogOn;
    if logging_on && matches!(status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) {
        let message = status_text(received).unwrap_or_else(|| format!("HTTP status {}", status.as_u16()));
        return Err(Error::Refused { by: operation.api(), message, http_status: status.as_u16() });
    }
    if status == StatusCode::UNAUTHORIZED && !matches!(operation, Operation::UsersInfo | Operation::JessInfo)
    {
        return Err(Error::Unauthorized);
    }
    Ok(())
}

/// Without a verdict in the body, a success status is a broken answer and any other is what it says.
fn without_verdict(received: &Received, broken: Error) -> Error {
    if received.status.is_success() { broken } else { http_error(received) }
}

fn http_error(received: &Received) -> Error {
    Error::Http {
        http_status: received.status.as_u16(),
        message: status_text(received),
        retry_after: retry_after(&received.headers, SystemTime::now()),
    }
}

/// Only the `status` text is passed on: any other part of a body might repeat the request.
fn status_text(received: &Received) -> Option<String> {
    object(received).ok().and_then(|fields| text(&fields, "status"))
}

fn text(fields: &Map<String, Value>, key: &str) -> Option<String> {
    fields.get(key).and_then(Value::as_str).map(str::to_owned)
}

fn object(received: &Received) -> Result<Map<String, Value>, Error> {
    let body = received.body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&received.body);
    let body = body.trim_ascii();
    if body.is_empty() {
        return Err(protocol(received, "it is empty"));
    }
    if body.starts_with(b"<") {
        return Err(protocol(received, "it is a web page, not JSON"));
    }
    match serde_json::from_slice(body) {
        Ok(Value::Object(fields)) => Ok(fields),
        Ok(other) => Err(protocol(received, format!("it is {}, not an object", kind(&other)))),
        Err(error) if error.is_eof() => Err(protocol(received, "its JSON ends too early")),
        Err(_) => Err(protocol(received, "it is not JSON")),
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

/// `Retry-After` in both forms. A date is measured from the answer's own `Date` where it has one, so that a
/// wrong clock on either side does not matter.
fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let value = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(Duration::from_secs(value.parse().unwrap_or(u64::MAX)));
    }
    let until = httpdate::parse_http_date(value).ok()?;
    let from = headers
        .get(DATE)
        .and_then(|date| date.to_str().ok())
        .and_then(|date| httpdate::parse_http_date(date).ok())
        .unwrap_or(now);
    Some(until.duration_since(from).unwrap_or(Duration::ZERO))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retry_after_is_read_in_both_forms() {
        let table = [
            (&[("retry-after", "3")][..], Some(3)),
            (&[("retry-after", "0")], Some(0)),
            (&[("retry-after", " 7 ")], Some(7)),
            (&[("retry-after", "99999999999999999999999")], Some(u64::MAX)),
            (&[("retry-after", "-1")], None),
            (&[("retry-after", "1.5")], None),
            (&[("retry-after", "soon")], None),
            (&[], None),
            (
                &[
                    ("retry-after", "Sun, 06 Nov 1994 08:49:37 GMT"),
                    ("date", "Sun, 06 Nov 1994 08:49:30 GMT"),
                ],
                Some(7),
            ),
            (&[("retry-after", "Sun, 06 Nov 1994 08:49:37 GMT")], Some(0)),
        ];
        for (headers, seconds) in table {
            let mut map = HeaderMap::new();
            for (name, value) in headers {
                map.insert(*name, value.parse().expect("a header value"));
            }
            let read = retry_after(&map, SystemTime::now());
            assert_eq!(read, seconds.map(Duration::from_secs), "{headers:?}");
        }
    }
}
