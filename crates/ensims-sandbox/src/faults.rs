//! Faults, and whose requests meet them.

use std::time::Duration;

/// Whose requests meet a fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// The requests of everyone.
    Anyone,
    /// The requests of the account with this e-mail address, whose case does not matter.
    Account(String),
}

impl From<&str> for Target {
    fn from(email: &str) -> Self {
        Self::Account(email.to_owned())
    }
}

impl From<String> for Target {
    fn from(email: String) -> Self {
        Self::Account(email)
    }
}

/// A fault in one answer.
///
/// None of these is documented for the real service, but any service on the Internet may have them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Waits, then does the operation and sends the true answer.
    ///
    /// If the client disconnects during the wait, the operation is not done.
    Delay(Duration),
    /// Sends this status code instead; nothing is done.
    Status {
        /// The HTTP status code.
        code: u16,
        /// The `Retry-After` header: seconds, a date, or anything else.
        retry_after: Option<String>,
        /// The body. Its content type is JSON if it is valid JSON, and plain text otherwise.
        body: String,
    },
    /// Resets the connection before any byte of the answer; nothing is done.
    ResetBefore,
    /// Does the operation, sends the head and half of the body, then resets the connection.
    ///
    /// If the answer has no body (a 401), the connection is reset before the head.
    ResetWithin,
    /// Does the operation and sends the true body one byte at a time.
    Drip {
        /// The pause between two bytes.
        every: Duration,
    },
    /// Does the operation and sends a valid JSON answer that is padded to this many bytes.
    ///
    /// It is sent in chunks without a `content-length`, so a client must count the bytes to stop it.
    Oversized(usize),
    /// Does the operation and sends a complete HTTP answer whose JSON stops halfway.
    CutJson,
    /// Sends a small HTML page with status code 200 instead; nothing is done.
    Html,
    /// Does the operation and sends an answer with wrong JSON types: `ok` is a string and `status` a number.
    ///
    /// All top-level booleans and numbers become strings, and all strings become numbers.
    WrongTypes,
    /// Sends status code 200 without a body instead; nothing is done.
    EmptyBody,
    /// Sends status code 307 with this `Location` instead; nothing is done.
    Redirect(String),
    /// Sends exactly this instead; nothing is done.
    ///
    /// A `content-length` among the headers is sent as it is, even if it does not fit the body.
    Answer {
        /// The HTTP status code.
        code: u16,
        /// The headers, in order; a name may occur more than once.
        headers: Vec<(String, String)>,
        /// The body.
        body: Vec<u8>,
    },
    /// Does the operation and sends the true answer with these `Set-Cookie` lines in place of its own.
    SetCookie(Vec<String>),
    /// Does the operation for the account with this e-mail address instead, and sends its answer: the identity and the
    /// token of somebody else.
    ///
    /// If the sandbox has no such account, it sends a 500.
    OtherAccount(String),
}

impl Fault {
    /// A fault that sends this status code with an empty body.
    #[must_use]
    pub fn status(code: u16) -> Self {
        Self::Status { code, retry_after: None, body: String::new() }
    }

    /// A fault that sends this status code with a `Retry-After` header and an empty body.
    #[must_use]
    pub fn retry_after(code: u16, retry_after: impl Into<String>) -> Self {
        Self::Status { code, retry_after: Some(retry_after.into()), body: String::new() }
    }

    /// A fault that sends what a request without a valid token gets: 401 with an empty body.
    #[must_use]
    pub fn unauthorized() -> Self {
        Self::status(401)
    }
}
