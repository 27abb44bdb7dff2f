//! The address of the service and the paths below it.

use url::{Host, Url};

use crate::api::Api;
use crate::error::Error;
use crate::operation::Operation;

/// The address of the real service (`docs:users:start` of the jEPlus wiki).
pub const DEFAULT_ADDRESS: &str = "https://api.ensims.com";
/// The path of the Users API below the address.
pub const DEFAULT_USERS_PATH: &str = "/users/api";
/// The path of the JESS API below the address.
pub const DEFAULT_JESS_PATH: &str = "/jess_web/api";
/// The path of the log-on below the Users API.
///
/// One summary table of the jEPlus wiki has `/logon`, but every example and every known client uses `/auth`.
pub const DEFAULT_LOGON_PATH: &str = "/auth";

/// The address of the service and the paths of its two APIs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service {
    address: Url,
    users_path: String,
    jess_path: String,
    logon_path: String,
}

impl Service {
    /// Makes a service of an `https://` address, or of an `http://` address on this machine.
    ///
    /// # Errors
    /// [`Error::Invalid`] if the address is not a web address, if it has a user name, a query or a fragment, or if
    /// it would send passwords to another machine over plain HTTP.
    pub fn new(address: &str) -> Result<Self, Error> {
        let service = Self::allowing_http(address)?;
        if service.address.scheme() == "http" && !service.is_loopback() {
            return Err(Error::invalid(
                "plain http would send passwords over the network unencrypted; use https",
            ));
        }
        Ok(service)
    }

    /// Makes a service of an `https://` or `http://` address on any machine.
    ///
    /// Passwords sent over plain HTTP can be read by others.
    ///
    /// # Errors
    /// [`Error::Invalid`] if the address is not a web address, or if it has a user name, a query or a fragment.
    pub fn allowing_http(address: &str) -> Result<Self, Error> {
        let address = Url::parse(address)
            .map_err(|_| Error::invalid("this is not a web address such as https://api.ensims.com"))?;
        if !matches!(address.scheme(), "http" | "https") || address.host().is_none() {
            return Err(Error::invalid("the address must begin with https:// or http://"));
        }
        if !address.username().is_empty() || address.password().is_some() {
            return Err(Error::invalid("the address must not have a user name or password"));
        }
        if address.query().is_some() || address.fragment().is_some() {
            return Err(Error::invalid("the address must not have '?' or '#'"));
        }
        Ok(Self {
            address,
            users_path: DEFAULT_USERS_PATH.to_owned(),
            jess_path: DEFAULT_JESS_PATH.to_owned(),
            logon_path: DEFAULT_LOGON_PATH.to_owned(),
        })
    }

    /// Replaces the path of the Users API, which is [`DEFAULT_USERS_PATH`] otherwise.
    ///
    /// # Errors
    /// [`Error::Invalid`] if it is not a plain path.
    pub fn with_users_path(mut self, path: &str) -> Result<Self, Error> {
        self.users_path = plain_path(path)?;
        Ok(self)
    }

    /// Replaces the path of the JESS API, which is [`DEFAULT_JESS_PATH`] otherwise.
    ///
    /// # Errors
    /// [`Error::Invalid`] if it is not a plain path.
    pub fn with_jess_path(mut self, path: &str) -> Result<Self, Error> {
        self.jess_path = plain_path(path)?;
        Ok(self)
    }

    /// Replaces the path of the log-on below the Users API, which is [`DEFAULT_LOGON_PATH`] otherwise.
    ///
    /// # Errors
    /// [`Error::Invalid`] if it is not a plain path.
    pub fn with_logon_path(mut self, path: &str) -> Result<Self, Error> {
        self.logon_path = plain_path(path)?;
        Ok(self)
    }

    /// The address without a trailing slash.
    #[must_use]
    pub fn address(&self) -> &str {
        self.address.as_str().trim_end_matches('/')
    }

    /// Whether the host is this machine (`localhost`, 127.0.0.0/8 or `::1`).
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        match self.address.host() {
            Some(Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        }
    }

    pub(crate) fn is_https(&self) -> bool {
        self.address.scheme() == "https"
    }

    pub(crate) fn path(&self, operation: Operation) -> String {
        let api = match operation.api() {
            Api::Ensims => &self.users_path,
            Api::Jess => &self.jess_path,
        };
        let rest = match operation {
            Operation::LogOn => self.logon_path.as_str(),
            Operation::UsersInfo | Operation::JessInfo => "/info",
            Operation::CheckIn => "/checkin",
            Operation::Confirm => "/confirm",
            Operation::LogOff => "/logout",
            Operation::User => "/user",
            Operation::UpdateJessSession | Operation::JessSession => "/session",
            Operation::JessAccount => "/account",
            Operation::JessUsage => "/usage",
        };
        format!("{api}{rest}")
    }
}

fn plain_path(path: &str) -> Result<String, Error> {
    let plain = path.chars().all(|c| c.is_ascii_graphic() && !matches!(c, '?' | '#' | '\\'));
    let trimmed = path.trim_matches('/');
    if !plain || trimmed.split('/').any(|part| matches!(part, "." | "..")) {
        return Err(Error::invalid("this is not a plain path such as /users/api"));
    }
    Ok(if trimmed.is_empty() { String::new() } else { format!("/{trimmed}") })
}
