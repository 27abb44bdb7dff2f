//! The client, which serves any number of accounts with one connection pool, and its builder.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use hyper_util::client::proxy::matcher::Matcher;
use secrecy::{ExposeSecret, SecretString};

use crate::answer::Answer;
use crate::ca_bundle;
use crate::credential::EnsimsCredential;
use crate::envelope::{self, Envelope};
use crate::error::Error;
use crate::failure::TimeLimits;
use crate::operation::Operation;
use crate::records::{Identity, VersionInfo};
use crate::request_body;
use crate::service::Service;
use crate::session::Session;
use crate::token::{SessionToken, TokenChange};
use crate::transport::{Received, Transport};

/// The default time limit of a request, including its answer.
pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(30);
/// The default time limit for making a connection.
pub const DEFAULT_CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// How long an unused connection is kept open.
const IDLE_TIMEOUT: Duration = Duration::from_secs(30);
/// The addresses of `localhost`.
const LOOPBACK: [SocketAddr; 2] = [
    SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0),
    SocketAddr::new(IpAddr::V6(Ipv6Addr::LOCALHOST), 0),
];

/// A client of one service.
///
/// It is cheap to clone, and clones share their connections.
#[derive(Clone)]
pub struct Client {
    transport: Arc<Transport>,
}

impl Client {
    /// Starts to build a client of a service.
    #[must_use]
    pub fn builder(service: Service) -> ClientBuilder {
        ClientBuilder {
            service,
            user_agent: concat!("ensims-client/", env!("CARGO_PKG_VERSION")).to_owned(),
            proxy: None,
            no_proxy: None,
            ca_bundle: None,
            timeout: DEFAULT_TIMEOUT,
            connect_timeout: DEFAULT_CONNECT_TIMEOUT,
            read_timeout: None,
        }
    }

    /// The service that the client talks to.
    #[must_use]
    pub fn service(&self) -> &Service {
        &self.transport.service
    }

    /// Logs on to an ENSIMS account (`docs:users:log_on` of the jEPlus wiki).
    ///
    /// # Errors
    /// - [`Error::Refused`] by ENSIMS if the e-mail address and password do not match: do not send them again. A
    ///   401 or 403 is a refusal too, because there is no token yet that it could be about;
    /// - [`Error::Protocol`] also if the answer has no usable session token;
    /// - [`Error::OtherAccount`] if the answer names another account;
    /// - the [errors of every call](Error#errors-of-every-call).
    pub async fn log_on(&self, credential: &EnsimsCredential) -> Result<Answer<Session>, Error> {
        let body = request_body::ensims(credential);
        let received = self.transport.exchange(Operation::LogOn, None, Some(body)).await?;
        envelope::check_account(&received, credential.addresses())?;
        let envelope = Envelope::accepted(Operation::LogOn, &received)?;
        let token = first_token(&received)?;
        let identity: Answer<Identity> = envelope.fields()?;
        let addresses = Some(credential.addresses().clone());
        Ok(identity.map(|identity| Session::new(Arc::clone(&self.transport), token, identity, addresses)))
    }

    /// Resumes a session with a token that was kept.
    ///
    /// Nothing is sent, so the first call of the session shows whether the token is still accepted. The first answer
    /// that names an account decides whose session it is.
    #[must_use]
    pub fn resume(&self, token: SessionToken) -> Session {
        Session::new(Arc::clone(&self.transport), token, Identity::default(), None)
    }

    /// Reads the version of the Users API. Needs no log-on.
    ///
    /// The answer has no envelope and so no words of the service.
    ///
    /// # Errors
    /// The [errors of every call](Error#errors-of-every-call). A 401 is [`Error::Http`].
    pub async fn users_info(&self) -> Result<VersionInfo, Error> {
        self.info(Operation::UsersInfo).await
    }

    /// Reads the version of the JESS API. Needs no log-on.
    ///
    /// The answer has no envelope and so no words of the service.
    ///
    /// # Errors
    /// The [errors of every call](Error#errors-of-every-call). A 401 is [`Error::Http`].
    pub async fn jess_info(&self) -> Result<VersionInfo, Error> {
        self.info(Operation::JessInfo).await
    }

    async fn info(&self, operation: Operation) -> Result<VersionInfo, Error> {
        let received = self.transport.exchange(operation, None, None).await?;
        envelope::bare(operation, &received)
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Client").field("service", self.service()).finish_non_exhaustive()
    }
}

/// The token of a log-on, without which the session would be of no use.
fn first_token(received: &Received) -> Result<SessionToken, Error> {
    let problem = match TokenChange::read(&received.headers) {
        TokenChange::Fresh(token) => return Ok(token),
        TokenChange::None => "it has no session_token cookie",
        TokenChange::Cleared => "its session_token cookie is empty or expired",
        TokenChange::Unusable => "its session_token cookie cannot be sent back",
    };
    Err(Error::protocol(problem, received.status.as_u16()))
}

