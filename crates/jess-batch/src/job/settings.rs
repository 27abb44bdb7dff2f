//! What a job file says besides its accounts.

use std::fmt;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use ensims_client::{Client, DEFAULT_ADDRESS, Service};
use strum::VariantNames;

use super::accounts::EMPTY_NAME;
use super::collector::Collector;
use super::detour::Detour;
use super::file::{JobFile, LimitsEntry, SANDBOX, SandboxEntry, ServiceMap};
use super::model::{ServicePlan, Settings};
use super::options::{CONCURRENCY, Limits, Rate, in_range, parse_duration};
use super::overrides::Overrides;
use super::paths::JobSource;
use super::sandbox_plan::SandboxPlan;
use super::{messages, reports};
use crate::diagnostics::one_of;
use crate::platform::read_input;

/// The largest CA bundle that is read; that of a system is a hundredth of it.
const MAX_CA_BUNDLE_BYTES: u64 = 16 * 1024 * 1024;

/// The settings of a job file, which keeps its accounts; none if the service has an error. Every error is reported.
pub(super) fn validate(
    file: &mut JobFile,
    source: &JobSource,
    overrides: &Overrides,
    inputs: &[PathBuf],
    collector: &mut Collector,
) -> Option<Settings> {
    if file.version != 1 {
        collector.error("version", "this version of the job file format is not supported; give 1");
    }
    if file.name.as_deref() == Some("") {
        collector.error("name", EMPTY_NAME);
    }
    let update = word(file.update.as_deref(), "update", collector);
    let verify = word(file.verify.as_deref(), "verify", collector);
    let limits = limits(&file.limits, overrides, collector);
    let service = file.service.take().map(ServiceMap::from).unwrap_or_default();
    let flag = overrides.service();
    let sandbox = sandbox_plan(file.sandbox.take(), &service, collector);
    let detour = Detour::of(&service, flag);
    let reports = reports::validate(file, source, overrides, detour.as_ref(), inputs, collector);
    let service = validate_service(service, flag, source.folder(), collector);
    Some(Settings {
        name: file.name.take().unwrap_or_else(|| source.to_string()),
        source: source.clone(),
        service: service?,
        sandbox,
        detour,
        update,
        verify: overrides.verify.unwrap_or(verify),
        limits,
        reports,
        messages: messages::validate(file.messages.as_deref(), source.folder(), collector),
    })
}

/// The option that a word of the job file stands for; the default if there is none.
fn word<T: Default + FromStr + VariantNames>(text: Option<&str>, key: &str, collector: &mut Collector) -> T {
    let Some(text) = text else { return T::default() };
    text.parse().unwrap_or_else(|_| {
        collector.error(key, format!("give {}", one_of(T::VARIANTS)));
        T::default()
    })
}

fn limits(entry: &LimitsEntry, overrides: &Overrides, collector: &mut Collector) -> Limits {
    let mut limits = Limits::default();
    number(entry.concurrency, &CONCURRENCY, &mut limits.concurrency, "limits.concurrency", collector);
    number(entry.attempts, &(1..=20), &mut limits.attempts, "limits.attempts", collector);
    number(entry.give_up_after, &(1..=100_000), &mut limits.give_up_after, "limits.give_up_after", collector);
    if let Some(rate) = &entry.rate {
        limits.rate = collector.value("limits.rate", Rate::parse(rate)).unwrap_or(limits.rate);
    }
    for (path, text, limit) in [
        ("limits.timeout", &entry.timeout, &mut limits.timeout),
        ("limits.budget", &entry.budget, &mut limits.budget),
    ] {
        match text.as_deref().map(parse_duration) {
            None => {}
            Some(Ok(duration)) if !duration.is_zero() => *limit = duration,
            Some(Ok(_)) => collector.error(path, "this must be more than 0"),
            Some(Err(message)) => collector.error(path, message),
        }
    }
    limits.concurrency = overrides.concurrency.unwrap_or(limits.concurrency);
    limits.rate = overrides.rate.unwrap_or(limits.rate);
    limits
}

/// Replaces a limit by the number in the job file, if there is one and it is in range.
fn number<T: PartialOrd + TryFrom<u64> + fmt::Display>(
    number: Option<u64>,
    range: &RangeInclusive<T>,
    limit: &mut T,
    path: &str,
    collector: &mut Collector,
) {
    let number = number.and_then(|number| collector.value(path, in_range(number, range)));
    if let Some(number) = number {
        *limit = number;
    }
}

/// The service of a job; none if its description has an error, which is reported. The flag `--service` replaces the
/// address and nothing else.
fn validate_service(
    mut map: ServiceMap,
    flag: Option<&str>,
    folder: &Path,
    collector: &mut Collector,
) -> Option<ServicePlan> {
    if flag.is_none() && map.sandbox.is_some() && map.url.is_some() {
        collector.error("service", "both 'url' and 'sandbox' are given; keep one");
    }
    match (flag, &map.sandbox) {
        (Some(SANDBOX), _) | (None, Some(_)) => return Some(ServicePlan::Sandbox),
        (Some(address), _) => map.url = Some(address.to_owned()),
        (None, None) => {}
    }
    let subject = if flag.is_some() { "--service" } else { "service" };
    remote(map, subject, folder, collector)
}

/// How a sandbox behaves: as the key `sandbox` of the job says, or the one of its service.
fn sandbox_plan(entry: Option<SandboxEntry>, service: &ServiceMap, collector: &mut Collector) -> SandboxPlan {
    let key = if entry.is_some() { "sandbox.latency" } else { "service.sandbox.latency" };
    let of_service = service.sandbox.clone().unwrap_or_default();
    if entry.is_some() && of_service != SandboxEntry::default() {
        collector.error("sandbox", "'service' has a key 'sandbox' too; keep one");
    }
    let entry = entry.unwrap_or(of_service);
    let latency = entry.latency.as_deref().map(parse_duration);
    let latency = latency.and_then(|latency| collector.value(key, latency));
    SandboxPlan {
        latency: latency.unwrap_or_default(),
        refuse_logon: entry.refuse_logon,
        refuse_jess: entry.refuse_jess,
        suspended: entry.suspended,
        linked: entry.linked,
        slow: entry.slow,
    }
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
        let pem = read_input(&folder.join(path), MAX_CA_BUNDLE_BYTES)
            .map_err(|error| format!("the file cannot be read: {error}"));
        let pem = collector.value("service.ca_bundle", pem)?.to_vec();
        collector
            .value("service.ca_bundle", Client::builder(service.clone()).ca_bundle(pem.clone()).build())?;
        ca_bundle = Some(pem);
    }
    if let Some(address) = &map.proxy {
        collector.value("service.proxy", Client::builder(service.clone()).proxy(address.clone()).build())?;
    }
    Some(ServicePlan::Remote { service, ca_bundle, proxy: map.proxy })
}
