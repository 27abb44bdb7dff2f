//! The error type: each variant calls for a different reaction from the caller.

use std::error::Error as StdError;
use std::sync::Arc;
use std::time::Duration;

use crate::api::Api;

/// The error below an [`Error`], as the operating system or a library gave it.
///
/// Its type is not part of this crate's API, so do not downcast it. It holds no password, token or URL.
pub type Cause = Arc<dyn StdError + Send + Sync>;

/// Why a call failed.
///
/// # Errors of every call
///
/// Every call that sends a request can fail with
///
/// - [`Connect`](Self::Connect): there is no connection, or it broke before the answer was complete;
/// - [`Proxy`](Self::Proxy): no connection could be made through the proxy;
/// - [`Tls`](Self::Tls): the certificate or the TLS handshake is not acceptable;
/// - [`Timeout`](Self::Timeout): one of the client's time limits ran out;
/// - [`Http`](Self::Http): the status is 408, 425, 429, a 3xx or a 5xx, regardless of the body; or another status
///   than a 2xx, with a body that has no boolean `ok` (version information never has one);
/// - [`Protocol`](Self::Protocol): the answer is not HTTP or is too large; or it is a success, but not in the
///   documented form.
///
/// Calls whose answer names an account (log-on, check-in, confirmation and the record of the account) can also fail
/// with [`OtherAccount`](Self::OtherAccount).
///
/// # Errors of every call of a session
///
/// Every call of a [`Session`](crate::Session) can also fail with [`Unauthorized`](Self::Unauthorized): the answer
/// is a 401; or an earlier answer has cleared the token, and then nothing is sent.
///
/// # Secrets
///
/// Neither an error nor a cause below it holds a password, a token or a URL. Text from the service is kept as
/// it came; [`Display`](std::fmt::Display) shows it in quotes and with control characters escaped.
///
/// `Display` is complete in itself: it includes the text of the innermost cause. [`source`](StdError::source) gives
/// the causes one by one.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The service understood the request and refused it (`"ok": false`). Do not send the same again.
    #[error("{by} refused the request{}", reason(message.as_deref(), *http_status))]
    Refused {
        /// The API that refused: ENSIMS a log-on, JESS a JESS credential.
        by: Api,
        /// The service's own words: the `status` text of the answer, where it has one.
        message: Option<String>,
        /// The HTTP status code of the answer.
        http_status: u16,
    },
    /// A log-on or an update was answered with `"ok": false` under the HTTP status 500, 501 or 505: a fault of the
    /// service, or a refusal. Do not send the same again, because repeated wrong passwords may lock an account.
    #[error("HTTP status {http_status}{}", quoted(message.as_deref()))]
    Undecided {
        /// The service's own words: the `status` text of the answer, where it has one.
        message: Option<String>,
        /// The HTTP status code of the answer.
        http_status: u16,
    },
    /// The session token is missing, expired or no longer accepted (HTTP 401). Log on again.
    #[error("the ENSIMS session is no longer accepted; log on again")]
    Unauthorized,
    /// The HTTP status of the answer is an error that says nothing about the request itself.
    #[error("HTTP status {http_status}{}", quoted(message.as_deref()))]
    Http {
        /// The HTTP status code of the answer.
        http_status: u16,
        /// The service's own words: the `status` text of the answer, where it has one.
        message: Option<String>,
        /// How long the service asks callers to wait from now (`Retry-After`).
        retry_after: Option<Duration>,
    },
    /// No connection could be made, or it broke before the answer was complete.
    #[error("{problem}")]
    Connect {
        /// What happened, with the words of the operating system or the HTTP library.
        problem: String,
        /// The error of the HTTP library.
        source: Option<Cause>,
    },
    /// No connection could be made through the proxy: it cannot be reached, or cannot reach the service.
    #[error("no connection through the proxy: {problem}")]
    Proxy {
        /// What happened, with the words of the operating system or the HTTP library.
        problem: String,
        /// The error of the HTTP library.
        source: Option<Cause>,
    },
    /// The server's certificate or its TLS handshake is not acceptable.
    #[error("no secure connection: {problem}")]
    Tls {
        /// What is wrong, in the words of the TLS library.
        problem: String,
        /// The error of the HTTP library.
        source: Option<Cause>,
    },
    /// There was no complete answer in time.
    #[error("no complete answer within {} s", limit.as_secs_f64())]
    Timeout {
        /// The time limit that ran out.
        limit: Duration,
    },
    /// The answer does not have the documented form.
    #[error("unexpected answer: {problem}")]
    Protocol {
        /// What is wrong with the answer.
        problem: String,
        /// The HTTP status code of the answer, where it has one.
        http_status: Option<u16>,
        /// The error of the HTTP library, if it found the problem.
        source: Option<Cause>,
    },
    /// The answer names another ENSIMS account than the one that the request was for. Send nothing more for this one.
    ///
    /// If the other address is right, give it to [`EnsimsCredential::known_as`](crate::EnsimsCredential::known_as).
    #[error("unexpected answer: it is about the account {named:?}, not {expected:?}")]
    OtherAccount {
        /// The e-mail address in the answer.
        named: String,
        /// The e-mail address of the account.
        expected: String,
        /// The HTTP status code of the answer.
        http_status: u16,
    },
    /// The caller's own input cannot be used; nothing was sent.
    ///
    /// It has no source, because the error of a parser may quote the input, which may be secret.
    #[error("{problem}")]
    Invalid {
        /// What is wrong with the input.
        problem: String,
    },
}

