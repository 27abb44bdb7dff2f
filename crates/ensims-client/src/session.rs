//! The ENSIMS session: what needs a token is a method of it.

use secrecy::ExposeSecret;
use serde::Serialize;
use zeroize::Zeroizing;

use crate::answer::{self, Envelope};
use crate::client::credential_body;
use crate::operation::Operation;
use crate::token::TokenNews;
use crate::transport::Received;
use crate::{
    Client, EnsimsCredential, Error, Identity, JessAccount, JessCredential, JessUsage, SessionToken,
    UserRecord,
};

/// The service's HTTP status and words in its latest answer to a session.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LastAnswer {
    /// The HTTP status; 0 before the first answer.
    pub http_status: u16,
    /// The `status` text. It is for people and changes without notice.
    pub message: String,
}

/// Whether the linked JESS account can simulate now (`docs:jess:chk_session`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JessSession {
    /// The JESS session key is valid.
    Valid,
    /// It is not: no link, a lapsed key or a changed JESS password. The service does not say which.
    NotValid {
        /// The service's own words.
        message: String,
    },
}

/// A log-on of one ENSIMS account.
///
/// It owns the account's token, is not `Clone`, and its methods take `&mut self`: any answer may bring a fresh
/// token, and from then on that one is sent. Every method can fail with [`Error::Unauthorized`] when the
/// token is no longer accepted; log on again then.
#[derive(Debug)]
pub struct Session {
    client: Client,
    token: Option<SessionToken>,
    identity: Identity,
    last_answer: LastAnswer,
}

#[derive(Serialize)]
struct UpdateBody<'a> {
    #[serde(rename = "jessUser")]
    username: &'a str,
    #[serde(rename = "jessPwd")]
    password: &'a str,
}

#[derive(Serialize)]
struct ConfirmBody<'a> {
    email: &'a str,
    password: &'a str,
}

impl Session {
    pub(crate) fn opened(
        client: Client,
        token: SessionToken,
        last_answer: LastAnswer,
        identity: Identity,
    ) -> Self {
        Self { client, token: Some(token), identity, last_answer }
    }

    pub(crate) fn resumed(client: Client, token: SessionToken) -> Self {
        Self::opened(client, token, LastAnswer::default(), Identity::default())
    }

    /// The token, to be kept for [`Client::resume`]. None once an answer has cleared it.
    #[must_use]
    pub fn token(&self) -> Option<&SessionToken> {
        self.token.as_ref()
    }

    /// Who is logged on, as the service said it last. Empty in a resumed session until it checks in.
    #[must_use]
    pub fn identity(&self) -> &Identity {
        &self.identity
    }

    /// The status and words of the latest answer that had a verdict.
    #[must_use]
    pub fn last_answer(&self) -> &LastAnswer {
        &self.last_answer
    }

    /// Hands the JESS credential to the ENSIMS account and gets it a new JESS session key
    /// (`docs:jess:upd_session`). It may be repeated: it sets or updates. The key stays with the service.
    ///
    /// # Errors
    /// [`Error::Refused`] by JESS, probably because the pair is wrong: do not send it again.
    pub async fn update_jess_session(&mut self, credential: &JessCredential) -> Result<(), Error> {
        let password = credential.password.expose_secret();
        let body = credential_body(
            &UpdateBody { username: &credential.username, password },
            credential.username.len() + password.len(),
        );
        self.accepted(Operation::UpdateJessSession, Some(body)).await?;
        Ok(())
    }

    /// Asks whether the JESS session is valid (`docs:jess:chk_session`). Changes nothing.
    ///
    /// # Errors
    /// As the connection and the service have it; "not valid" is an answer, not an error.
    pub async fn jess_session(&mut self) -> Result<JessSession, Error> {
        let received = self.exchange(Operation::JessSession, None).await?;
        let envelope = Envelope::read(Operation::JessSession, &received)?;
        self.last_answer = envelope.answer.clone();
        Ok(if envelope.ok {
            JessSession::Valid
        } else {
            JessSession::NotValid { message: envelope.answer.message }
        })
    }

