//! Whether a file can be written.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::Path;

use tempfile::NamedTempFile;

use super::target::folder_of;

/// Checks whether a file can be written, before anything is sent. Creates no folder.
pub(super) fn check_writable(path: &Path) -> io::Result<()> {
    if path.is_dir() {
        return Err(io::Error::new(ErrorKind::IsADirectory, "it is a folder"));
    }
    let existing = folder_of(path).ancestors().find(|folder| folder.exists()).unwrap_or(Path::new("."));
    if !existing.is_dir() {
        return Err(io::Error::new(ErrorKind::NotADirectory, "a file has the name of its folder"));
    }
    check_name(path)?;
    // In the path itself, a folder that does not exist yet hides that a name is too long.
    for name in path {
        check_name(&existing.join(name))?;
    }
    NamedTempFile::new_in(existing).map(drop).map_err(|error| io::Error::from(error.kind()))
}

/// Checks whether a file could have this name: it may be too long.
fn check_name(path: &Path) -> io::Result<()> {
    match fs::symlink_metadata(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
