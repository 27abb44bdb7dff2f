//! Getting through to the service of a job.

use ensims_client::{Client, Service};
use ensims_sandbox::Sandbox;

use super::error::CommandError;
use super::{proxy, rehearsal};
use crate::batch::{Batch, NotStarted, ServiceInfo, Stop};
use crate::console::{job_error, shown, status};
use crate::job::{Job, ServicePlan};
use crate::report::{Ending, ServiceFacts};

/// A client of a job's service; for a rehearsal, with the sandbox that it talks to.
pub(super) async fn connect(job: &Job) -> Result<(Client, Option<Sandbox>), CommandError> {
    let error = |problem| CommandError::Job { source: job.settings.source.clone(), problem };
    let invalid = |cause: ensims_client::Error| error(cause.to_string());
    let timeout = job.settings.limits.timeout;
    let builder = |service: Service| {
        Client::builder(service)
            .user_agent(concat!("jess-batch/", env!("CARGO_PKG_VERSION")))
            .timeout(timeout)
    };
    match &job.settings.service {
        ServicePlan::Sandbox(plan) => {
            let sandbox = rehearsal::start(job, plan)
                .await
                .map_err(|cause| error(format!("the embedded sandbox cannot start: {cause}")))?;
            let service = Service::new(&sandbox.url()).map_err(invalid)?;
            let client = builder(service).build().map_err(invalid)?;
            Ok((client, Some(sandbox)))
        }
        ServicePlan::Remote { service, ca_bundle, proxy } => {
            let mut client = proxy::configure(builder(service.clone()), service, proxy.clone());
            if let Some(pem) = ca_bundle {
                client = client.ca_bundle(pem.clone());
            }
            Ok((client.build().map_err(invalid)?, None))
        }
    }
}

/// What a report says about the service.
pub(super) fn service_facts(job: &Job, client: &Client, info: ServiceInfo) -> ServiceFacts {
    ServiceFacts {
        url: client.service().address().to_owned(),
        sandbox: job.settings.is_rehearsal(),
        users_version: info.users_version,
        jess_version: info.jess_version,
    }
}

/// How a batch came to its end.
pub(super) fn ending(batch: &Result<Batch<'_>, NotStarted>, stop: &Stop) -> Ending {
    match (stop.requested(), batch) {
        (Some(signal), _) => Ending::Interrupted(signal.exit_code()),
        (None, Ok(batch)) if !batch.is_service_down() => Ending::Complete,
        (None, _) => Ending::ServiceDown,
    }
}

/// Reports that the service is not there.
pub(super) fn report_unreachable(job: &Job, client: &Client, why: &NotStarted) {
    let NotStarted::ServiceDown(error) = why else { return };
    let (address, error) = (client.service().address(), shown(&error.to_string()));
    job_error(&job.settings.source, &format!("the service at {address} cannot be reached: {error}"));
    status("No password was sent. Check the address and the network, or run the job again later.");
}
