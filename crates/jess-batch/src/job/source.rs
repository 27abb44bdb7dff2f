//! Where a job's text comes from.

use std::fmt;
use std::path::{Path, PathBuf};

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
            Some(path) => write!(formatter, "{}", path.display()),
            None => formatter.write_str("standard input"),
        }
    }
}
