//! Reading a JSON report again.

use std::fs;
use std::path::Path;

use serde::Deserialize;

use super::run_report::{Report, SCHEMA_VERSION};

#[derive(Deserialize)]
struct Version {
    schema_version: u32,
    /// Only the reports of `status` have it.
    asked_at: Option<serde::de::IgnoredAny>,
}

/// The report in a file, or why it cannot be had.
pub(crate) fn read(path: &Path) -> Result<Report, String> {
    let text = fs::read(path).map_err(|error| format!("the report cannot be read: {error}"))?;
    let version: Version = serde_json::from_slice(&text).map_err(|error| not_one(&error))?;
    if version.asked_at.is_some() {
        return Err("this is a report of status; those of runs can be read here".to_owned());
    }
    if version.schema_version != SCHEMA_VERSION {
        return Err(format!(
            "its schema_version is {}; this program reads {SCHEMA_VERSION}",
            version.schema_version
        ));
    }
    let report: Report = serde_json::from_slice(&text).map_err(|error| not_one(&error))?;
    if !report.adds_up() {
        return Err("its totals do not fit its accounts".to_owned());
    }
    Ok(report)
}

/// What is wrong with a text that should be a report.
fn not_one(error: &serde_json::Error) -> String {
    let why = if error.is_data() { error.to_string() } else { "it is not JSON".to_owned() };
    format!("this is not a JSON report of a run: {why}")
}
