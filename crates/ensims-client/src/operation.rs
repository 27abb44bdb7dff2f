//! The operations of the service that this crate knows.

use http::Method;

use crate::api::Api;

/// An operation of the service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operation {
    UsersInfo,
    LogOn,
    CheckIn,
    Confirm,
    LogOff,
    User,
    JessInfo,
    UpdateJessSession,
    JessSession,
    JessAccount,
    JessUsage,
}

impl Operation {
    pub(crate) fn api(self) -> Api {
        match self {
            Self::UsersInfo | Self::LogOn | Self::CheckIn | Self::Confirm | Self::LogOff | Self::User => {
                Api::Ensims
            }
            Self::JessInfo
            | Self::UpdateJessSession
            | Self::JessSession
            | Self::JessAccount
            | Self::JessUsage => Api::Jess,
        }
    }

    pub(crate) fn method(self) -> Method {
        match self {
            Self::LogOn | Self::CheckIn | Self::Confirm | Self::LogOff | Self::UpdateJessSession => {
                Method::POST
            }
            Self::UsersInfo
            | Self::User
            | Self::JessInfo
            | Self::JessSession
            | Self::JessAccount
            | Self::JessUsage => Method::GET,
        }
    }

    /// Whether the answer names the account that it is about.
    pub(crate) fn names_account(self) -> bool {
        matches!(self, Self::LogOn | Self::CheckIn | Self::Confirm | Self::User)
    }

    /// Whether the service may refuse the password in the request.
    pub(crate) fn carries_credential(self) -> bool {
        matches!(self, Self::LogOn | Self::UpdateJessSession)
    }

    /// Whether the request carries the session token.
    pub(crate) fn needs_token(self) -> bool {
        !matches!(self, Self::UsersInfo | Self::LogOn | Self::JessInfo)
    }
}
