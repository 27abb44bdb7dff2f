//! Getting through to the service of a job.

use ensims_client::{Client, ClientBuilder, SecretString, Service};
use ensims_sandbox::Sandbox;

use super::error::CommandError;
use super::rehearsal;
use crate::job::{Account, Job, ServicePlan};

/// A client of a job's service; with the embedded sandbox, if that is the service. `is_linked`: whether this account has
/// a valid JESS session there already.
pub(super) async fn connect(
    job: &Job,
    is_linked: impl Fn(&Account) -> bool,
) -> Result<(Client, Option<Sandbox>), CommandError> {
    let error = |cause: ensims_client::Error| CommandError::of_job(job, cause.to_string());
    let (service, sandbox) = match &job.settings.service {
        ServicePlan::Remote { service, .. } => (service.clone(), None),
        ServicePlan::Sandbox => {
            let sandbox = rehearsal::start(Sandbox::builder(), job, is_linked).await.map_err(|cause| {
                CommandError::of_job(job, format!("the embedded sandbox cannot start: {cause}"))
            })?;
            (Service::new(&sandbox.url()).map_err(error)?, Some(sandbox))
        }
    };
    let mut client = Client::builder(service)
        .user_agent(concat!("jess-batch/", env!("CARGO_PKG_VERSION")))
        .timeout(job.settings.limits.timeout);
    if let ServicePlan::Remote { service, ca_bundle, proxy } = &job.settings.service {
        client = with_proxy(client, service, proxy.clone());
        if let Some(pem) = ca_bundle {
            client = client.ca_bundle(pem.clone());
        }
    }
    Ok((client.build().map_err(error)?, sandbox))
}

/// Gives a client the proxy of the job; without one, that of the environment, except for the hosts in `no_proxy`. This
/// machine's own addresses never get one.
fn with_proxy(client: ClientBuilder, service: &Service, of_job: Option<SecretString>) -> ClientBuilder {
    if service.is_loopback() {
        return client;
    }
    if let Some(address) = of_job {
        return client.proxy(address);
    }
    let scheme = if service.address().starts_with("https:") {
        ["https_proxy", "HTTPS_PROXY"]
    } else {
        ["http_proxy", "HTTP_PROXY"]
    };
    let Some(address) = variable(scheme).or_else(|| variable(["all_proxy", "ALL_PROXY"])) else {
        return client;
    };
    let client = client.proxy(address);
    match variable(["no_proxy", "NO_PROXY"]) {
        Some(hosts) => client.no_proxy(hosts),
        None => client,
    }
}

fn variable(names: [&str; 2]) -> Option<String> {
    names.into_iter().find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()))
}
