//! Is the service there at all? Asked once, before the first credential is sent.

use ensims_client::{Client, Error, VersionInfo};
use tokio::time::Instant;

use super::event::{Event, Listener, WaitReason};
use super::gate::Gate;
use super::retry::{Decision, Failure, RetryPolicy};

/// A service that answers, and the versions of its two APIs where it gives them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reached {
    pub(crate) users_version: Option<String>,
    pub(crate) jess_version: Option<String>,
    /// It answers 401 even where nobody needs to log on, so a 401 says nothing about a password.
    unauthorized_for_all: bool,
}

impl Reached {
    /// What an error at the log-on means: a 401 there is a refusal, but not from a service that says 401 to all.
    pub(crate) fn meaning_of(&self, error: Error) -> Error {
        if self.unauthorized_for_all && error.http_status() == Some(401) {
            Error::Unauthorized
        } else {
            error
        }
    }
}

/// What one API says of itself.
struct Info {
    version: Option<String>,
    unauthorized: bool,
}

/// Asks both APIs for their version. Any answer below 500 means that the service is there.
pub(crate) async fn reach(
    client: &Client,
    policy: &RetryPolicy,
    gate: &Gate,
    tell: &Listener<'_>,
) -> Result<Reached, Error> {
    let users = ask(|| client.users_info(), policy, gate, tell);
    let jess = ask(|| client.jess_info(), policy, gate, tell);
    let (users, jess) = futures::try_join!(users, jess)?;
    Ok(Reached {
        users_version: users.version,
        jess_version: jess.version,
        unauthorized_for_all: users.unauthorized,
    })
}

async fn ask(
    request: impl AsyncFn() -> Result<VersionInfo, Error>,
    policy: &RetryPolicy,
    gate: &Gate,
    tell: &Listener<'_>,
) -> Result<Info, Error> {
    let started = Instant::now();
    let mut attempt = 1;
    loop {
        let waiting = |reason, wait| tell(Event::Waiting { account: None, reason, wait });
        // A service that asks for a long pause has answered: it is there, and each account will say so.
        if gate.pass(policy.max_delay, waiting).await.is_err() {
            return Ok(Info { version: None, unauthorized: false });
        }
        let error = match request().await {
            Ok(info) => return Ok(Info { version: version(&info), unauthorized: false }),
            Err(error) if error.http_status().is_some_and(|status| status < 500) => {
                if let Some(asked) = error.retry_after() {
                    gate.hold(asked);
                }
                return Ok(Info { version: None, unauthorized: error.http_status() == Some(401) });
            }
            Err(error) => error,
        };
        match policy.decide(attempt, started.elapsed(), fastrand::f64(), &Failure::from(&error)) {
            Decision::RetryIn(wait) => {
                tell(Event::Waiting { account: None, reason: WaitReason::Retry, wait });
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
