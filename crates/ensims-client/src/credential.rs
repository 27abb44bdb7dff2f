//! The two credentials. A password is a secret type from here to the request body.

use secrecy::{ExposeSecret, SecretString};

use crate::error::Error;

/// The e-mail address and password of an ENSIMS account (`docs:users:log_on` of the jEPlus wiki).
///
/// `Debug` does not show the password.
#[derive(Clone, Debug)]
pub struct EnsimsCredential {
    email: String,
    password: SecretString,
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
        Ok(Self { email, password })
    }

    /// The e-mail address.
    #[must_use]
    pub fn email(&self) -> &str {
        &self.email
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
