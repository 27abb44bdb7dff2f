//! The two credentials. Their passwords are secret types from here to the request body.

use secrecy::SecretString;

use crate::Error;

/// What an ENSIMS account logs on with (`docs:users:log_on` of the jEPlus wiki).
#[derive(Clone, Debug)]
pub struct EnsimsCredential {
    pub(crate) email: String,
    pub(crate) password: SecretString,
}

impl EnsimsCredential {
    /// An e-mail address and its password, exactly as they are to be sent.
    ///
    /// # Errors
    /// [`Error::Invalid`] when either is empty.
    pub fn new(email: impl Into<String>, password: impl Into<SecretString>) -> Result<Self, Error> {
        let (email, password) = (email.into(), password.into());
        require(&email, "the ENSIMS e-mail address is empty")?;
        require(secrecy::ExposeSecret::expose_secret(&password), "the ENSIMS password is empty")?;
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

/// What the JESS account is known by (`docs:jess:upd_session`): not the ENSIMS e-mail and password.
#[derive(Clone, Debug)]
pub struct JessCredential {
    pub(crate) username: String,
    pub(crate) password: SecretString,
}

impl JessCredential {
    /// A JESS user name and its password, exactly as they are to be sent.
    ///
    /// # Errors
    /// [`Error::Invalid`] when either is empty: what the service makes of that is not documented.
    pub fn new(username: impl Into<String>, password: impl Into<SecretString>) -> Result<Self, Error> {
        let (username, password) = (username.into(), password.into());
        require(&username, "the JESS user name is empty")?;
        require(secrecy::ExposeSecret::expose_secret(&password), "the JESS password is empty")?;
        Ok(Self { username, password })
    }

    /// The user name.
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
