//! The options of a job, most of which the command line can override.

use std::fmt;
use std::ops::RangeInclusive;
use std::time::Duration;

use jiff::SignedDuration;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// When a JESS session is updated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[derive(strum::Display, strum::EnumString, strum::VariantNames)]
#[strum(serialize_all = "kebab-case")]
pub enum Update {
    /// In every run.
    #[default]
    Always,
    /// Only if a check finds that it is not valid, or belongs to another JESS user.
    WhenInvalid,
}

/// What is verified after an update.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[derive(clap::ValueEnum, strum::Display, strum::EnumString, strum::VariantNames)]
#[strum(serialize_all = "kebab-case")]
pub enum Verify {
    /// Nothing.
    #[default]
    None,
    /// Whether the JESS session is valid.
    Session,
    /// Whether the session is valid, and the JESS account is the right one and not suspended.
    Account,
}

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

/// How many accounts can be in progress at the same time.
pub(super) const CONCURRENCY: RangeInclusive<usize> = 1..=1000;

/// The number, if it is in the range.
///
/// # Errors
/// When it is not; the words say what to give.
pub(super) fn in_range<T>(number: u64, range: &RangeInclusive<T>) -> Result<T, String>
where
    T: PartialOrd + TryFrom<u64> + fmt::Display,
{
    let number = T::try_from(number).ok().filter(|number| range.contains(number));
    number.ok_or_else(|| format!("give {} to {}", range.start(), range.end()))
}

/// How gently a run treats the service. The defaults are gentle.
#[derive(Clone, Debug, PartialEq)]
pub struct Limits {
    /// Accounts in progress at the same time.
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

/// The longest duration of a job file.
const LONGEST: Duration = Duration::from_hours(24);

/// Reads `30s`, `5m`, `1h30m` or `150ms`.
///
/// # Errors
/// When the text is not a duration, or is one of more than a day; the words say what to write.
pub(super) fn parse_duration(text: &str) -> Result<Duration, &'static str> {
    let duration = text.parse::<SignedDuration>().ok().and_then(|signed| Duration::try_from(signed).ok());
    match duration {
        None => Err("this is not a duration; give 30s, 5m or 150ms"),
        Some(duration) if duration > LONGEST => Err("this is too long; give at most 24h"),
        Some(duration) => Ok(duration),
    }
}

/// A regular expression for the durations that the documentation shows, such as `30s`, `1h30m` or `150ms`.
pub(super) const DURATION_PATTERN: &str = "^([0-9]+(\\.[0-9]+)?(h|m|s|ms))+$";
