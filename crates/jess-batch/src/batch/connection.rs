//! One account's connection to the service: a step becomes a request, its answer becomes a finding.

use ensims_client::{Client, Error, JessSession, Session};

use super::observed::Finding;
use crate::job::Credentials;
use crate::outcome::Step;

/// One account's connection to the service. Tests script it, so that an account's run needs no sockets.
pub(super) trait Connection {
    /// Sends the one request of a step.
    async fn send(&mut self, step: Step) -> Result<Reply, Error>;

    /// Whether there is a session token. An answer may have cleared it.
    fn has_token(&self) -> bool;
}

/// A good answer.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Reply {
    pub(super) finding: Finding,
    /// The service's own words.
    pub(super) message: Option<String>,
    pub(super) http_status: u16,
}

/// The real connection: a client that all accounts share, and a session of its own.
pub(super) struct ClientConnection<'a> {
    client: &'a Client,
    credentials: &'a Credentials,
    session: Option<Session>,
}

impl<'a> ClientConnection<'a> {
    pub(super) fn new(client: &'a Client, credentials: &'a Credentials) -> Self {
        Self { client, credentials, session: None }
    }
}

impl Connection for ClientConnection<'_> {
    async fn send(&mut self, step: Step) -> Result<Reply, Error> {
        if step == Step::LogOn {
            let answer = self.client.log_on(&self.credentials.ensims).await?;
            self.session = Some(answer.value);
            let finding = Finding::LoggedOn;
            return Ok(Reply { finding, message: answer.message, http_status: answer.http_status });
        }
        let session = self.session.as_mut().ok_or(Error::Unauthorized)?;
        let answer = match step {
            Step::LogOn | Step::Update => {
                session.update_jess_session(&self.credentials.jess).await?.map(|()| Finding::Updated)
            }
            Step::CheckSession | Step::VerifySession => {
                session.jess_session().await?.map(|state| Finding::SessionValid(state == JessSession::Valid))
            }
            Step::CheckAccount | Step::VerifyAccount => {
                session.jess_account().await?.map(|account| Finding::Account(Box::new(account)))
            }
            Step::CheckUsage => session.jess_usage().await?.map(Finding::Usage),
        };
        Ok(Reply { finding: answer.value, message: answer.message, http_status: answer.http_status })
    }

    fn has_token(&self) -> bool {
        self.session.as_ref().is_some_and(|session| session.token().is_some())
    }
}
