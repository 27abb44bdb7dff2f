//! How gently a run treats the service.

use std::fmt;
use std::time::Duration;

use jiff::SignedDuration;

/// How many requests may start in a second.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Rate {
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
            // One decimal, and none where it would be 0.
            Self::PerSecond(rate) => write!(formatter, "{}/s", (rate * 10.0).round() / 10.0),
        }
    }
}

impl Rate {
    /// Reads `10/s`, `600/min` or `unlimited`.
    ///
    /// # Errors
    /// When the text is none of these; the words say what to write.
    pub fn parse(text: &str) -> Result<Self, String> {
        let problem = || "this is not a rate; give 10/s, 600/min or unlimited".to_owned();
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

/// How gently a run treats the service. The defaults are gentle.
#[derive(Clone, Debug, PartialEq)]
pub struct Limits {
    /// Accounts in progress at the same time, 1 to 1000.
    pub concurrency: usize,
    /// Requests a second, over all accounts.
    pub rate: Rate,
    /// Time limit of one request.
    pub timeout: Duration,
    /// Requests of one step, the first included.
    pub attempts: u32,
    /// Time limit of one account, without waits at the gate and for other accounts.
    pub budget: Duration,
    /// After this many accounts in a row without an answer, the service counts as down.
    pub give_up_after: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            concurrency: 8,
            rate: Rate::PerSecond(10.0),
            timeout: Duration::from_secs(30),
            attempts: 4,
            budget: Duration::from_mins(5),
            give_up_after: 20,
        }
    }
}

/// Writes `concurrency: 8; rate: 10/s`.
impl fmt::Display for Limits {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { concurrency, rate, .. } = self;
        write!(formatter, "concurrency: {concurrency}; rate: {rate}")
    }
}

/// Reads `30s`, `5m`, `1h30m` or `150ms`.
///
/// # Errors
/// When the text is not a duration; the words say what to write.
pub fn parse_duration(text: &str) -> Result<Duration, String> {
    text.parse::<SignedDuration>()
        .ok()
        .and_then(|duration| Duration::try_from(duration).ok())
        .ok_or_else(|| "this is not a duration; give 30s, 5m or 150ms".to_owned())
}

/// A regular expression for the durations that the documentation shows, such as `30s`, `1h30m` or `150ms`.
pub(super) const DURATION_PATTERN: &str = "^([0-9]+(\\.[0-9]+)?(h|m|s|ms))+$";
