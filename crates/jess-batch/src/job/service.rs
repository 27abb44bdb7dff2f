//! Which service a job talks to: the real one, another address, or the embedded sandbox.

use std::path::{Path, PathBuf};
use std::time::Duration;

use ensims_client::{Client, DEFAULT_ADDRESS, Service};
use secrecy::SecretString;

use super::limits::parse_duration;
use super::noting::Noting;
use super::service_key::{SandboxEntry, ServiceEntry, ServiceMap};

/// Where a job's requests go.
#[derive(Debug)]
pub(crate) enum ServicePlan {
    /// A service at an address.
    Remote { service: Service, ca_bundle: Option<Vec<u8>>, proxy: Option<SecretString> },
    /// A rehearsal: a sandbox that this program starts for the run.
    Sandbox(SandboxPlan),
}

/// How the embedded sandbox behaves; the names are those of the job's accounts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct SandboxPlan {
    pub(crate) latency: Duration,
    pub(crate) refuse_logon: Vec<String>,
    pub(crate) refuse_jess: Vec<String>,
    pub(crate) suspended: Vec<String>,
    pub(crate) slow: Vec<String>,
}

/// Whether the job file itself asks for a rehearsal.
pub(super) fn is_sandbox(entry: Option<&ServiceEntry>) -> bool {
    match entry {
        None => false,
        Some(ServiceEntry::Word(word)) => word == "sandbox",
        Some(ServiceEntry::Map(map)) => map.sandbox.is_some(),
    }
}

/// `--service` replaces the address and nothing else.
pub(super) fn check(
    entry: Option<ServiceEntry>,
    flag: Option<&str>,
    folder: &Path,
    noting: &mut Noting,
) -> Option<ServicePlan> {
    let mut map = match entry {
        None => ServiceMap::default(),
        Some(ServiceEntry::Word(word)) if word == "sandbox" => {
            ServiceMap { sandbox: Some(SandboxEntry::default()), ..ServiceMap::default() }
        }
        Some(ServiceEntry::Word(word)) => ServiceMap { url: Some(word), ..ServiceMap::default() },
        Some(ServiceEntry::Map(map)) => *map,
    };
    if flag.is_none() && map.sandbox.is_some() && map.url.is_some() {
        noting.note("service", "both 'url' and 'sandbox' are given; keep one");
    }
    match flag {
        Some("sandbox") => return Some(sandbox(map.sandbox.unwrap_or_default(), noting)),
        Some(address) => map.url = Some(address.to_owned()),
        None => {
            if let Some(entry) = map.sandbox.take() {
                return Some(sandbox(entry, noting));
            }
        }
    }
    remote(map, flag.is_some(), folder, noting)
}

fn sandbox(entry: SandboxEntry, noting: &mut Noting) -> ServicePlan {
    let latency = entry.latency.as_deref().map(parse_duration);
    let latency = latency.and_then(|latency| noting.keep("service.sandbox.latency", latency));
    ServicePlan::Sandbox(SandboxPlan {
        latency: latency.unwrap_or_default(),
        refuse_logon: entry.refuse_logon,
        refuse_jess: entry.refuse_jess,
        suspended: entry.suspended,
        slow: entry.slow,
    })
}

fn remote(map: ServiceMap, by_flag: bool, folder: &Path, noting: &mut Noting) -> Option<ServicePlan> {
    let address = map.url.as_deref().unwrap_or(DEFAULT_ADDRESS);
    let place = if by_flag { "--service" } else { "service" };
    // A word is no address; this one was probably meant.
    if !address.contains([':', '.']) {
        noting.note(place, "write an address such as https://api.ensims.com, or sandbox for a rehearsal");
        return None;
    }
    let service = if map.allow_http { Service::allowing_http(address) } else { Service::new(address) };
    let mut service = noting.keep(place, service)?;
    if let Some(path) = &map.users_path {
        service = noting.keep("service.users_path", service.with_users_path(path))?;
    }
    if let Some(path) = &map.jess_path {
        service = noting.keep("service.jess_path", service.with_jess_path(path))?;
    }
    if let Some(path) = &map.logon_path {
        service = noting.keep("service.logon_path", service.with_logon_path(path))?;
    }
    let ca_bundle = match map.ca_bundle.map(|path| read_bundle(&folder.join(path))) {
        None => None,
        Some(bundle) => Some(noting.keep("service.ca_bundle", bundle)?),
    };
    let proxy = map.proxy.map(|address| address.0);
    if let Some(pem) = &ca_bundle {
        noting.keep("service.ca_bundle", Client::builder(service.clone()).ca_bundle(pem.clone()).build())?;
    }
    if let Some(address) = &proxy {
        noting.keep("service.proxy", Client::builder(service.clone()).proxy(address.clone()).build())?;
    }
    Some(ServicePlan::Remote { service, ca_bundle, proxy })
}

fn read_bundle(path: &PathBuf) -> Result<Vec<u8>, String> {
    std::fs::read(path).map_err(|error| format!("the file cannot be read: {error}"))
}
