//! What the sandbox saw.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Duration;

use tokio::time::Instant;

use crate::operation::Operation;
use crate::shared::lock;

/// A snapshot of what the sandbox saw since its start.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    /// Every request that arrived whole, in the order of arrival.
    pub requests: Vec<SeenRequest>,
    /// The most requests that were under way at one time.
    ///
    /// A request is under way from its full receipt until its answer is handed over to be sent, so this is
    /// never more than what the clients had open.
    pub max_in_flight: usize,
    /// Connections accepted.
    pub connections: usize,
}

impl Seen {
    /// How many requests asked for this operation.
    #[must_use]
    pub fn count(&self, operation: Operation) -> usize {
        self.requests.iter().filter(|request| request.operation == Some(operation)).count()
    }

    /// The requests of one account; e-mails compare without case.
    pub fn of(&self, email: &str) -> impl Iterator<Item = &SeenRequest> {
        let email = email.to_lowercase();
        self.requests.iter().filter(move |request| {
            request.account.as_ref().is_some_and(|account| account.to_lowercase() == email)
        })
    }

    /// How many times this account, or someone who tried its e-mail, asked to log on.
    #[must_use]
    pub fn log_ons(&self, email: &str) -> usize {
        self.of(email).filter(|request| request.operation == Some(Operation::LogOn)).count()
    }

    /// How many times each credential was sent, whatever became of it.
    ///
    /// The key is [`Operation::LogOn`] with the e-mail, or [`Operation::UpdateJessSession`] with the JESS user name.
    #[must_use]
    pub fn credentials(&self) -> BTreeMap<(Operation, String), usize> {
        let mut sent = BTreeMap::new();
        for request in &self.requests {
            let name = match request.operation {
                Some(Operation::LogOn) => &request.account,
                Some(Operation::UpdateJessSession) => &request.jess_username,
                _ => continue,
            };
            if let (Some(operation), Some(name)) = (request.operation, name) {
                *sent.entry((operation, name.clone())).or_default() += 1;
            }
        }
        sent
    }
}

/// One request, without its body and its token.
#[derive(Clone, Debug)]
pub struct SeenRequest {
    /// When it had arrived, since the start of the sandbox.
    pub at: Duration,
    /// What it asked for; `None` when the path is unknown or does not take the method.
    pub operation: Option<Operation>,
    /// The HTTP method.
    pub method: String,
    /// The path, without a query.
    pub path: String,
    /// The e-mail: from the body of a log-on, otherwise from the token, even one that is no longer accepted.
    ///
    /// An e-mail that the sandbox knows is in the account's own spelling.
    pub account: Option<String>,
    /// The `User-Agent` header.
    pub user_agent: Option<String>,
    /// How many `Cookie` headers it had.
    pub cookie_lines: usize,
    /// Whether it had a `Referer` header.
    pub referer: bool,
    /// The code of the answer; `None` while it is under way, and when there was none.
    pub status: Option<u16>,
    /// The JESS user name that an update sent.
    pub jess_username: Option<String>,
}

/// The log that snapshots are made from.
pub(crate) struct Log {
    started: Instant,
    entries: Mutex<Entries>,
}

#[derive(Default)]
struct Entries {
    seen: Seen,
    in_flight: usize,
}

impl Log {
    pub(crate) fn new() -> Self {
        Self { started: Instant::now(), entries: Mutex::default() }
    }

    pub(crate) fn snapshot(&self) -> Seen {
        lock(&self.entries).seen.clone()
    }

    pub(crate) fn connected(&self) {
        lock(&self.entries).seen.connections += 1;
    }

    pub(crate) fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    /// Writes a request down; it is under way until the visit is dropped.
    pub(crate) fn arrived(&self, request: SeenRequest) -> Visit<'_> {
        let mut entries = lock(&self.entries);
        let index = entries.seen.requests.len();
        entries.seen.requests.push(request);
        entries.in_flight += 1;
        entries.seen.max_in_flight = entries.seen.max_in_flight.max(entries.in_flight);
        Visit { log: self, index }
    }
}

/// A request under way.
pub(crate) struct Visit<'log> {
    log: &'log Log,
    index: usize,
}

impl Visit<'_> {
    pub(crate) fn answered(self, status: u16) {
        lock(&self.log.entries).seen.requests[self.index].status = Some(status);
    }
}

impl Drop for Visit<'_> {
    fn drop(&mut self) {
        lock(&self.log.entries).in_flight -= 1;
    }
}
