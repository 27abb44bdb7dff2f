//! One account's connection to the service: a step becomes a request, its answer becomes a finding.

use ensims_client::{Answer, Client, Error, JessSession, SecretString, Session};

use super::observed::Finding;
use crate::job::Credentials;
use crate::outcome::Step;

/// One account's connection to the service. Tests script it, so that an account's run needs no sockets.
pub(super) trait Connection {
    /// Sends the one request of a step.
    async fn send(&mut self, step: Step) -> Result<Answer<Finding>, Error>;

    /// The session token. An answer may have cleared it.
    fn token(&self) -> Option<&SecretString>;
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

    fn session(&mut self) -> Result<&mut Session, Error> {
        self.session.as_mut().ok_or(Error::Unauthorized)
    }
}

impl Connection for ClientConnection<'_> {
    async fn send(&mut self, step: Step) -> Result<Answer<Finding>, Error> {
        let credentials = self.credentials;
        Ok(match step {
            Step::LogOn => self.client.log_on(&credentials.ensims).await?.map(|session| {
                self.session = Some(session);
                Finding::LoggedOn
            }),
            Step::Update => {
                self.session()?.update_jess_session(&credentials.jess).await?.map(|()| Finding::Updated)
            }
            Step::CheckSession | Step::VerifySession => {
                let answer = self.session()?.jess_session().await?;
                answer.map(|session| Finding::SessionValid(session == JessSession::Valid))
            }
            Step::CheckAccount | Step::VerifyAccount => {
                let answer = self.session()?.jess_account().await?;
                answer.map(|account| Finding::Account(Box::new(account)))
            }
            Step::CheckUsage => self.session()?.jess_usage().await?.map(Finding::Usage),
        })
    }

    fn token(&self) -> Option<&SecretString> {
        Some(self.session.as_ref()?.token()?.secret())
    }
}
