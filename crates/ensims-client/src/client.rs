//! The client: one connection pool for any number of accounts.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use zeroize::Zeroizing;

use crate::answer::{self, Envelope};
use crate::operation::Operation;
use crate::token::TokenNews;
use crate::{EnsimsCredential, Error, Service, Session, SessionToken, VersionInfo};

/// The default time limit of one request, its answer included.
pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(30);
/// The default time limit of making a connection.
pub const DEFAULT_CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// The largest answer that is read, in bytes after decompression.
pub const MAX_ANSWER_BYTES: usize = 1024 * 1024;

/// A client of one service. Cheap to clone; clones share their connections.
#[derive(Clone)]
pub struct Client {
    inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) http: reqwest::Client,
    pub(crate) service: Service,
    pub(crate) timeout: Duration,
    pub(crate) connect_timeout: Duration,
    pub(crate) read_timeout: Option<Duration>,
}

#[derive(Serialize)]
struct LogOnBody<'a> {
    email: &'a str,
    password: &'a str,
}

impl Client {
    /// Starts building a client of this service.
    #[must_use]
    pub fn builder(service: Service) -> ClientBuilder {
        ClientBuilder {
            service,
            user_agent: concat!("ensims-client/", env!("CARGO_PKG_VERSION")).to_owned(),
            proxy: None,
            ca_bundle: None,
            timeout: DEFAULT_TIMEOUT,
            connect_timeout: DEFAULT_CONNECT_TIMEOUT,
            read_timeout: None,
        }
    }

    /// The service that this client talks to.
    #[must_use]
    pub fn service(&self) -> &Service {
        &self.inner.service
    }

    /// Logs on (`docs:users:log_on` of the jEPlus wiki).
    ///
    /// # Errors
    /// [`Error::Refused`] by ENSIMS when the pair does not match (also for HTTP 401 and 403: there is no
    /// token yet that they could be about); [`Error::Protocol`] when no session token comes with the answer;
    /// else as the connection and the service have it.
    pub async fn log_on(&self, credential: &EnsimsCredential) -> Result<Session, Error> {
        let body = credential_body(
            &LogOnBody { email: &credential.email, password: credential.password.expose_secret() },
            credential.email.len() + credential.password.expose_secret().len(),
        );
        let received = self.inner.exchange(Operation::LogOn, None, Some(body)).await?;
        let envelope = Envelope::read(Operation::LogOn, &received)?.accepted(Operation::LogOn)?;
        let token = match TokenNews::read(&received.headers) {
            TokenNews::Fresh(token) => token,
            TokenNews::None => return Err(answer::protocol(&received, "it has no session_token cookie")),
            TokenNews::Cleared => {
                return Err(answer::protocol(&received, "its session_token cookie is empty or expired"));
            }
            TokenNews::Unusable => {
                return Err(answer::protocol(&received, "its session_token cookie cannot be sent back"));
            }
        };
        let last_answer = envelope.answer.clone();
        let identity = envelope.fields()?;
        Ok(Session::opened(self.clone(), token, last_answer, identity))
    }

    /// A session from a token that was kept. Nothing is sent: whether it is still accepted shows at first use.
    #[must_use]
    pub fn resume(&self, token: SessionToken) -> Session {
        Session::resumed(self.clone(), token)
    }

    /// What the Users API says of itself. Needs no log-on.
    ///
    /// # Errors
    /// As the connection and the service have it.
    pub async fn users_info(&self) -> Result<VersionInfo, Error> {
        self.info(Operation::UsersInfo).await
    }

    /// What the JESS API says of itself. Needs no log-on.
    ///
    /// # Errors
    /// As the connection and the service have it.
    pub async fn jess_info(&self) -> Result<VersionInfo, Error> {
        self.info(Operation::JessInfo).await
    }

    async fn info(&self, operation: Operation) -> Result<VersionInfo, Error> {
        let received = self.inner.exchange(operation, None, None).await?;
        answer::bare(operation, &received)
    }

    pub(crate) fn inner(&self) -> &Inner {
        &self.inner
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Client").field("service", &self.inner.service).finish_non_exhaustive()
    }
}

