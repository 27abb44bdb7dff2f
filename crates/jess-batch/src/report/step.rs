//! What can be done for an account, one request each.

use serde::{Deserialize, Serialize};

/// A step; its word is what reports call it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Step {
    LogOn,
    /// Before an update: is the JESS session valid?
    LookSession,
    /// Before an update: which JESS user is it?
    LookAccount,
    LookUsage,
    Update,
    /// After an update.
    VerifySession,
    VerifyAccount,
}

impl Step {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::LogOn => "log-on",
            Self::LookSession => "look-session",
            Self::LookAccount => "look-account",
            Self::LookUsage => "look-usage",
            Self::Update => "update",
            Self::VerifySession => "verify-session",
            Self::VerifyAccount => "verify-account",
        }
    }
}
