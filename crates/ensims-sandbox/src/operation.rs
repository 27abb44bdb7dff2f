//! The operations that the sandbox answers, and their paths.

use std::fmt;

/// An operation of the service.
///
/// The paths are those of the summary tables `docs:users:start` and `docs:jess:start` of the jEPlus wiki.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Operation {
    /// Version of the Users API. Needs no token.
    UsersInfo,
    /// Log-on at `/auth` (`docs:users:log_on`) or `/logon` (`docs:users:start`).
    LogOn,
    /// Renewal of the token (`docs:users:check_in`).
    CheckIn,
    /// Check of an e-mail address and password against the token (`docs:users:confirm`).
    Confirm,
    /// End of the ENSIMS session (`docs:users:log_off`).
    LogOff,
    /// The account's record (`docs:users:get_user`).
    User,
    /// Version of the JESS API. Needs no token.
    JessInfo,
    /// Update of the JESS session with a JESS credential (`docs:jess:upd_session`).
    UpdateJessSession,
    /// Check of the JESS session key (`docs:jess:chk_session`).
    JessSession,
    /// The linked JESS account (`docs:jess:acc_info`).
    JessAccount,
    /// The linked JESS account's usage (`docs:jess:usage_info`).
    JessUsage,
}

impl Operation {
    /// Every operation.
    pub const ALL: [Self; 11] = [
        Self::UsersInfo,
        Self::LogOn,
        Self::CheckIn,
        Self::Confirm,
        Self::LogOff,
        Self::User,
        Self::JessInfo,
        Self::UpdateJessSession,
        Self::JessSession,
        Self::JessAccount,
        Self::JessUsage,
    ];

    /// The HTTP method.
    #[must_use]
    pub fn method(self) -> &'static str {
        match self {
            Self::LogOn | Self::CheckIn | Self::Confirm | Self::LogOff | Self::UpdateJessSession => "POST",
            Self::UsersInfo
            | Self::User
            | Self::JessInfo
            | Self::JessSession
            | Self::JessAccount
            | Self::JessUsage => "GET",
        }
    }

    /// The path on the host.
    #[must_use]
    pub fn path(self) -> &'static str {
        match self {
            Self::UsersInfo => "/users/api/info",
            Self::LogOn => "/users/api/auth",
            Self::CheckIn => "/users/api/checkin",
            Self::Confirm => "/users/api/confirm",
            Self::LogOff => "/users/api/logout",
            Self::User => "/users/api/user",
            Self::JessInfo => "/jess_web/api/info",
            Self::UpdateJessSession | Self::JessSession => "/jess_web/api/session",
            Self::JessAccount => "/jess_web/api/account",
            Self::JessUsage => "/jess_web/api/usage",
        }
    }

    /// The operation of a request.
    pub(crate) fn of_request(method: &str, path: &str) -> Option<Self> {
        let path = if path == LOG_ON_ALIAS { Self::LogOn.path() } else { path };
        Self::ALL.into_iter().find(|operation| operation.method() == method && operation.path() == path)
    }
}

/// The other path of the log-on, which only the summary table of the Users API has.
pub(crate) const LOG_ON_ALIAS: &str = "/users/api/logon";

impl fmt::Display for Operation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.method(), self.path())
    }
}
