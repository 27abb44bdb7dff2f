//! The sandbox and its builder.

use std::fmt;
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::net::TcpListener;

use crate::account::{Account, JessUser};
use crate::faults::{Fault, Target};
use crate::lock::lock;
use crate::operation::Operation;
use crate::recorder::Recorder;
use crate::routes;
use crate::script::Script;
use crate::seen::Seen;
use crate::server::Server;
use crate::shared::Shared;
use crate::tls;
use crate::world::{AccountKey, Unknown, World};

/// How long both example tokens of the official notebooks are valid.
const TOKEN_LIFE: Duration = Duration::from_hours(24);

/// A running sandbox, which stops when it is dropped.
pub struct Sandbox {
    shared: Arc<Shared>,
    server: Server,
    address: SocketAddr,
    ca_pem: Option<String>,
}

impl Sandbox {
    /// Starts an empty sandbox that serves plain HTTP on a free port of 127.0.0.1.
    ///
    /// # Errors
    ///
    /// If no port is free.
    pub async fn start() -> io::Result<Self> {
        Self::builder().start().await
    }

    /// Starts to build a sandbox.
    #[must_use]
    pub fn builder() -> SandboxBuilder {
        SandboxBuilder::default()
    }

    /// The address for clients, without a trailing slash, such as `http://127.0.0.1:34567`.
    ///
    /// With TLS the host is `localhost`, as in most certificates.
    #[must_use]
    pub fn url(&self) -> String {
        let ip = self.address.ip();
        let is_localhost = ip == Ipv4Addr::LOCALHOST || ip == Ipv6Addr::LOCALHOST;
        match &self.ca_pem {
            None => format!("http://{}", self.address),
            Some(_) if is_localhost => format!("https://localhost:{}", self.address.port()),
            Some(_) => format!("https://{}", self.address),
        }
    }

    /// The socket address that it listens on.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The certificate (PEM) that a client must trust. `None` without TLS.
    #[must_use]
    pub fn ca_pem(&self) -> Option<&str> {
        self.ca_pem.as_deref()
    }

    /// Adds an account.
    ///
    /// If there is one with this e-mail address, it gets the new password and nickname, and keeps its link and tokens.
    pub fn add_account(&self, account: Account) {
        lock(&self.shared.world).put_account(account);
    }

    /// Adds a JESS user.
    ///
    /// If there is one with this name, it is replaced; a new password has the effect of [`Self::set_jess_password`].
    pub fn add_jess_user(&self, user: JessUser) {
        lock(&self.shared.world).put_jess_user(user);
    }

    /// Suspends a JESS user, or ends the suspension.
    ///
    /// # Panics
    ///
    /// If there is no such JESS user.
    #[track_caller]
    pub fn suspend(&self, jess_username: &str, suspended: bool) {
        let done = lock(&self.shared.world).suspend(jess_username, suspended);
        must_exist(done);
    }

    /// Makes the account's JESS session key lapse. Without a link it does nothing.
    ///
    /// # Panics
    ///
    /// If there is no such account.
    #[track_caller]
    pub fn lapse_jess_session(&self, email: &str) {
        let done = lock(&self.shared.world).lapse_jess_session(email);
        must_exist(done);
    }

    /// Makes every existing token of the account expire.
    ///
    /// # Panics
    ///
    /// If there is no such account.
    #[track_caller]
    pub fn expire_tokens(&self, email: &str) {
        let done = lock(&self.shared.world).expire_tokens(email);
        must_exist(done);
    }

    /// Changes a JESS password. Session keys that were made with the old one are no longer valid.
    ///
    /// # Panics
    ///
    /// If there is no such JESS user.
    #[track_caller]
    pub fn set_jess_password(&self, jess_username: &str, password: &str) {
        let done = lock(&self.shared.world).set_jess_password(jess_username, password);
        must_exist(done);
    }

    /// Links an account to a JESS user with a valid key, as the website does.
    ///
    /// # Panics
    ///
    /// If there is no such account or JESS user.
    #[track_caller]
    pub fn link(&self, email: &str, jess_username: &str) {
        let done = lock(&self.shared.world).link(email, jess_username);
        must_exist(done);
    }

    /// Appends faults to a queue. Each is used once, in order.
    ///
    /// A request meets at most one fault: from the account's own queue, else from [`Target::Anyone`]'s, else the
    /// account's own [`Self::always`], else that of `Anyone`.
    pub fn script(&self, target: Target, operation: Operation, faults: impl IntoIterator<Item = Fault>) {
        // Collected first, because the iterator is the caller's code and must not run under the lock.
        let faults: Vec<Fault> = faults.into_iter().collect();
        lock(&self.shared.script).append(target, operation, faults);
    }

