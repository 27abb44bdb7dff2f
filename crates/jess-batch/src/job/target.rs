//! Where a report is written, and in which format.

use std::fmt;
use std::path::{Path, PathBuf};

/// The format of a report, decided by the file extension.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Everything, for programs.
    Json,
    /// A page for people.
    Html,
    /// One line for each account, for spreadsheets.
    Csv,
    /// A table for wikis and mails.
    Markdown,
    /// `JUnit` XML, for CI servers.
    JUnit,
    /// Metrics for Prometheus, read by `node_exporter`'s text-file collector.
    Prom,
}

impl Format {
    const ALL: [Self; 6] = [Self::Json, Self::Html, Self::Csv, Self::Markdown, Self::JUnit, Self::Prom];

    /// The format of a file's extension, if it is a known one.
    pub fn of(path: &Path) -> Option<Self> {
        let extension = path.extension()?;
        Self::ALL.into_iter().find(|format| extension.eq_ignore_ascii_case(format.extension()))
    }

    /// The known extensions: ".json, .html, .csv, .md, .xml or .prom".
    pub fn known_extensions() -> String {
        let [first @ .., last] = Self::ALL.map(|format| format!(".{}", format.extension()));
        format!("{} or {last}", first.join(", "))
    }

    /// A regular expression for the name of a report.
    pub fn file_name_pattern() -> String {
        format!("\\.({})$", Self::ALL.map(Self::extension).join("|"))
    }

    fn extension(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Html => "html",
            Self::Csv => "csv",
            Self::Markdown => "md",
            Self::JUnit => "xml",
            Self::Prom => "prom",
        }
    }
}

/// Where a report is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReportTarget {
    /// Standard output, always as JSON.
    StandardOutput,
    /// A file.
    File {
        /// Its path.
        path: PathBuf,
        /// Its format.
        format: Format,
    },
}

impl ReportTarget {
    /// Whether writing it replaces a file.
    pub fn exists(&self) -> bool {
        match self {
            Self::StandardOutput => false,
            Self::File { path, .. } => path.exists(),
        }
    }
}

/// Writes the path, or `standard output`.
impl fmt::Display for ReportTarget {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::StandardOutput => formatter.write_str("standard output"),
            Self::File { path, .. } => write!(formatter, "{}", path.display()),
        }
    }
}

/// The folder of a file: `.` for a bare name.
pub fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}
