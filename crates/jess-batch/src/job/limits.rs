//! How gently a run goes about it.

use std::time::Duration;

use jiff::SignedDuration;

/// How many requests may start in a second.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Rate {
    /// As fast as the service answers.
    Unlimited,
    /// Requests a second, more than 0.
    PerSecond(f64),
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

/// Reads `30s`, `5m`, `1h30m`, `150ms`.
pub(crate) fn parse_duration(text: &str) -> Result<Duration, String> {
    text.parse::<SignedDuration>()
        .ok()
        .and_then(|duration| Duration::try_from(duration).ok())
        .ok_or_else(|| "this is not a duration; write 30s, 5m or 150ms".to_owned())
}
