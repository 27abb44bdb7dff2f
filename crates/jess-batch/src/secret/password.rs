//! A password of an account, resolved or not.

use secrecy::SecretString;

use super::error::SecretError;
use super::source::SecretSource;
use super::stored;

/// A password of an account, which may not be resolved yet.
#[derive(Clone, Debug)]
pub struct Password {
    /// Where it comes from.
    pub source: SecretSource,
    /// The password itself, once it is resolved. That of a deselected account never is.
    pub secret: Option<SecretString>,
}

impl Password {
    /// A password that is still to be resolved.
    pub fn unresolved(source: SecretSource) -> Self {
        Self { source, secret: None }
    }

    /// Takes the place of a password with an error. The error is reported, so no job comes of it.
    pub fn placeholder() -> Self {
        Self::unresolved(SecretSource::Prompt)
    }

    /// Resolves a password that needs no waiting: from a variable, a file or a credential. Does nothing for others.
    ///
    /// # Errors
    /// When the source is not there, cannot be read, or holds something that cannot be a password.
    pub fn resolve_stored(&mut self) -> Result<(), SecretError> {
        let secret = match &self.source {
            SecretSource::Variable(name) => stored::from_variable(name)?,
            SecretSource::File(path) => stored::from_file(path)?,
            SecretSource::Credential(name) => stored::from_credential(name)?,
            SecretSource::JobFile
            | SecretSource::Roster
            | SecretSource::Command(_)
            | SecretSource::Prompt => return Ok(()),
        };
        self.secret = Some(secret);
        Ok(())
    }
}
