//! Where a job comes from, and where its reports are written.

use std::fmt;
use std::path::{Path, PathBuf};

use strum::VariantArray;

use crate::diagnostics::one_of;
use crate::platform::show_path;

/// Where a job's text comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JobSource {
    /// A regular file, which can be read again.
    File(PathBuf),
    /// Standard input (`-` on the command line).
    StandardInput,
    /// A path that can be read only once, such as `<(sops -d job.yaml)`.
    Pipe(PathBuf),
}

impl JobSource {
    /// The source that a word of the command line names. A path that is not there counts as a file.
    pub fn of(path: &Path) -> Self {
        if path.as_os_str() == "-" {
            Self::StandardInput
        } else if path.metadata().is_ok_and(|metadata| !metadata.is_file()) {
            Self::Pipe(path.to_owned())
        } else {
            Self::File(path.to_owned())
        }
    }

    /// The path that is read, if there is one.
    pub fn path(&self) -> Option<&Path> {
        match self {
            Self::File(path) | Self::Pipe(path) => Some(path),
            Self::StandardInput => None,
        }
    }

    /// The job file, if the job comes from one that can be read again.
    pub fn file(&self) -> Option<&Path> {
        match self {
            Self::File(path) => Some(path),
            Self::Pipe(_) | Self::StandardInput => None,
        }
    }

    /// The folder that paths in the job are relative to; empty for the current folder.
    pub fn folder(&self) -> &Path {
        self.path().and_then(Path::parent).unwrap_or(Path::new(""))
    }
}

/// Writes the path, or `standard input`.
impl fmt::Display for JobSource {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.path() {
            Some(path) => write!(formatter, "{}", show_path(path)),
            None => formatter.write_str("standard input"),
        }
    }
}

/// The format of a report, decided by the file extension.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::IntoStaticStr, strum::VariantArray)]
#[strum(serialize_all = "lowercase")]
pub enum Format {
    /// Everything, for programs.
    Json,
    /// A page for people.
    Html,
    /// One line for each account, for spreadsheets.
    Csv,
    /// A table for wikis and mails.
    #[strum(serialize = "md")]
    Markdown,
    /// `JUnit` XML, for CI servers.
    #[strum(serialize = "xml")]
    JUnit,
    /// Metrics for Prometheus, read by `node_exporter`'s text-file collector.
    Prom,
}

impl Format {
    /// The format of a file's extension, if it is a known one.
    pub fn of(path: &Path) -> Option<Self> {
        let extension = path.extension()?;
        Self::VARIANTS.iter().copied().find(|format| extension.eq_ignore_ascii_case(<&str>::from(format)))
    }

    /// What a report of this format contains near its beginning, and hardly any other file.
    pub fn mark(self) -> &'static str {
        match self {
            Self::Json => "\"schema_version\"",
            Self::Html => "content=\"jess-batch\"",
            Self::Csv => "service_message",
            Self::Markdown => "; exit code ",
            Self::JUnit => "name=\"jess-batch\"",
            Self::Prom => "jess_batch_",
        }
    }

    fn extensions() -> Vec<&'static str> {
        Self::VARIANTS.iter().map(Into::into).collect()
    }

    /// The known extensions: ".json, .html, .csv, .md, .xml or .prom".
    pub fn known_extensions() -> String {
        one_of(&Self::extensions().iter().map(|extension| format!(".{extension}")).collect::<Vec<_>>())
    }

    /// A regular expression for the name of a report.
    pub fn file_name_pattern() -> String {
        format!("\\.({})$", Self::extensions().join("|"))
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
    /// The file, if it is one.
    pub fn path(&self) -> Option<&Path> {
        match self {
            Self::StandardOutput => None,
            Self::File { path, .. } => Some(path),
        }
    }

    /// Whether writing it replaces a file.
    pub fn exists(&self) -> bool {
        self.path().is_some_and(Path::exists)
    }
}

/// Writes the path, or `standard output`.
impl fmt::Display for ReportTarget {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::StandardOutput => formatter.write_str("standard output"),
            Self::File { path, .. } => write!(formatter, "{}", show_path(path)),
        }
    }
}

/// The folder of a file: `.` for a bare name.
pub fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}
