//! What a job file says besides its accounts.

use std::fmt;
use std::ops::RangeInclusive;
use std::str::FromStr;

use strum::VariantNames;

use super::accounts::EMPTY_NAME;
use super::collector::Collector;
use super::file::{JobFile, LimitsEntry};
use super::limits::{Limits, Rate, parse_duration};
use super::model::Settings;
use super::options::Overrides;
use super::reports;
use super::service;
use super::source::JobSource;
use super::words::one_of;

/// The settings of a job file, which keeps its accounts; none if the service has an error. Every error is reported.
pub(super) fn validate(
    file: &mut JobFile,
    source: &JobSource,
    overrides: &Overrides,
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
    let reports = reports::validate(file, source, overrides, collector);
    let flag = overrides.service.as_deref();
    let service = service::validate(file.service.take(), flag, source.folder(), collector);
    Some(Settings {
        name: file.name.take().unwrap_or_else(|| source.to_string()),
        source: source.clone(),
        service: service?,
        update,
        verify: overrides.verify.unwrap_or(verify),
        limits,
        reports,
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
    number(entry.concurrency, 1..=1000, &mut limits.concurrency, "limits.concurrency", collector);
    number(entry.attempts, 1..=20, &mut limits.attempts, "limits.attempts", collector);
    number(entry.give_up_after, 1..=100_000, &mut limits.give_up_after, "limits.give_up_after", collector);
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
fn number<T: Copy + PartialOrd + TryFrom<u64> + fmt::Display>(
    number: Option<u64>,
    range: RangeInclusive<T>,
    limit: &mut T,
    path: &str,
    collector: &mut Collector,
) {
    let Some(number) = number else { return };
    match T::try_from(number) {
        Ok(number) if range.contains(&number) => *limit = number,
        _ => collector.error(path, format!("give {} to {}", range.start(), range.end())),
    }
}
