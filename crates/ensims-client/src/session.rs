//! The ENSIMS session: every operation that needs a token is a method of it.

use std::sync::Arc;

use crate::answer::Answer;
use crate::credential::{Addresses, EnsimsCredential, JessCredential};
use crate::envelope::{self, Envelope};
use crate::error::Error;
use crate::operation::Operation;
use crate::records::{Identity, JessAccount, JessUsage, UserRecord};
use crate::request_body::{self, RequestBody};
use crate::token::{SessionToken, TokenChange};
use crate::transport::{Received, Transport};

/// Whether the linked JESS account can run simulations now (`docs:jess:chk_session` of the jEPlus wiki).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum JessSession {
    /// The JESS session key is valid.
    Valid,
    /// It is not: no JESS account is linked, the key has lapsed, or the JESS password was changed. The service
    /// does not report which.
    NotValid,
}

/// The log-on of one ENSIMS account.
///
/// A session owns the account's token. It is not `Clone` and its methods take `&mut self`, because any answer may
/// bring a fresh token, which replaces the old one. Once [`Error::Unauthorized`] is returned, log on again.
///
/// An answer that names another account than the one that logged on is [`Error::OtherAccount`]. It ends the session: the
/// token that came with it is not taken, and nothing more is sent.
#[derive(Debug)]
pub struct Session {
    transport: Arc<Transport>,
    token: Option<SessionToken>,
    identity: Identity,
    /// Whose session it is; none in a resumed one until an answer names the account.
    addresses: Option<Addresses>,
}

impl Session {
    pub(crate) fn new(
        transport: Arc<Transport>,
        token: SessionToken,
        identity: Identity,
        addresses: Option<Addresses>,
    ) -> Self {
        Self { transport, token: Some(token), identity, addresses }
    }

    /// The token, to be kept for [`Client::resume`](crate::Client::resume). None if an answer has cleared it.
    #[must_use]
    pub fn token(&self) -> Option<&SessionToken> {
        self.token.as_ref()
    }

    /// Who is logged on, by the latest log-on, check-in or confirmation.
    ///
    /// It is empty in a resumed session until [`Session::check_in`] or [`Session::confirm`] succeeds.
    #[must_use]
    pub fn identity(&self) -> &Identity {
        &self.identity
    }

    /// Gives the JESS credential to the ENSIMS account, which gets a new JESS session key
    /// (`docs:jess:upd_session` of the jEPlus wiki).
    ///
    /// The service keeps the key. The call may be repeated: it links a JESS account or replaces the link.
    ///
    /// # Errors
    /// - [`Error::Refused`] by JESS if the user name and password do not match: do not send them again;
    /// - the [errors of every call of a session](Error#errors-of-every-call-of-a-session).
    pub async fn update_jess_session(&mut self, credential: &JessCredential) -> Result<Answer<()>, Error> {
        let body = request_body::jess(credential);
        let envelope = self.call(Operation::UpdateJessSession, Some(body)).await?;
        Ok(envelope.answer(()))
    }

    /// Checks whether the JESS session is valid (`docs:jess:chk_session` of the jEPlus wiki). Changes nothing.
    ///
    /// # Errors
    /// The [errors of every call of a session](Error#errors-of-every-call-of-a-session). A session that is not
    /// valid is an answer, not an error.
    pub async fn jess_session(&mut self) -> Result<Answer<JessSession>, Error> {
        let received = self.exchange(Operation::JessSession, None).await?;
        let envelope = Envelope::read(Operation::JessSession, &received)?;
        let state = if envelope.ok { JessSession::Valid } else { JessSession::NotValid };
        Ok(envelope.answer(state))
    }

    /// Reads the record of the linked JESS account (`docs:jess:acc_info` of the jEPlus wiki).
    ///
    /// # Errors
    /// - [`Error::Refused`] by JESS if there is no account to show;
    /// - the [errors of every call of a session](Error#errors-of-every-call-of-a-session).
    pub async fn jess_account(&mut self) -> Result<Answer<JessAccount>, Error> {
        self.call(Operation::JessAccount, None).await?.data()
    }

    /// Reads the usage of the linked JESS account (`docs:jess:usage_info` of the jEPlus wiki).
    ///
    /// The only recorded answer has one entry.
    ///
    /// # Errors
    /// - [`Error::Refused`] by JESS if there is no usage to show;
    /// - the [errors of every call of a session](Error#errors-of-every-call-of-a-session).
    pub async fn jess_usage(&mut self) -> Result<Answer<Vec<JessUsage>>, Error> {
        let usage: Answer<Option<Vec<JessUsage>>> = self.call(Operation::JessUsage, None).await?.data()?;
        Ok(usage.map(Option::unwrap_or_default))
    }