/// A JSON body that is wiped when it is dropped. The room is for the longest escapes, so that the buffer
/// never grows and leaves a copy behind.
pub(crate) fn credential_body(body: &impl Serialize, text_length: usize) -> Zeroizing<Vec<u8>> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(64 + 6 * text_length));
    serde_json::to_writer(&mut *bytes, body).expect("two texts can always be written as JSON");
    bytes
}

/// Builds a [`Client`].
#[derive(Clone, Debug)]
pub struct ClientBuilder {
    service: Service,
    user_agent: String,
    proxy: Option<SecretString>,
    ca_bundle: Option<Vec<u8>>,
    timeout: Duration,
    connect_timeout: Duration,
    read_timeout: Option<Duration>,
}

impl ClientBuilder {
    /// What the client calls itself, such as `lab-tool/1.2`.
    #[must_use]
    pub fn user_agent(mut self, user_agent: impl Into<String>) -> Self {
        self.user_agent = user_agent.into();
        self
    }

    /// The address of a proxy, which may hold a user name and password. None is used otherwise: the proxy
    /// variables of the environment are the caller's to read.
    #[must_use]
    pub fn proxy(mut self, address: impl Into<SecretString>) -> Self {
        self.proxy = Some(address.into());
        self
    }

    /// Certificates (PEM) to trust beside the system's.
    #[must_use]
    pub fn ca_bundle(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.ca_bundle = Some(pem.into());
        self
    }

    /// The time limit of one request, its answer included.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// The time limit of making a connection; never more than that of the request.
    #[must_use]
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// The longest silence within an answer; without it the request's time limit alone counts.
    #[must_use]
    pub fn read_timeout(mut self, timeout: Duration) -> Self {
        self.read_timeout = Some(timeout);
        self
    }

    /// The client.
    ///
    /// # Errors
    /// [`Error::Invalid`] when the CA bundle holds no usable certificate, the proxy's address cannot be used
    /// or the user agent cannot be sent.
    pub fn build(self) -> Result<Client, Error> {
        let connect_timeout = self.connect_timeout.min(self.timeout);
        let mut http = reqwest::Client::builder()
            .user_agent(self.user_agent)
            .no_proxy()
            .https_only(self.service.is_https())
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .retry(reqwest::retry::never())
            .timeout(self.timeout)
            .connect_timeout(connect_timeout)
            .read_timeout(self.read_timeout.unwrap_or(self.timeout))
            .pool_idle_timeout(Duration::from_secs(30));
        if let Some(address) = &self.proxy {
            let proxy = reqwest::Proxy::all(address.expose_secret())
                .map_err(|_| Error::invalid("the proxy's address cannot be used"))?;
            http = http.proxy(proxy);
        }
        if let Some(pem) = &self.ca_bundle {
            http = http.tls_certs_merge(certificates(pem)?);
        }
        let http =
            http.build().map_err(|_| Error::invalid("the user agent or the TLS settings cannot be used"))?;
        let inner = Inner {
            http,
            service: self.service,
            timeout: self.timeout,
            connect_timeout,
            read_timeout: self.read_timeout,
        };
        Ok(Client { inner: Arc::new(inner) })
    }
}

/// Every certificate of the bundle, each tried as a root: the HTTP library ignores useless ones in silence.
fn certificates(pem: &[u8]) -> Result<Vec<reqwest::Certificate>, Error> {
    let useless = || Error::invalid("the CA bundle holds something that is not a usable certificate");
    let mut roots = RootCertStore::empty();
    let mut certificates = Vec::new();
    for certificate in CertificateDer::pem_slice_iter(pem) {
        let certificate = certificate.map_err(|_| useless())?;
        certificates.push(reqwest::Certificate::from_der(&certificate).map_err(|_| useless())?);
        roots.add(certificate).map_err(|_| useless())?;
    }
    if certificates.is_empty() {
        return Err(Error::invalid("the CA bundle holds no certificate (PEM) at all"));
    }
    Ok(certificates)
}
