//! Reading a JSON report again.

use std::fs;
use std::path::Path;

use serde::Deserialize;

use super::run_report::{Report, SCHEMA_VERSION};

#[derive(Deserialize)]
struct Version {
    schema_version: u32,
}

/// The report in a file, or why it cannot be had.
pub(crate) fn read(path: &Path) -> Result<Report, String> {
    let text = fs::read(path).map_err(|error| format!("the report cannot be read: {error}"))?;
    let not_one = |error: serde_json::Error| format!("this is not a JSON report of a run: {error}");
    let version: Version = serde_json::from_slice(&text).map_err(not_one)?;
    if version.schema_version != SCHEMA_VERSION {
        return Err(format!(
            "its schema_version is {}; this program reads {SCHEMA_VERSION}",
            version.schema_version
        ));
    }
    serde_json::from_slice(&text).map_err(not_one)
}