    /// Checks whether the token is still accepted, and replaces it with a fresh one (`docs:users:check_in` of the
    /// jEPlus wiki).
    ///
    /// # Errors
    /// - [`Error::Refused`] by ENSIMS if the answer has `"ok": false`, which the wiki does not describe;
    /// - the [errors of every call of a session](Error#errors-of-every-call-of-a-session), of which
    ///   [`Error::Unauthorized`] means that the token is no longer accepted.
    pub async fn check_in(&mut self) -> Result<Answer<Identity>, Error> {
        let answer: Answer<Identity> = self.call(Operation::CheckIn, None).await?.fields()?;
        self.identity = answer.value.clone();
        Ok(answer)
    }

    /// Checks that a credential belongs to the account that is logged on (`docs:users:confirm` of the jEPlus
    /// wiki).
    ///
    /// # Errors
    /// - [`Error::Refused`] by ENSIMS if it does not: do not send it again;
    /// - the [errors of every call of a session](Error#errors-of-every-call-of-a-session).
    pub async fn confirm(&mut self, credential: &EnsimsCredential) -> Result<Answer<Identity>, Error> {
        let body = request_body::ensims(credential);
        let received =
            self.exchange_about(Operation::Confirm, Some(body), Some(credential.addresses())).await?;
        let answer: Answer<Identity> = Envelope::accepted(Operation::Confirm, &received)?.fields()?;
        self.identity = answer.value.clone();
        Ok(answer)
    }

    /// Reads the record of the ENSIMS account (`docs:users:get_user` of the jEPlus wiki).
    ///
    /// Older builds of the service send it without an envelope; [`Answer::message`] is then None.
    ///
    /// # Errors
    /// - [`Error::Refused`] by ENSIMS if the answer has `"ok": false`, which the wiki does not describe;
    /// - the [errors of every call of a session](Error#errors-of-every-call-of-a-session).
    pub async fn user(&mut self) -> Result<Answer<UserRecord>, Error> {
        envelope::user(&self.exchange(Operation::User, None).await?)
    }

    /// Logs off (`docs:users:log_off` of the jEPlus wiki).
    ///
    /// The token is dropped whatever the answer is. Whether the service then refuses it is not documented.
    ///
    /// # Errors
    /// - [`Error::Refused`] by ENSIMS if the answer has `"ok": false`, which the wiki does not describe;
    /// - the [errors of every call of a session](Error#errors-of-every-call-of-a-session).
    pub async fn log_off(mut self) -> Result<Answer<()>, Error> {
        let envelope = self.call(Operation::LogOff, None).await?;
        Ok(envelope.answer(()))
    }

    /// Sends a request that must be accepted.
    async fn call(&mut self, operation: Operation, body: Option<RequestBody>) -> Result<Envelope, Error> {
        let received = self.exchange(operation, body).await?;
        Envelope::accepted(operation, &received)
    }

    async fn exchange(&mut self, operation: Operation, body: Option<RequestBody>) -> Result<Received, Error> {
        self.exchange_about(operation, body, None).await
    }

    /// Sends a request, and keeps a fresh token: any answer may bring one, whatever its status is. Only one that is about
    /// another account than this session, or than the one with `addresses`, is nobody's.
    async fn exchange_about(
        &mut self,
        operation: Operation,
        body: Option<RequestBody>,
        addresses: Option<&Addresses>,
    ) -> Result<Received, Error> {
        let token = self.token.as_ref().ok_or(Error::Unauthorized)?;
        let received = self.transport.exchange(operation, Some(token), body).await?;
        if operation.names_account() {
            for expected in [self.addresses.as_ref(), addresses].into_iter().flatten() {
                envelope::check_account(&received, expected).inspect_err(|_| self.token = None)?;
            }
            if self.addresses.is_none() && received.status.is_success() {
                self.addresses = envelope::named_account(&received).map(Addresses::new);
            }
        }
        match TokenChange::read(&received.headers) {
            TokenChange::Fresh(token) => self.token = Some(token),
            TokenChange::Cleared => self.token = None,
            TokenChange::None | TokenChange::Unusable => {}
        }
        Ok(received)
    }
}
