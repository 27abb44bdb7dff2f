//! The accounts that the service knows.

use std::fmt;

/// An ENSIMS account, with which a client can log on.
///
/// `Debug` does not show the password.
#[derive(Clone)]
pub struct Account {
    pub(crate) email: String,
    pub(crate) password: String,
    pub(crate) nickname: String,
}

impl Account {
    /// Makes an account. Its nickname is the part of the e-mail address before the `@`.
    #[must_use]
    pub fn new(email: impl Into<String>, password: impl Into<String>) -> Self {
        let email = email.into();
        let nickname = email.split('@').next().unwrap_or_default().to_owned();
        Self { email, password: password.into(), nickname }
    }

    /// Sets the nickname, which answers to a log-on have as `user`.
    #[must_use]
    pub fn nickname(mut self, nickname: impl Into<String>) -> Self {
        self.nickname = nickname.into();
        self
    }
}

impl fmt::Debug for Account {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Account")
            .field("email", &self.email)
            .field("nickname", &self.nickname)
            .finish_non_exhaustive()
    }
}

/// A JESS account, which is not an ENSIMS account (`docs:jess:upd_session` of the jEPlus wiki).
///
/// `Debug` does not show the password.
#[derive(Clone)]
pub struct JessUser {
    pub(crate) username: String,
    pub(crate) password: String,
    pub(crate) suspended: bool,
}

impl JessUser {
    /// Makes a JESS user who is not suspended.
    #[must_use]
    pub fn new(username: impl Into<String>, password: impl Into<String>) -> Self {
        Self { username: username.into(), password: password.into(), suspended: false }
    }

    /// Makes the JESS user suspended.
    #[must_use]
    pub fn suspended(mut self) -> Self {
        self.suspended = true;
        self
    }
}

impl fmt::Debug for JessUser {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("JessUser")
            .field("username", &self.username)
            .field("suspended", &self.suspended)
            .finish_non_exhaustive()
    }
}