    /// Sets the fault of every request that finds the queues empty. It replaces an earlier one.
    pub fn always(&self, target: Target, operation: Operation, fault: Fault) {
        lock(&self.shared.script).set_always(target, operation, fault);
    }

    /// Sets the minimum time of every answer.
    pub fn latency(&self, latency: Duration) {
        lock(&self.shared.script).latency = latency;
    }

    /// What the sandbox has seen so far.
    #[must_use]
    pub fn seen(&self) -> Seen {
        self.shared.recorder.snapshot()
    }

    /// The JESS user that the account is linked to, even if the key is not valid.
    #[must_use]
    pub fn jess_user_of(&self, email: &str) -> Option<String> {
        let world = lock(&self.shared.world);
        world.linked_jess_user(&AccountKey::new(email)).map(|jess| jess.username)
    }

    /// Closes the port and waits until all requests in flight are answered, scripted delays included.
    ///
    /// Dropping the sandbox stops everything at once instead.
    pub async fn stop(self) {
        self.server.stop().await;
    }
}

impl fmt::Debug for Sandbox {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Sandbox").field("url", &self.url()).finish_non_exhaustive()
    }
}

/// An unknown name is a mistake in the test, which would be hidden if it were ignored.
#[track_caller]
fn must_exist(done: Result<(), Unknown>) {
    if let Err(Unknown(message)) = done {
        panic!("{message}");
    }
}

/// Builds a [`Sandbox`].
#[derive(Debug)]
pub struct SandboxBuilder {
    listen: SocketAddr,
    accounts: Vec<Account>,
    jess_users: Vec<JessUser>,
    latency: Duration,
    token_life: Duration,
    tls: bool,
    poses_as_service: bool,
}

impl Default for SandboxBuilder {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            accounts: Vec::new(),
            jess_users: Vec::new(),
            latency: Duration::ZERO,
            token_life: TOKEN_LIFE,
            tls: false,
            poses_as_service: false,
        }
    }
}

impl SandboxBuilder {
    /// Sets the address to listen on. It is a free port of 127.0.0.1 otherwise.
    #[must_use]
    pub fn listen(mut self, address: SocketAddr) -> Self {
        self.listen = address;
        self
    }

    /// Adds an account, as [`Sandbox::add_account`] does.
    #[must_use]
    pub fn account(mut self, account: Account) -> Self {
        self.accounts.push(account);
        self
    }

    /// Adds a JESS user, as [`Sandbox::add_jess_user`] does.
    #[must_use]
    pub fn jess_user(mut self, user: JessUser) -> Self {
        self.jess_users.push(user);
        self
    }

    /// Sets the minimum time of every answer.
    #[must_use]
    pub fn latency(mut self, latency: Duration) -> Self {
        self.latency = latency;
        self
    }

    /// Sets how long tokens are valid by tokio's clock. It is 24 hours otherwise.
    ///
    /// With zero, every token has expired before it arrives.
    #[must_use]
    pub fn token_life(mut self, life: Duration) -> Self {
        self.token_life = life;
        self
    }

    /// Serves HTTPS. Clients must trust [`Sandbox::ca_pem`].
    #[must_use]
    pub fn tls(mut self) -> Self {
        self.tls = true;
        self
    }

    /// Leaves the key `sandbox` out of both `/info` answers, as the service does. This is for tests of what a client does
    /// on the service itself.
    #[must_use]
    pub fn pose_as_service(mut self) -> Self {
        self.poses_as_service = true;
        self
    }

    /// Starts the sandbox on the caller's tokio runtime.
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::InvalidInput`] if the address is not a loopback address: a sandbox must never be mistaken for
    /// the service. Another error if the port is not available or the certificate cannot be made.
    pub async fn start(self) -> io::Result<Sandbox> {
        if !self.listen.ip().is_loopback() {
            let message = format!("the sandbox listens on loopback only, not on {}", self.listen.ip());
            return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
        }
        let listener = TcpListener::bind(self.listen).await?;
        let address = listener.local_addr()?;
        let tls = self.tls.then(|| tls::identity(address.ip())).transpose()?;
        let (acceptor, ca_pem) = tls.map(|identity| (identity.acceptor, identity.ca_pem)).unzip();

        let mut world = World::new(self.token_life);
        for account in self.accounts {
            world.put_account(account);
        }
        for user in self.jess_users {
            world.put_jess_user(user);
        }
        let shared = Arc::new(Shared {
            world: Mutex::new(world),
            script: Mutex::new(Script::new(self.latency)),
            recorder: Recorder::new(),
            poses_as_service: self.poses_as_service,
        });
        let router = routes::router(Arc::clone(&shared));
        let server = Server::start(listener, acceptor, router, Arc::clone(&shared));
        Ok(Sandbox { shared, server, address, ca_pem })
    }
}
