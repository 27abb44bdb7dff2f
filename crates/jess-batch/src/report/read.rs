//! Reading a JSON report again.

use std::fs;
use std::io;
use std::path::Path;

use serde::Deserialize;

use super::model::{Report, SCHEMA_VERSION};

/// Why a file cannot be read as a report. It never quotes the file.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The file cannot be read.
    #[error("the report cannot be read: {0}")]
    Unreadable(#[from] io::Error),
    /// The file is not JSON.
    #[error("this is not JSON: see line {line}, column {column}")]
    NotJson {
        /// Where reading stopped.
        line: usize,
        /// Where in the line.
        column: usize,
    },
    /// The file is JSON, and not a report.
    #[error(
        "this is not a report of jess-batch: something is missing or unknown before line {line}, column {column}"
    )]
    NotAReport {
        /// Where reading stopped.
        line: usize,
        /// Where in the line.
        column: usize,
    },
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
        if error.is_data() { Self::NotAReport { line, column } } else { Self::NotJson { line, column } }
    }
}

#[derive(Deserialize)]
struct Version {
    schema_version: u32,
}

/// Reads the JSON report of a run or a status check.
///
/// # Errors
/// When the file cannot be read, or is not such a report.
pub fn read(path: &Path) -> Result<Report, ReadError> {
    let text = fs::read(path)?;
    let version: Version = serde_json::from_slice(&text)?;
    if version.schema_version != SCHEMA_VERSION {
        return Err(ReadError::OtherVersion(version.schema_version));
    }
    let report: Report = serde_json::from_slice(&text)?;
    if report.adds_up() { Ok(report) } else { Err(ReadError::WrongTotals) }
}

#[cfg(test)]
mod tests {
    use super::super::testing::example;
    use super::*;

    /// What reading this text gives.
    fn problem(text: &str) -> String {
        let file = tempfile::NamedTempFile::new().expect("a file");
        fs::write(file.path(), text).expect("the text is written");
        read(file.path()).expect_err("this is no report").to_string()
    }

    #[test]
    fn read_explains_what_is_wrong_without_quoting_the_file() {
        let good = serde_json::to_string_pretty(&example("status.json")).expect("JSON");
        let cases = [
            ("no JSON".to_owned(), "this is not JSON: see line 1, column 2"),
            (String::new(), "this is not JSON: see line 1, column 0"),
            ("{\"schema_version\": 2}".to_owned(), "its schema_version is 2; this program reads version 1"),
            (good.replace("\"exit_code\": 1", "\"exit_code\": 99"), "this is not a report of jess-batch"),
            (good.replace("\"checked\",", "\"s3cr3t\","), "this is not a report of jess-batch"),
            (good.replace("\"refused\": 1", "\"refused\": 2"), "its totals do not match its accounts"),
        ];
        for (text, expected) in cases {
            let problem = problem(&text);
            assert!(problem.starts_with(expected), "{problem}");
            assert!(!problem.contains("s3cr3t"), "{problem}");
        }
    }
}
