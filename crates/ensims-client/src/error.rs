//! The one error type: it tells a caller what to do next.

use std::fmt;
use std::time::Duration;

/// Which half of the service an answer came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Api {
    /// The Users API: ENSIMS accounts and log-on.
    Ensims,
    /// The JESS API: JESS sessions, accounts and usage.
    Jess,
}

impl fmt::Display for Api {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Ensims => "ENSIMS",
            Self::Jess => "JESS",
        })
    }
}

/// Why a call did not succeed.
///
/// No variant holds a password, a token or a URL. Text from the service is held as it came; `Display` shows
/// it quoted and with control characters escaped.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The service understood the request and said no (`"ok": false`). Do not send the same again.
    #[error("{by} said no: {message:?}")]
    Refused {
        /// Who refused: ENSIMS the log-on, JESS the JESS credential.
        by: Api,
        /// The service's own words.
        message: String,
        /// The HTTP status that came with them.
        http_status: u16,
    },
    /// The session token is missing, expired or no longer accepted (HTTP 401). Log on again.
    #[error("the ENSIMS session is no longer accepted; log on again")]
    Unauthorized,
    /// The service answered with an HTTP status that stands for no verdict.
    #[error("HTTP status {http_status}{}", quoted(message.as_deref()))]
    Http {
        /// The HTTP status code.
        http_status: u16,
        /// The `status` text of the body, where it had one.
        message: Option<String>,
        /// How long the service asks callers to wait, from now.
        retry_after: Option<Duration>,
    },
    /// No connection could be made, or it broke before the answer was whole.
    #[error("{cause}")]
    Connect {
        /// What happened, as the operating system or the HTTP library says it.
        cause: String,
    },
    /// The server's certificate or the TLS handshake is not acceptable.
    #[error("no secure connection: {cause}")]
    Tls {
        /// What is wrong, as the TLS library says it.
        cause: String,
    },
    /// No whole answer came in time.
    #[error("no whole answer within {} s", limit.as_secs_f64())]
    Timeout {
        /// The time limit that ran out.
        limit: Duration,
    },
    /// The answer does not follow the service's documentation.
    #[error("unexpected answer: {problem}")]
    Protocol {
        /// What is wrong with the answer.
        problem: String,
        /// The HTTP status of the answer, where there was one.
        http_status: Option<u16>,
    },
    /// The caller's own input cannot be used; nothing was sent.
    #[error("{problem}")]
    Invalid {
        /// What is wrong with it.
        problem: String,
    },
}

impl Error {
    /// Whether the same request may well succeed a little later.
    ///
    /// True for a broken or missing connection, a time-out, and the HTTP statuses 408, 425, 429, 500, 502,
    /// 503 and 504. Never for a refusal: repeating a wrong password locks accounts.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Connect { .. } | Self::Timeout { .. } => true,
            Self::Http { http_status, .. } => {
                matches!(http_status, 408 | 425 | 429 | 500 | 502 | 503 | 504)
            }
            Self::Refused { .. }
            | Self::Unauthorized
            | Self::Tls { .. }
            | Self::Protocol { .. }
            | Self::Invalid { .. } => false,
        }
    }

    /// How long the service asks callers to wait (`Retry-After`, in seconds or as a date), from now.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Http { retry_after, .. } => *retry_after,
            _ => None,
        }
    }

    /// The HTTP status of the answer, where there was an answer.
    #[must_use]
    pub fn http_status(&self) -> Option<u16> {
        match self {
            Self::Refused { http_status, .. } | Self::Http { http_status, .. } => Some(*http_status),
            Self::Unauthorized => Some(401),
            Self::Protocol { http_status, .. } => *http_status,
            Self::Connect { .. } | Self::Tls { .. } | Self::Timeout { .. } | Self::Invalid { .. } => None,
        }
    }

    /// The service's own words, where the answer had any.
    #[must_use]
    pub fn service_message(&self) -> Option<&str> {
        match self {
            Self::Refused { message, .. } => Some(message),
            Self::Http { message, .. } => message.as_deref(),
            _ => None,
        }
    }

    pub(crate) fn invalid(problem: impl Into<String>) -> Self {
        Self::Invalid { problem: problem.into() }
    }
}

fn quoted(message: Option<&str>) -> String {
    message.map_or_else(String::new, |message| format!(": {message:?}"))
}
