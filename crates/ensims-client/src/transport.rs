//! One request and its answer: nothing of what it means, everything of how it can go wrong.

use std::error::Error as StdError;
use std::io;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::header::{CONTENT_TYPE, COOKIE, HeaderMap, HeaderValue};
use http::{Method, StatusCode};
use zeroize::Zeroizing;

use crate::client::{Inner, MAX_ANSWER_BYTES};
use crate::operation::Operation;
use crate::{Error, SessionToken};

/// An answer as it came, whole and within the size limit.
#[derive(Debug)]
pub(crate) struct Received {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Inner {
    /// Sends one request and reads its answer. The body is wiped from memory once it is sent.
    pub(crate) async fn exchange(
        &self,
        operation: Operation,
        token: Option<&SessionToken>,
        body: Option<Zeroizing<Vec<u8>>>,
    ) -> Result<Received, Error> {
        let method = operation.method();
        let path = self.service.path(operation);
        let started = Instant::now();
        let answer = self.send(method.clone(), &path, token, body).await;
        let outcome = match &answer {
            Ok(received) => received.status.as_u16().to_string(),
            Err(error) => error.to_string(),
        };
        let duration_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        tracing::debug!(%method, path, status = outcome, duration_ms, "request");
        answer
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        token: Option<&SessionToken>,
        body: Option<Zeroizing<Vec<u8>>>,
    ) -> Result<Received, Error> {
        let started = Instant::now();
        let mut request = self.http.request(method, format!("{}{path}", self.service.address()));
        if let Some(token) = token {
            request = request.header(COOKIE, token.cookie());
        }
        if let Some(body) = body {
            request = request
                .header(CONTENT_TYPE, HeaderValue::from_static("application/json"))
                .body(Bytes::from_owner(body));
        }
        let mut response = request.send().await.map_err(|error| self.explain(error, None, started))?;
        let status = response.status();
        let mut body = Vec::new();
        while let Some(chunk) =
            response.chunk().await.map_err(|error| self.explain(error, Some(status), started))?
        {
            if body.len() + chunk.len() > MAX_ANSWER_BYTES {
                return Err(Error::Protocol {
                    problem: format!("it is larger than {MAX_ANSWER_BYTES} bytes"),
                    http_status: Some(status.as_u16()),
                });
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Received { status, headers: std::mem::take(response.headers_mut()), body })
    }

    /// The HTTP library reports very different things under one name, so the chain of causes decides.
    fn explain(&self, error: reqwest::Error, status: Option<StatusCode>, started: Instant) -> Error {
        if error.is_timeout() {
            return Error::Timeout { limit: self.limit_of(&error, started) };
        }
        let error = error.without_url();
        let causes = causes(&error);
        if let Some(tls) = causes.iter().find_map(|cause| cause.downcast_ref::<rustls::Error>()) {
            return Error::Tls { cause: tls.to_string() };
        }
        let http = causes.iter().find_map(|cause| cause.downcast_ref::<hyper::Error>());
        if http.is_some_and(hyper::Error::is_parse) {
            return Error::Protocol {
                problem: "it is not HTTP".to_owned(),
                http_status: status.map(|status| status.as_u16()),
            };
        }
        let system = causes.iter().rev().find_map(|cause| cause.downcast_ref::<io::Error>());
        let malformed = system.is_some_and(|system| is_malformed(system.kind()));
        let broke_off = error.is_connect()
            || (http.is_some() && !malformed)
            || system.is_some_and(|system| is_connection_trouble(system.kind()));
        if !broke_off {
            return Error::Protocol {
                problem: "its body cannot be decoded".to_owned(),
                http_status: status.map(|status| status.as_u16()),
            };
        }
        let innermost = causes.last().map_or_else(|| error.to_string(), ToString::to_string);
        let cause = if error.is_connect() {
            format!("no connection to the service: {innermost}")
        } else {
            format!("the connection broke off: {innermost}")
        };
        Error::Connect { cause }
    }

    /// Which of the time limits ran out. The HTTP library has one name for that of the request and that of a
    /// silence; only the first can be over when its whole time has passed.
    fn limit_of(&self, error: &reqwest::Error, started: Instant) -> Duration {
        if error.is_connect() {
            return self.connect_timeout;
        }
        self.read_timeout.filter(|_| started.elapsed() < self.timeout).unwrap_or(self.timeout)
    }
}

fn is_connection_trouble(kind: io::ErrorKind) -> bool {
    use io::ErrorKind::{
        BrokenPipe, ConnectionAborted, ConnectionRefused, ConnectionReset, NotConnected, UnexpectedEof,
    };
    matches!(
        kind,
        BrokenPipe | ConnectionAborted | ConnectionRefused | ConnectionReset | NotConnected | UnexpectedEof
    )
}

/// How the HTTP library reports a body that is not framed as HTTP has it.
fn is_malformed(kind: io::ErrorKind) -> bool {
    matches!(kind, io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData)
}

/// All causes below an error. An `io::Error` keeps its own cause where `source()` does not show it.
fn causes(error: &reqwest::Error) -> Vec<&(dyn StdError + 'static)> {
    let mut causes: Vec<&(dyn StdError + 'static)> = Vec::new();
    let mut next = error.source();
    while let Some(cause) = next {
        causes.push(cause);
        let wrapped = cause.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        next = match wrapped {
            Some(inner) => Some(inner),
            None => cause.source(),
        };
    }
    causes
}
