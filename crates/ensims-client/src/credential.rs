//! The two credentials. A password is a secret type from here to the request body.

use secrecy::{ExposeSecret, SecretString};

use crate::error::Error;

/// The e-mail address and password of an ENSIMS account (`docs:users:log_on` of the jEPlus wiki).
///
/// `Debug` does not show the password.
#[derive(Clone, Debug)]
pub struct EnsimsCredential {
    addresses: Addresses,
    password: SecretString,
}

/// The e-mail addresses under which answers may name one account.
#[derive(Clone, Debug)]
pub(crate) struct Addresses {
    email: String,
    known_as: Option<String>,
}

impl Addresses {
    pub(crate) fn new(email: String) -> Self {
        Self { email, known_as: None }
    }

    /// Whether an answer that names this address can be about the account. Upper and lower case are the same.
    pub(crate) fn contain(&self, named: &str) -> bool {
        let named = named.trim().to_lowercase();
        [Some(&self.email), self.known_as.as_ref()]
            .into_iter()
            .flatten()
            .any(|own| own.to_lowercase() == named)
    }

    pub(crate) fn email(&self) -> &str {
        &self.email
    }
}

impl EnsimsCredential {
    /// Makes a credential of an e-mail address and a password. They are sent exactly as given.
    ///
    /// # Errors
    /// [`Error::Invalid`] if either is empty.
    pub fn new(email: impl Into<String>, password: impl Into<SecretString>) -> Result<Self, Error> {
        let (email, password) = (email.into(), password.into());
        require(&email, "the ENSIMS e-mail address is empty")?;
        require(password.expose_secret(), "the ENSIMS password is empty")?;
        Ok(Self { addresses: Addresses::new(email), password })
    }

    /// Sets another e-mail address under which the service knows the account, such as the one it was renamed from.
    ///
    /// It is never sent. An answer that names neither address is [`Error::OtherAccount`].
    #[must_use]
    pub fn known_as(mut self, email: impl Into<String>) -> Self {
        self.addresses.known_as = Some(email.into());
        self
    }

    /// The e-mail address.
    #[must_use]
    pub fn email(&self) -> &str {
        self.addresses.email()
    }

    pub(crate) fn addresses(&self) -> &Addresses {
        &self.addresses
    }

    /// The password.
    #[must_use]
    pub fn password(&self) -> &SecretString {
        &self.password
    }
}

/// The user name and password of a JESS account (`docs:jess:upd_session` of the jEPlus wiki).
///
/// They are not the e-mail address and password of the ENSIMS account. `Debug` does not show the password.
#[derive(Clone, Debug)]
pub struct JessCredential {
    username: String,
    password: SecretString,
}

impl JessCredential {
    /// Makes a credential of a JESS user name and a password. They are sent exactly as given.
    ///
    /// # Errors
    /// [`Error::Invalid`] if either is empty, because what the service does then is not documented.
    pub fn new(username: impl Into<String>, password: impl Into<SecretString>) -> Result<Self, Error> {
        let (username, password) = (username.into(), password.into());
        require(&username, "the JESS user name is empty")?;
        require(password.expose_secret(), "the JESS password is empty")?;
        Ok(Self { username, password })
    }

    /// The JESS user name.
    #[must_use]
    pub fn username(&self) -> &str {
        &self.username
    }

    /// The password.
    #[must_use]
    pub fn password(&self) -> &SecretString {
        &self.password
    }
}

fn require(text: &str, problem: &str) -> Result<(), Error> {
    if text.is_empty() { Err(Error::invalid(problem)) } else { Ok(()) }
}
