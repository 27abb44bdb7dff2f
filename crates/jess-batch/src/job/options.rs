//! The options of a job that the command line can override.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::limits::Rate;

/// When a JESS session is updated.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    Serialize,
    Deserialize,
    JsonSchema,
    strum::Display,
    strum::EnumString,
    strum::VariantNames,
)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub enum Update {
    /// In every run.
    #[default]
    Always,
    /// Only if a check finds that it is not valid, or belongs to another JESS user.
    WhenInvalid,
}

/// What is verified after an update.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    JsonSchema,
    clap::ValueEnum,
    strum::Display,
    strum::EnumString,
    strum::VariantNames,
)]
#[serde(rename_all = "kebab-case")]
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

/// What the command line says about a job; it overrides the job file.
#[derive(Clone, Debug, Default)]
pub struct Overrides {
    /// Select only these accounts (name or e-mail address); all if empty.
    pub only: Vec<String>,
    /// Deselect these accounts.
    pub skip: Vec<String>,
    /// Another address, or `sandbox`.
    pub service: Option<String>,
    /// Replaces the reports of the job file.
    pub reports: Option<Vec<String>>,
    /// What `{date}` and `{time}` in the names of reports stand for.
    pub now: Timestamp,
    /// Accounts in progress at the same time.
    pub concurrency: Option<usize>,
    /// Requests a second.
    pub rate: Option<Rate>,
    /// What is verified after an update.
    pub verify: Option<Verify>,
    /// The user types the passwords that are missing.
    pub ask: bool,
    /// Accept files with passwords that other users can read.
    pub allow_readable_secrets: bool,
}
