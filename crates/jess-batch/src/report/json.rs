//! The report for programs: everything, as JSON, which can be read again.

use std::io::{self, Write};
use std::path::Path;

use serde::Deserialize;

use super::model::{Report, SCHEMA_VERSION};
use crate::platform::read_input;

/// The largest report that is read, in bytes: that of 100,000 accounts is smaller.
const MAX_BYTES: u64 = 256 * 1024 * 1024;

/// Why a file cannot be read as a report. It never quotes the file.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The file cannot be read.
    #[error("the report cannot be read: {0}")]
    Unreadable(#[from] io::Error),
    /// The file is empty.
    #[error("the file is empty")]
    Empty,
    /// The file is not JSON from this line and column on.
    #[error("this is not JSON: see line {0}, column {1}")]
    NotJson(usize, usize),
    /// The file is JSON, and not a report: something is wrong before this line and column.
    #[error(
        "this is not a report of jess-batch: something is missing or unknown before line {0}, column {1}"
    )]
    NotAReport(usize, usize),
    /// Another version of the program wrote it.
    #[error("its schema_version is {0}; this program reads version {SCHEMA_VERSION}")]
    OtherVersion(u32),
    /// Somebody has edited it.
    #[error("its totals do not match its accounts")]
    WrongTotals,
}

impl From<serde_json::Error> for ReadError {
    fn from(error: serde_json::Error) -> Self {
        let (line, column) = (error.line(), error.column());
        if error.is_data() { Self::NotAReport(line, column) } else { Self::NotJson(line, column) }
    }
}

pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, report)?;
    out.write_all(b"\n")
}

/// Reads the JSON report of a run or a status check.
///
/// # Errors
/// When the file cannot be read, or is not such a report.
pub fn read(path: &Path) -> Result<Report, ReadError> {
    #[derive(Deserialize)]
    struct Version {
        schema_version: u32,
    }
    let text = read_input(path, MAX_BYTES)?;
    if text.is_empty() {
        return Err(ReadError::Empty);
    }
    let version: Version = serde_json::from_slice(&text)?;
    if version.schema_version != SCHEMA_VERSION {
        return Err(ReadError::OtherVersion(version.schema_version));
    }
    let report: Report = serde_json::from_slice(&text)?;
    if report.adds_up() { Ok(report) } else { Err(ReadError::WrongTotals) }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use std::fs;

    #[test]
    fn report_of_the_first_version_reads_with_defaults() {
        let example = include_str!("../../../../tests/data/all-outcomes.json");
        let mut old: Value = serde_json::from_str(example).expect("JSON");
        let mut remove = |at: &str, keys: &[&str]| {
            let object = old.pointer_mut(at).and_then(Value::as_object_mut).expect("an object");
            object.retain(|key, _| !keys.contains(&&**key));
        };
        remove("", &["mode", "rerun"]);
        remove("/job", &["source"]);
        let new =
            ["shares_jess_credential", "same_credential_as", "refused_earlier", "budget_used_ms", "remedy"];
        for index in 0..25 {
            remove(&format!("/accounts/{index}"), &new);
        }
        let file = tempfile::NamedTempFile::new().expect("a file");
        fs::write(file.path(), old.to_string().replace("\"check-", "\"look-")).expect("the text is written");
        let report = read(file.path()).expect("it still reads");
        assert_eq!((report.accounts.len(), report.rerun), (25, None));
    }
}
