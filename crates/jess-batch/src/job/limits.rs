//! How gently a run goes about it.

use std::fmt;
use std::time::Duration;

use jiff::SignedDuration;

use super::choices::Choices;
use super::file::LimitsEntry;
use super::noting::Noting;

/// How many requests may start in a second.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Rate {
    /// As fast as the service answers.
    Unlimited,
    /// Requests a second, more than 0.
    PerSecond(f64),
}

impl fmt::Display for Rate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unlimited => formatter.write_str("unlimited"),
            Self::PerSecond(rate) if *rate < 1.0 => write!(formatter, "{}/min", (rate * 60.0).round()),
            Self::PerSecond(rate) => write!(formatter, "{}/s", (rate * 100.0).round() / 100.0),
        }
    }
}

impl Rate {
    /// Reads `10/s`, `600/min` or `unlimited`.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let problem = || "this is not a rate; write 10/s, 600/min or unlimited".to_owned();
        if text == "unlimited" {
            return Ok(Self::Unlimited);
        }
        let (count, unit) = text.split_once('/').ok_or_else(problem)?;
        let count: u32 = count.trim().parse().map_err(|_| problem())?;
        let seconds = match unit.trim() {
            "s" => 1.0,
            "min" => 60.0,
            _ => return Err(problem()),
        };
        if count == 0 {
            return Err("the rate must be more than 0".to_owned());
        }
        Ok(Self::PerSecond(f64::from(count) / seconds))
    }
}

/// The limits of a run; the defaults are gentle.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Limits {
    /// Accounts at once.
    pub(crate) concurrency: usize,
    pub(crate) rate: Rate,
    /// Of one request.
    pub(crate) timeout: Duration,
    /// Requests of one step, the first included.
    pub(crate) attempts: u32,
    /// Of one account, waiting at the gate not counted.
    pub(crate) budget: Duration,
    /// So many accounts in a row without an answer mean that the service is down.
    pub(crate) give_up_after: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            concurrency: 8,
            rate: Rate::PerSecond(10.0),
            timeout: Duration::from_secs(30),
            attempts: 4,
            budget: Duration::from_secs(300),
            give_up_after: 20,
        }
    }
}

impl fmt::Display for Limits {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { concurrency, rate, .. } = self;
        write!(formatter, "at once: {concurrency}; rate: {rate}")
    }
}

/// Reads `30s`, `5m`, `1h30m`, `150ms`.
pub(crate) fn parse_duration(text: &str) -> Result<Duration, String> {
    text.parse::<SignedDuration>()
        .ok()
        .and_then(|duration| Duration::try_from(duration).ok())
        .ok_or_else(|| "this is not a duration; write 30s, 5m or 150ms".to_owned())
}

/// Reads `limits:`; flags win.
pub(super) fn check(entry: &LimitsEntry, choices: &Choices, noting: &mut Noting) -> Limits {
    let mut limits = Limits::default();
    if let Some(concurrency) = entry.concurrency {
        match usize::try_from(concurrency) {
            Ok(concurrency @ 1..=1000) => limits.concurrency = concurrency,
            _ => noting.note("limits.concurrency", "write a number from 1 to 1000"),
        }
    }
    if let Some(attempts) = entry.attempts {
        match u32::try_from(attempts) {
            Ok(attempts @ 1..=20) => limits.attempts = attempts,
            _ => noting.note("limits.attempts", "write a number from 1 to 20"),
        }
    }
    if let Some(accounts) = entry.give_up_after {
        match usize::try_from(accounts) {
            Ok(accounts @ 1..=100_000) => limits.give_up_after = accounts,
            _ => noting.note("limits.give_up_after", "write a number from 1 to 100000"),
        }
    }
    if let Some(rate) = &entry.rate {
        limits.rate = noting.keep("limits.rate", Rate::parse(rate)).unwrap_or(limits.rate);
    }
    for (path, text, limit) in [
        ("limits.timeout", &entry.timeout, &mut limits.timeout),
        ("limits.budget", &entry.budget, &mut limits.budget),
    ] {
        match text.as_deref().map(parse_duration) {
            None => {}
            Some(Ok(duration)) if !duration.is_zero() => *limit = duration,
            Some(Ok(_)) => noting.note(path, "this must be more than 0"),
            Some(Err(problem)) => noting.note(path, problem),
        }
    }
    limits.concurrency = choices.concurrency.unwrap_or(limits.concurrency);
    limits.rate = choices.rate.unwrap_or(limits.rate);
    limits
}
