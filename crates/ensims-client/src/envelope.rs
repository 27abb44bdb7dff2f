//! The meaning of an answer: whether its status, its body or its token decides.
//!
//! A 408, 425, 429, 3xx or 5xx counts regardless of the body, and a 401 is about the token, except at log-on, where 401
//! and 403 are refusals. Of the other answers `"ok": false` is believed, and `"ok": true` under a 2xx only; otherwise
//! the status decides. A 500, 501 or 505 with `"ok": false` may be a refusal of a credential, so it is an error of
//! its own.

use http::StatusCode;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::answer::Answer;
use crate::credential::Addresses;
use crate::error::Error;
use crate::operation::Operation;
use crate::records::UserRecord;
use crate::retry_after::retry_after;
use crate::transport::Received;

/// The longest e-mail address there is, in characters (RFC 5321).
const MAX_ADDRESS: usize = 254;

/// A body with `"ok": true` or `"ok": false`.
#[derive(Debug)]
pub(crate) struct Envelope {
    pub(crate) ok: bool,
    message: Option<String>,
    http_status: u16,
    fields: Map<String, Value>,
}

impl Envelope {
    /// Reads the envelope of an answer, whether its `ok` is true or false.
    pub(crate) fn read(operation: Operation, received: &Received) -> Result<Self, Error> {
        check_status(operation, received)?;
        let fields = match object(received) {
            Ok(fields) => fields,
            Err(error) => return Err(without_verdict(received, error)),
        };
        match fields.get("ok") {
            Some(Value::Bool(true)) if !received.status.is_success() => Err(http_error(received)),
            Some(Value::Bool(ok)) => Ok(Self {
                ok: *ok,
                message: status_text(&fields),
                http_status: received.status.as_u16(),
                fields,
            }),
            None => Err(without_verdict(received, protocol(received, "it has no `ok`"))),
            Some(other) => {
                let problem = format!("`ok` is {}, not true or false", kind(other));
                Err(without_verdict(received, protocol(received, problem)))
            }
        }
    }

    /// Reads the envelope of an answer, and makes an error of one whose `ok` is false.
    pub(crate) fn accepted(operation: Operation, received: &Received) -> Result<Self, Error> {
        let envelope = Self::read(operation, received)?;
        if envelope.ok {
            return Ok(envelope);
        }
        let Self { message, http_status, .. } = envelope;
        Err(Error::Refused { by: operation.api(), message, http_status })
    }

    /// An answer with this value.
    pub(crate) fn answer<T>(self, value: T) -> Answer<T> {
        Answer::new(value, self.message, self.http_status)
    }

    /// The whole object as a record: log-on, check-in and confirm have no `data`.
    pub(crate) fn fields<T: DeserializeOwned>(self) -> Result<Answer<T>, Error> {
        let value = record(Value::Object(self.fields), self.http_status)?;
        Ok(Answer::new(value, self.message, self.http_status))
    }

    /// The `data` as a record.
    pub(crate) fn data<T: DeserializeOwned>(mut self) -> Result<Answer<T>, Error> {
        let data = self.fields.remove("data").unwrap_or(Value::Null);
        let value = record(data, self.http_status)?;
        Ok(self.answer(value))
    }
}

/// The e-mail address that an answer of the Users API gives to the account that it is about, if it names one.
pub(crate) fn named_account(received: &Received) -> Option<String> {
    let fields = object(received).ok()?;
    let of_record = || fields.get("data")?.get("email");
    let email = fields.get("email").or_else(of_record)?.as_str()?.trim();
    // The service writes "NA" and "null" where it knows nothing.
    email.contains('@').then(|| email.chars().take(MAX_ADDRESS).collect())
}

/// Checks that an answer is not about somebody else, whatever else it says.
pub(crate) fn check_account(received: &Received, addresses: &Addresses) -> Result<(), Error> {
    let Some(named) = named_account(received).filter(|named| !addresses.contain(named)) else {
        return Ok(());
    };
    let (expected, http_status) = (addresses.email().to_owned(), received.status.as_u16());
    Err(Error::OtherAccount { named, expected, http_status })
}

/// Reads an answer that has no envelope: the version information.
pub(crate) fn bare<T: DeserializeOwned>(operation: Operation, received: &Received) -> Result<T, Error> {
    check_status(operation, received)?;
    if !received.status.is_success() {
        return Err(http_error(received));
    }
    record(Value::Object(object(received)?), received.status.as_u16())
}

/// Reads the record of an account, which older builds of the service send without an envelope.
pub(crate) fn user(received: &Received) -> Result<Answer<UserRecord>, Error> {
    if received.status.is_success()
        && let Ok(fields) = object(received)
        && !fields.contains_key("ok")
        && fields.contains_key("email")
    {
        let http_status = received.status.as_u16();
        return Ok(Answer::new(record(Value::Object(fields), http_status)?, None, http_status));
    }
    Envelope::accepted(Operation::User, received)?.data()
}

fn record<T: DeserializeOwned>(value: Value, http_status: u16) -> Result<T, Error> {
    // serde's own message may quote the service's text, which may repeat the request, so it is dropped.
    serde_json::from_value(value)
        .map_err(|_| Error::protocol("its data does not have the documented form", http_status))
}

fn protocol(received: &Received, problem: impl Into<String>) -> Error {
    Error::protocol(problem, received.status.as_u16())
}

/// Checks for the statuses that decide regardless of the body.
fn check_status(operation: Operation, received: &Received) -> Result<(), Error> {
    let status = received.status;
    if operation.carries_credential()
        && matches!(status.as_u16(), 500 | 501 | 505)
        && object(received).is_ok_and(|fields| fields.get("ok") == Some(&Value::Bool(false)))
    {
        return Err(Error::Undecided { message: message(received), http_status: status.as_u16() });
    }
    if status.is_server_error() || status.is_redirection() || matches!(status.as_u16(), 408 | 425 | 429) {
        return Err(http_error(received));
    }
    // At log-on there is no token yet that these could be about.
    if operation == Operation::LogOn && matches!(status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) {
        let message = message(received);
        return Err(Error::Refused { by: operation.api(), message, http_status: status.as_u16() });
    }
    if operation.needs_token() && status == StatusCode::UNAUTHORIZED {
        return Err(Error::Unauthorized);
    }
    Ok(())
}

/// An answer without a boolean `ok`: broken if its status is a success, otherwise an error by its status.
fn without_verdict(received: &Received, broken: Error) -> Error {
    if received.status.is_success() { broken } else { http_error(received) }
}

fn http_error(received: &Received) -> Error {
    Error::Http {
        http_status: received.status.as_u16(),
        message: message(received),
        retry_after: retry_after(&received.headers),
    }
}

/// The service's own words. Any other part of a body might repeat the request, so only `status` is kept.
fn message(received: &Received) -> Option<String> {
    status_text(&object(received).ok()?)
}

fn status_text(fields: &Map<String, Value>) -> Option<String> {
    let text = fields.get("status")?.as_str()?;
    if text.trim().is_empty() { None } else { Some(text.to_owned()) }
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
