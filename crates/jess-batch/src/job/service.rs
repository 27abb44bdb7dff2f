//! Which service a job uses: the real one, another address, or the embedded sandbox.

use std::path::Path;

use ensims_client::{Client, DEFAULT_ADDRESS, Service};

use super::collector::Collector;
use super::limits::parse_duration;
use super::model::{SandboxPlan, ServicePlan};
use super::service_key::{SandboxEntry, ServiceEntry, ServiceMap};

/// The word for the embedded sandbox, in a job file and on the command line.
pub(super) const SANDBOX: &str = "sandbox";

/// The service of a job; none if its description has an error, which is reported. The flag `--service` replaces the
/// address and nothing else.
pub(super) fn validate(
    entry: Option<ServiceEntry>,
    flag: Option<&str>,
    folder: &Path,
    collector: &mut Collector,
) -> Option<ServicePlan> {
    let mut map = match entry {
        None => ServiceMap::default(),
        Some(ServiceEntry::Word(word)) if word == SANDBOX => {
            ServiceMap { sandbox: Some(SandboxEntry::default()), ..ServiceMap::default() }
        }
        Some(ServiceEntry::Word(word)) => ServiceMap { url: Some(word), ..ServiceMap::default() },
        Some(ServiceEntry::Map(map)) => *map,
    };
    if flag.is_none() && map.sandbox.is_some() && map.url.is_some() {
        collector.error("service", "both 'url' and 'sandbox' are given; keep one");
    }
    match flag {
        Some(SANDBOX) => return Some(sandbox(map.sandbox.unwrap_or_default(), collector)),
        Some(address) => map.url = Some(address.to_owned()),
        None => {
            if let Some(entry) = map.sandbox.take() {
                return Some(sandbox(entry, collector));
            }
        }
    }
    let subject = if flag.is_some() { "--service" } else { "service" };
    remote(map, subject, folder, collector)
}

/// Whether the job file itself asks for a rehearsal.
pub(super) fn is_sandbox(entry: Option<&ServiceEntry>) -> bool {
    match entry {
        None => false,
        Some(ServiceEntry::Word(word)) => word == SANDBOX,
        Some(ServiceEntry::Map(map)) => map.sandbox.is_some(),
    }
}

fn sandbox(entry: SandboxEntry, collector: &mut Collector) -> ServicePlan {
    let latency = entry.latency.as_deref().map(parse_duration);
    let latency = latency.and_then(|latency| collector.value("service.sandbox.latency", latency));
    ServicePlan::Sandbox(SandboxPlan {
        latency: latency.unwrap_or_default(),
        refuse_logon: entry.refuse_logon,
        refuse_jess: entry.refuse_jess,
        suspended: entry.suspended,
        slow: entry.slow,
    })
}

fn remote(map: ServiceMap, subject: &str, folder: &Path, collector: &mut Collector) -> Option<ServicePlan> {
    let address = map.url.as_deref().unwrap_or(DEFAULT_ADDRESS);
    // A single word is not an address; this one was probably meant.
    if !address.contains([':', '.']) {
        let message =
            "this is not an address; give one such as https://api.ensims.com, or sandbox for a rehearsal";
        collector.error(subject, message);
        return None;
    }
    let service = if map.allow_http { Service::allowing_http(address) } else { Service::new(address) };
    let mut service = collector.value(subject, service)?;
    if let Some(path) = &map.users_path {
        service = collector.value("service.users_path", service.with_users_path(path))?;
    }
    if let Some(path) = &map.jess_path {
        service = collector.value("service.jess_path", service.with_jess_path(path))?;
    }
    if let Some(path) = &map.logon_path {
        service = collector.value("service.logon_path", service.with_logon_path(path))?;
    }
    let mut ca_bundle = None;
    if let Some(path) = map.ca_bundle {
        let pem =
            std::fs::read(folder.join(path)).map_err(|error| format!("the file cannot be read: {error}"));
        let pem = collector.value("service.ca_bundle", pem)?;
        collector
            .value("service.ca_bundle", Client::builder(service.clone()).ca_bundle(pem.clone()).build())?;
        ca_bundle = Some(pem);
    }
    let proxy = map.proxy;
    if let Some(address) = &proxy {
        collector.value("service.proxy", Client::builder(service.clone()).proxy(address.clone()).build())?;
    }
    Some(ServicePlan::Remote { service, ca_bundle, proxy })
}
