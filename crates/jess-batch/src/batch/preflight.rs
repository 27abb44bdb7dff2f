//! Is the service there at all? Asked once, before the first password is sent.

use ensims_client::{Client, Error, VersionInfo};
use tokio::time::Instant;

use super::event::{Event, Listener, WaitReason};
use super::gate::Gate;
use super::retry::{Decision, Failure, RetryPolicy};

/// What the service says about itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServiceInfo {
    /// The version of the Users API, if it gave one.
    pub users_version: Option<String>,
    /// The version of the JESS API, if it gave one.
    pub jess_version: Option<String>,
    /// It answers 401 even where no log-on is needed, so a 401 says nothing about a password.
    pub(super) always_unauthorized: bool,
}

impl ServiceInfo {
    /// What an error at the log-on means: a 401 is a refusal, but not from a service that answers 401 to everything.
    pub(super) fn interpret_log_on(&self, error: Error) -> Error {
        if self.always_unauthorized && error.http_status() == Some(401) { Error::Unauthorized } else { error }
    }
}

/// What one API says about itself.
struct ApiInfo {
    version: Option<String>,
    unauthorized: bool,
}

/// Asks both APIs for their version. Any answer with a status below 500 means that the service is there.
pub(super) async fn preflight(
    client: &Client,
    policy: &RetryPolicy,
    gate: &Gate,
    listener: &Listener<'_>,
) -> Result<ServiceInfo, Error> {
    let users = ask(async || client.users_info().await, policy, gate, listener);
    let jess = ask(async || client.jess_info().await, policy, gate, listener);
    let (users, jess) = futures::try_join!(users, jess)?;
    Ok(ServiceInfo {
        users_version: users.version,
        jess_version: jess.version,
        always_unauthorized: users.unauthorized,
    })
}

async fn ask(
    request: impl AsyncFn() -> Result<VersionInfo, Error>,
    policy: &RetryPolicy,
    gate: &Gate,
    listener: &Listener<'_>,
) -> Result<ApiInfo, Error> {
    let started = Instant::now();
    let mut attempt = 1;
    loop {
        let on_wait = |reason, wait| listener(Event::Waiting { account: None, reason, wait });
        // A service that asks for a long pause has answered: it is there, and each account will report the pause.
        if gate.pass(policy.max_delay, on_wait).await.is_err() {
            return Ok(ApiInfo { version: None, unauthorized: false });
        }
        let error = match request().await {
            Ok(info) => return Ok(ApiInfo { version: version(&info), unauthorized: false }),
            Err(error) if error.http_status().is_some_and(|status| status < 500) => {
                if let Some(asked) = error.retry_after() {
                    gate.hold(asked);
                }
                return Ok(ApiInfo { version: None, unauthorized: error.http_status() == Some(401) });
            }
            Err(error) => error,
        };
        match policy.decide(attempt, started.elapsed(), fastrand::f64(), &Failure::from(&error)) {
            Decision::RetryIn(wait) => {
                listener(Event::Waiting { account: None, reason: WaitReason::Retry, wait });
                tokio::time::sleep(wait).await;
                attempt += 1;
            }
            Decision::GiveUp(_) => return Err(error),
        }
    }
}

fn version(info: &VersionInfo) -> Option<String> {
    let number = |part: Option<i64>| part.unwrap_or_default();
    let release = info.release.as_deref().unwrap_or_default();
    info.major?;
    let version =
        format!("{}.{}.{} {release}", number(info.major), number(info.minor), number(info.revision));
    Some(format!("{} update {}", version.trim_end(), number(info.update)))
}