/// Builds a [`Client`].
///
/// `Debug` does not show the address of the proxy, which may hold a password.
#[derive(Clone, Debug)]
pub struct ClientBuilder {
    service: Service,
    user_agent: String,
    proxy: Option<SecretString>,
    no_proxy: Option<String>,
    ca_bundle: Option<Vec<u8>>,
    timeout: Duration,
    connect_timeout: Duration,
    read_timeout: Option<Duration>,
}

impl ClientBuilder {
    /// Sets the `User-Agent` header, such as `lab-tool/1.2`. It names this crate otherwise.
    #[must_use]
    pub fn user_agent(mut self, user_agent: impl Into<String>) -> Self {
        self.user_agent = user_agent.into();
        self
    }

    /// Sets the address of a proxy, which may hold a user name and password.
    ///
    /// Otherwise no proxy is used: it is left to the caller to read proxy variables from the environment.
    #[must_use]
    pub fn proxy(mut self, address: impl Into<SecretString>) -> Self {
        self.proxy = Some(address.into());
        self
    }

    /// Sets the hosts that are reached without the proxy: host names with their subdomains, addresses and address
    /// ranges, separated by commas, or `*` for all, as in the variable `no_proxy`.
    #[must_use]
    pub fn no_proxy(mut self, hosts: impl Into<String>) -> Self {
        self.no_proxy = Some(hosts.into());
        self
    }

    /// Sets certificates (PEM) to trust in addition to the system's.
    #[must_use]
    pub fn ca_bundle(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.ca_bundle = Some(pem.into());
        self
    }

    /// Sets the time limit of a request, including its answer. It is [`DEFAULT_TIMEOUT`] otherwise.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Sets the time limit for making a connection. It is [`DEFAULT_CONNECT_TIMEOUT`] otherwise, and never more
    /// than the limit of the request.
    #[must_use]
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// Sets the longest silence within an answer. Otherwise only the time limit of the request counts.
    #[must_use]
    pub fn read_timeout(mut self, timeout: Duration) -> Self {
        self.read_timeout = Some(timeout);
        self
    }

    /// Builds the client.
    ///
    /// # Errors
    /// [`Error::Invalid`] if the CA bundle holds anything but usable certificates, if the system has none, or if the
    /// address of the proxy or the user agent cannot be used.
    pub fn build(self) -> Result<Client, Error> {
        let limits = TimeLimits {
            request: self.timeout,
            connect: self.connect_timeout.min(self.timeout),
            silence: self.read_timeout,
        };
        let user_agent = http::HeaderValue::try_from(self.user_agent)
            .map_err(|_| Error::invalid("the user agent cannot be used"))?;
        let mut http = reqwest::Client::builder()
            .user_agent(user_agent)
            .no_proxy()
            .https_only(self.service.is_https())
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .retry(reqwest::retry::never())
            .timeout(limits.request)
            .connect_timeout(limits.connect)
            .read_timeout(limits.silence.unwrap_or(limits.request))
            .pool_idle_timeout(IDLE_TIMEOUT)
            // Plain HTTP is allowed there, so it is not what a hosts file makes of it. Port 0 leaves the port alone.
            .resolve_to_addrs("localhost", &LOOPBACK);
        let mut has_proxy = false;
        if let Some(address) = &self.proxy {
            let proxy = reqwest::Proxy::all(address.expose_secret())
                .map_err(|_| Error::invalid("the proxy's address cannot be used"))?;
            has_proxy = !is_excluded(&self.service, self.no_proxy.as_deref().unwrap_or_default());
            if has_proxy {
                http = http.proxy(proxy);
            }
        }
        if let Some(pem) = &self.ca_bundle {
            http = http.tls_certs_merge(ca_bundle::certificates(pem)?);
        }
        // A connection without TLS needs no certificates, and a small system has none.
        if !self.service.is_https() && !has_proxy {
            http = http.tls_certs_only([]);
        }
        let http = http.build().map_err(|_| {
            Error::invalid("no root certificates found; on Linux, install the package ca-certificates")
        })?;
        Ok(Client { transport: Arc::new(Transport { http, service: self.service, limits, has_proxy }) })
    }
}

/// Whether `no_proxy` lists the service.
fn is_excluded(service: &Service, no_proxy: &str) -> bool {
    // `Matcher` applies `*` to host names only.
    let excludes_all = no_proxy.split(',').any(|host| host.trim() == "*");
    // Whatever the proxy is, `Matcher` asks for it unless the service is listed.
    let matcher = Matcher::builder().all("http://proxy").no(no_proxy).build();
    let address = service.address().parse();
    excludes_all || address.is_ok_and(|address| matcher.intercept(&address).is_none())
}
