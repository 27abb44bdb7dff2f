//! What the sandbox has seen.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::operation::Operation;

/// A snapshot of what the sandbox has seen since its start.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    /// Every request that arrived completely, in the order of arrival. None is forgotten while the sandbox runs.
    pub requests: Vec<SeenRequest>,
    /// The largest number of requests in flight at the same time.
    ///
    /// A request is in flight from its complete receipt until its answer is ready to be sent, so this is never more
    /// than what the clients had open.
    pub max_in_flight: usize,
    /// The number of accepted connections.
    pub connections: usize,
}

impl Seen {
    /// The number of requests for this operation.
    #[must_use]
    pub fn count(&self, operation: Operation) -> usize {
        self.requests.iter().filter(|request| request.operation == Some(operation)).count()
    }

    /// The requests of one account. The case of the e-mail address does not matter.
    pub fn of(&self, email: &str) -> impl Iterator<Item = &SeenRequest> {
        let email = email.to_lowercase();
        self.requests.iter().filter(move |request| {
            request.account.as_ref().is_some_and(|account| account.to_lowercase() == email)
        })
    }

    /// The number of log-ons with this e-mail address, successful or not.
    #[must_use]
    pub fn log_ons(&self, email: &str) -> usize {
        self.of(email).filter(|request| request.operation == Some(Operation::LogOn)).count()
    }

    /// The number of times that each credential was sent, successful or not.
    ///
    /// The key is [`Operation::LogOn`] with the e-mail address, or [`Operation::UpdateJessSession`] with the JESS user
    /// name.
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
    /// The time of arrival, since the start of the sandbox.
    pub at: Duration,
    /// The operation; `None` if the path is unknown or does not accept the method.
    pub operation: Option<Operation>,
    /// The HTTP method.
    pub method: String,
    /// The path without a query.
    pub path: String,
    /// The e-mail address of the account: from the body of a log-on, otherwise from the token, even if that is no
    /// longer valid.
    ///
    /// If the sandbox knows the account, this is the account's own spelling.
    pub account: Option<String>,
    /// The `User-Agent` header.
    pub user_agent: Option<String>,
    /// The number of `Cookie` headers.
    pub cookie_lines: usize,
    /// Whether there was a `Referer` header.
    pub referer: bool,
    /// The status code of the answer; `None` while the request is in flight, and if there was no answer.
    pub status: Option<u16>,
    /// The JESS user name in the body of an update of the JESS session.
    pub jess_username: Option<String>,
}
