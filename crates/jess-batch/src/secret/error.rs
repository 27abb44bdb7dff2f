//! Why a password cannot be used.

/// Why a password cannot be used: the key it is about, and what is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecretError {
    /// The key, such as `password_env`. Empty if it is about the entry as a whole.
    pub key: &'static str,
    /// What is wrong, and what to do about it. Never a value.
    pub message: String,
}

impl SecretError {
    pub(super) fn new(key: &'static str, message: impl Into<String>) -> Self {
        Self { key, message: message.into() }
    }
}