    /// The linked JESS account (`docs:jess:acc_info`).
    ///
    /// # Errors
    /// [`Error::Refused`] by JESS when it has none to show.
    pub async fn jess_account(&mut self) -> Result<JessAccount, Error> {
        self.accepted(Operation::JessAccount, None).await?.data()
    }

    /// The usage of the linked JESS account (`docs:jess:usage_info`), one entry in the only recorded answer.
    ///
    /// # Errors
    /// [`Error::Refused`] by JESS when it has none to show.
    pub async fn jess_usage(&mut self) -> Result<Vec<JessUsage>, Error> {
        let usage: Option<_> = self.accepted(Operation::JessUsage, None).await?.data()?;
        Ok(usage.unwrap_or_default())
    }

    /// Tells whether the token is still accepted, and replaces it with a new one (`docs:users:check_in`).
    ///
    /// # Errors
    /// [`Error::Unauthorized`] when it is not accepted any more.
    pub async fn check_in(&mut self) -> Result<&Identity, Error> {
        self.identity = self.accepted(Operation::CheckIn, None).await?.fields()?;
        Ok(&self.identity)
    }

    /// Proves that this credential belongs to the account that is logged on (`docs:users:confirm`).
    ///
    /// # Errors
    /// [`Error::Refused`] by ENSIMS when it does not.
    pub async fn confirm(&mut self, credential: &EnsimsCredential) -> Result<&Identity, Error> {
        let password = credential.password.expose_secret();
        let body = credential_body(
            &ConfirmBody { email: &credential.email, password },
            credential.email.len() + password.len(),
        );
        self.identity = self.accepted(Operation::Confirm, Some(body)).await?.fields()?;
        Ok(&self.identity)
    }

    /// The account's own record (`docs:users:get_user`), with or without the envelope of newer builds.
    ///
    /// # Errors
    /// As the connection and the service have it.
    pub async fn user(&mut self) -> Result<UserRecord, Error> {
        let received = self.exchange(Operation::User, None).await?;
        if let Some(bare) = answer::bare_user(&received) {
            return answer::record(bare, received.status.as_u16());
        }
        self.verdict(Operation::User, &received)?.data()
    }

    /// Logs off (`docs:users:log_off`). The token is dropped whatever the answer is; whether the service
    /// then refuses it everywhere is not documented.
    ///
    /// # Errors
    /// As the connection and the service have it.
    pub async fn log_off(mut self) -> Result<(), Error> {
        self.accepted(Operation::LogOff, None).await?;
        Ok(())
    }

    async fn accepted(
        &mut self,
        operation: Operation,
        body: Option<Zeroizing<Vec<u8>>>,
    ) -> Result<Envelope, Error> {
        let received = self.exchange(operation, body).await?;
        self.verdict(operation, &received)
    }

    /// Notes the verdict of an answer, a refusal included.
    fn verdict(&mut self, operation: Operation, received: &Received) -> Result<Envelope, Error> {
        let envelope = Envelope::read(operation, received)?;
        self.last_answer = envelope.answer.clone();
        envelope.accepted(operation)
    }

    /// Every answer may bring a fresh token, whatever its status, so this looks before anything else does.
    async fn exchange(
        &mut self,
        operation: Operation,
        body: Option<Zeroizing<Vec<u8>>>,
    ) -> Result<Received, Error> {
        let token = self.token.as_ref().ok_or(Error::Unauthorized)?;
        let received = self.client.inner().exchange(operation, Some(token), body).await?;
        match TokenNews::read(&received.headers) {
            TokenNews::Fresh(token) => self.token = Some(token),
            TokenNews::Cleared => self.token = None,
            TokenNews::None | TokenNews::Unusable => {}
        }
        Ok(received)
    }
}