impl Error {
    /// Whether the same request may succeed a little later.
    ///
    /// This is so for a missing or broken connection, a time-out, and the HTTP statuses 408, 425, 429, 500, 502,
    /// 503 and 504. It is never so for a refusal: nobody outside the service knows whether repeated wrong passwords
    /// lock an account, so a refused credential must not be sent again.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Connect { .. } | Self::Proxy { .. } | Self::Timeout { .. } => true,
            Self::Http { http_status, .. } => {
                matches!(http_status, 408 | 425 | 429 | 500 | 502 | 503 | 504)
            }
            Self::Refused { .. }
            | Self::Undecided { .. }
            | Self::Unauthorized
            | Self::Tls { .. }
            | Self::Protocol { .. }
            | Self::OtherAccount { .. }
            | Self::Invalid { .. } => false,
        }
    }

    /// How long the service asks callers to wait from now (`Retry-After`, as seconds or as a date).
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Http { retry_after, .. } => *retry_after,
            _ => None,
        }
    }

    /// The HTTP status code of the answer, where there was an answer.
    ///
    /// For [`Error::Unauthorized`] it is 401, even if nothing was sent because the token is gone.
    #[must_use]
    pub fn http_status(&self) -> Option<u16> {
        match self {
            Self::Refused { http_status, .. }
            | Self::Undecided { http_status, .. }
            | Self::Http { http_status, .. }
            | Self::OtherAccount { http_status, .. } => Some(*http_status),
            Self::Unauthorized => Some(401),
            Self::Protocol { http_status, .. } => *http_status,
            Self::Connect { .. }
            | Self::Proxy { .. }
            | Self::Tls { .. }
            | Self::Timeout { .. }
            | Self::Invalid { .. } => None,
        }
    }

    /// The service's own words: the `status` text of the answer, where it has one.
    #[must_use]
    pub fn service_message(&self) -> Option<&str> {
        match self {
            Self::Refused { message, .. } | Self::Undecided { message, .. } | Self::Http { message, .. } => {
                message.as_deref()
            }
            _ => None,
        }
    }

    pub(crate) fn invalid(problem: impl Into<String>) -> Self {
        Self::Invalid { problem: problem.into() }
    }

    /// A problem that this crate found in an answer.
    pub(crate) fn protocol(problem: impl Into<String>, http_status: u16) -> Self {
        Self::Protocol { problem: problem.into(), http_status: Some(http_status), source: None }
    }
}

fn reason(message: Option<&str>, http_status: u16) -> String {
    match message {
        Some(_) => quoted(message),
        None => format!(" (HTTP status {http_status})"),
    }
}

fn quoted(message: Option<&str>) -> String {
    message.map_or_else(String::new, |message| format!(": {message:?}"))
}
