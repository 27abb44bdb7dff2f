//! Faults, and the script that says who meets which.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use crate::operation::Operation;

/// Whose requests meet a fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// Everyone's.
    Anyone,
    /// Those of the account with this e-mail, compared without case.
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

/// What goes wrong with one answer.
///
/// None of these is documented for the real service; they are what any service on the Internet does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Waits, then does the operation and gives the true answer.
    ///
    /// A client that hangs up while it waits leaves the operation undone.
    Delay(Duration),
    /// Answers with this code instead; nothing is done.
    Status {
        /// The HTTP status code.
        code: u16,
        /// The `Retry-After` header: seconds, a date, or anything else.
        retry_after: Option<String>,
        /// The body; its content type is JSON if it is JSON, and plain text otherwise.
        body: String,
    },
    /// Resets the connection before any byte of the answer; nothing is done.
    ResetBefore,
    /// Does the operation, sends the head and half of the body, then resets the connection.
    ///
    /// An answer without a body (a 401) is reset before its head.
    ResetWithin,
    /// Does the operation and sends the true body one byte at a time.
    Drip {
        /// The pause before each byte but the first.
        every: Duration,
    },
    /// Does the operation and sends a valid JSON answer that is padded to this many bytes.
    ///
    /// It is streamed in chunks and its length is not announced, so that only counting can stop it.
    Oversized(usize),
    /// Does the operation and sends a complete HTTP answer whose JSON stops half-way.
    CutJson,
    /// Answers with a small HTML page and code 200 instead; nothing is done.
    Html,
    /// Does the operation and answers with wrong JSON types: `ok` is a text, `status` a number.
    ///
    /// So are all top-level values: truth values and numbers are texts, texts are numbers.
    WrongTypes,
    /// Answers with code 200 and no body instead; nothing is done.
    EmptyBody,
    /// Answers with code 307 and this `Location` instead; nothing is done.
    Redirect(String),
    /// Answers with exactly this instead; nothing is done.
    ///
    /// A `content-length` among the headers is sent as it is, even when it does not fit the body.
    Answer {
        /// The HTTP status code.
        code: u16,
        /// The headers, in order; a name may occur more than once.
        headers: Vec<(String, String)>,
        /// The body.
        body: Vec<u8>,
    },
    /// Gives the true answer with exactly these `Set-Cookie` lines in place of its own.
    SetCookie(Vec<String>),
}

impl Fault {
    /// This code, with an empty body.
    #[must_use]
    pub fn status(code: u16) -> Self {
        Self::Status { code, retry_after: None, body: String::new() }
    }

    /// This code with a `Retry-After` header.
    #[must_use]
    pub fn retry_after(code: u16, retry_after: impl Into<String>) -> Self {
        Self::Status { code, retry_after: Some(retry_after.into()), body: String::new() }
    }

    /// What a request without an accepted token gets: 401, with an empty body.
    #[must_use]
    pub fn unauthorized() -> Self {
        Self::status(401)
    }
}

/// The faults to come, and the latency of every answer.
pub(crate) struct Script {
    pub(crate) latency: Duration,
    queues: HashMap<(Option<String>, Operation), Queue>,
}

#[derive(Default)]
struct Queue {
    once: VecDeque<Fault>,
    always: Option<Fault>,
}

impl Script {
    pub(crate) fn new(latency: Duration) -> Self {
        Self { latency, queues: HashMap::new() }
    }

    pub(crate) fn append(
        &mut self,
        target: Target,
        operation: Operation,
        faults: impl IntoIterator<Item = Fault>,
    ) {
        self.queue(target, operation).once.extend(faults);
    }

    pub(crate) fn set_always(&mut self, target: Target, operation: Operation, fault: Fault) {
        self.queue(target, operation).always = Some(fault);
    }

    fn queue(&mut self, target: Target, operation: Operation) -> &mut Queue {
        let email = match target {
            Target::Anyone => None,
            Target::Account(email) => Some(email.to_lowercase()),
        };
        self.queues.entry((email, operation)).or_default()
    }

    /// The fault that this request meets: at most one; the account's own come first, queues before `always`.
    pub(crate) fn next(&mut self, email: Option<&str>, operation: Operation) -> Option<Fault> {
        // Most sandboxes have no script; their requests need no look-up.
        if self.queues.is_empty() {
            return None;
        }
        let own = email.map(|email| (Some(email.to_lowercase()), operation));
        let keys = [own, Some((None, operation))];
        let mut keys = keys.iter().flatten();
        let once = keys.clone().find_map(|key| self.queues.get_mut(key)?.once.pop_front());
        once.or_else(|| keys.find_map(|key| self.queues.get(key)?.always.clone()))
    }
}
