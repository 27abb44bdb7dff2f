//! What an error of the HTTP library means.
//!
//! This is the only place that looks into its causes. Their types are not part of the library's API and may change
//! with any release, so `tests/client/failures.rs` produces every kind of failure for real.

use std::error::Error as StdError;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use http::StatusCode;

use crate::error::{Cause, Error};

/// The time limits of a request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TimeLimits {
    /// For the request and its whole answer.
    pub(crate) request: Duration,
    /// For making a connection.
    pub(crate) connect: Duration,
    /// For each silence within the answer.
    pub(crate) silence: Option<Duration>,
}

/// Translates an error of the HTTP library. The status is that of the answer, if its head has arrived; `elapsed`
/// is the time since the request was started. With a proxy, every connection is made by it.
pub(crate) fn classify(
    error: reqwest::Error,
    status: Option<StatusCode>,
    elapsed: Duration,
    limits: &TimeLimits,
    has_proxy: bool,
) -> Error {
    if error.is_timeout() {
        return Error::Timeout { limit: exceeded_limit(&error, elapsed, limits) };
    }
    let error = Arc::new(error.without_url());
    let causes = causes(&error);
    let source = Some(Arc::clone(&error) as Cause);
    let protocol = |problem: &str, source| Error::Protocol {
        problem: problem.to_owned(),
        http_status: status.map(|status| status.as_u16()),
        source,
    };

    if let Some(tls) = find::<rustls::Error>(&causes) {
        return Error::Tls { problem: tls.to_string(), source };
    }
    let innermost = causes.last().map_or_else(|| error.to_string(), ToString::to_string);
    if error.is_connect() && has_proxy {
        return Error::Proxy { problem: innermost, source };
    }
    if error.is_connect() {
        return Error::Connect { problem: format!("no connection to the service: {innermost}"), source };
    }
    let http = find::<hyper::Error>(&causes);
    if http.is_some_and(hyper::Error::is_parse) {
        return protocol("it is not HTTP", source);
    }
    let io_kind =
        causes.iter().rev().find_map(|cause| cause.downcast_ref::<io::Error>()).map(io::Error::kind);
    let malformed = io_kind.is_some_and(is_malformed);
    if (http.is_some() && !malformed) || io_kind.is_some_and(is_broken_connection) {
        return Error::Connect { problem: format!("the connection broke off: {innermost}"), source };
    }
    protocol("its body cannot be decoded", source)
}

/// The time limit that ran out.
///
/// The HTTP library does not distinguish that of the request from that of a silence. It cannot have been that of
/// the request if less time has passed.
fn exceeded_limit(error: &reqwest::Error, elapsed: Duration, limits: &TimeLimits) -> Duration {
    if error.is_connect() {
        return limits.connect;
    }
    match limits.silence {
        Some(silence) if elapsed < limits.request => silence,
        _ => limits.request,
    }
}

fn is_broken_connection(kind: io::ErrorKind) -> bool {
    use io::ErrorKind::{
        BrokenPipe, ConnectionAborted, ConnectionRefused, ConnectionReset, NotConnected, UnexpectedEof,
    };
    matches!(
        kind,
        BrokenPipe | ConnectionAborted | ConnectionRefused | ConnectionReset | NotConnected | UnexpectedEof
    )
}

/// The kinds with which the HTTP library reports a body with invalid framing.
fn is_malformed(kind: io::ErrorKind) -> bool {
    matches!(kind, io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData)
}

fn find<'a, E: StdError + 'static>(causes: &[&'a (dyn StdError + 'static)]) -> Option<&'a E> {
    causes.iter().find_map(|cause| cause.downcast_ref::<E>())
}

/// All causes below an error, from the outermost to the innermost.
fn causes(error: &reqwest::Error) -> Vec<&(dyn StdError + 'static)> {
    let mut causes: Vec<&(dyn StdError + 'static)> = Vec::new();
    let mut next = error.source();
    while let Some(cause) = next {
        causes.push(cause);
        // `source()` of an `io::Error` skips the error that it wraps.
        let wrapped = cause.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        next = match wrapped {
            Some(inner) => Some(inner),
            None => cause.source(),
        };
    }
    causes
}
