//! Getting through to the service of a job.

use ensims_client::{Client, Error, Service};
use ensims_sandbox::Sandbox;

use super::proxy::from_environment;
use super::rehearsal;
use crate::batch::{Batch, NotStarted, Reached, Stop};
use crate::console::{say, shown, trouble};
use crate::job::{Job, ServicePlan};
use crate::report::{Ending, ServiceFacts};

/// A client of the job's service; for a rehearsal, with the sandbox that it talks to.
pub(super) async fn connect(job: &Job) -> Result<(Client, Option<Sandbox>), String> {
    let text = |error: Error| error.to_string();
    let user_agent = concat!("jess-batch/", env!("CARGO_PKG_VERSION"));
    match &job.service {
        ServicePlan::Sandbox(plan) => {
            let sandbox = rehearsal::start(job, plan)
                .await
                .map_err(|error| format!("the embedded sandbox cannot start: {error}"))?;
            let service = Service::new(&sandbox.url()).map_err(text)?;
            let client = Client::builder(service).user_agent(user_agent).timeout(job.limits.timeout);
            Ok((client.build().map_err(text)?, Some(sandbox)))
        }
        ServicePlan::Remote { service, ca_bundle, proxy } => {
            let mut client =
                Client::builder(service.clone()).user_agent(user_agent).timeout(job.limits.timeout);
            if let Some(pem) = ca_bundle {
                client = client.ca_bundle(pem.clone());
            }
            let proxy = if service.is_loopback() { None } else { proxy.clone() };
            if let Some(proxy) = proxy.or_else(|| from_environment(service)) {
                client = client.proxy(proxy);
            }
            Ok((client.build().map_err(text)?, None))
        }
    }
}

/// What a report says of the service.
pub(super) fn service_facts(job: &Job, client: &Client, reached: Reached) -> ServiceFacts {
    ServiceFacts {
        url: client.service().address().to_owned(),
        sandbox: matches!(job.service, ServicePlan::Sandbox(_)),
        users_version: reached.users_version,
        jess_version: reached.jess_version,
    }
}

/// How work on a job came to its end.
pub(super) fn ending(batch: &Result<Batch<'_>, NotStarted>, stop: &Stop) -> Ending {
    match (stop.requested(), batch) {
        (Some(signal), _) => Ending::Interrupted(signal.exit()),
        (None, Ok(batch)) if !batch.is_service_down() => Ending::Whole,
        (None, _) => Ending::ServiceDown,
    }
}

/// Says that the service is not there.
pub(super) fn say_unreachable(job: &Job, client: &Client, error: &Error) {
    let (address, why) = (client.service().address(), shown(&error.to_string()));
    trouble(&job.source, &format!("the service at {address} cannot be reached: {why}"));
    say("No password was sent. Check the address and the network, or run the job again later.");
}
