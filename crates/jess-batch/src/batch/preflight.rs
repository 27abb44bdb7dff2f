//! Is the service there at all? Asked once, before the first password is sent.

use ensims_client::{Client, Error, VersionInfo};
use tokio::time::Instant;

use super::context::{Context, ServiceInfo};
use super::event::{Event, WaitReason};

/// What one API says about itself.
#[derive(Default)]
struct ApiInfo {
    version: Option<String>,
    is_sandbox: bool,
    unauthorized: bool,
}

/// Asks both APIs for their version. Any answer with a status below 500 means that the service is there.
pub(super) async fn preflight(client: &Client, context: &Context<'_>) -> Result<ServiceInfo, Error> {
    let users = ask(async || client.users_info().await, context);
    let jess = ask(async || client.jess_info().await, context);
    let (users, jess) = futures::try_join!(users, jess)?;
    Ok(ServiceInfo {
        users_version: users.version,
        jess_version: jess.version,
        is_sandbox: users.is_sandbox || jess.is_sandbox,
        always_unauthorized: users.unauthorized,
    })
}

async fn ask(
    request: impl AsyncFn() -> Result<VersionInfo, Error>,
    context: &Context<'_>,
) -> Result<ApiInfo, Error> {
    let Context { gate, policy, listener, .. } = context;
    let on_wait = |reason, wait| listener(Event::Waiting { account: None, reason, wait });
    let started = Instant::now();
    let mut attempt = 1;
    loop {
        // A service that asks for a long pause has answered: it is there, and each account will report the pause.
        if gate.pass(policy.max_delay, on_wait).await.is_err() {
            return Ok(ApiInfo::default());
        }
        let error = match request().await {
            Ok(info) => {
                let is_sandbox = info.sandbox == Some(true);
                return Ok(ApiInfo { version: version(&info), is_sandbox, unauthorized: false });
            }
            Err(error) => error,
        };
        if let Some(status @ ..500) = error.http_status() {
            if let Some(asked) = error.retry_after() {
                gate.hold(asked);
            }
            return Ok(ApiInfo { unauthorized: status == 401, ..ApiInfo::default() });
        }
        let Ok(wait) = policy.decide(attempt, started.elapsed(), fastrand::f64(), &error) else {
            return Err(error);
        };
        on_wait(WaitReason::Retry, wait);
        tokio::time::sleep(wait).await;
        attempt += 1;
    }
}

fn version(info: &VersionInfo) -> Option<String> {
    let major = info.major?;
    let (minor, revision) = (info.minor.unwrap_or_default(), info.revision.unwrap_or_default());
    let release = info.release.as_deref().unwrap_or_default();
    let version = format!("{major}.{minor}.{revision} {release}");
    Some(format!("{} update {}", version.trim_end(), info.update.unwrap_or_default()))
}
