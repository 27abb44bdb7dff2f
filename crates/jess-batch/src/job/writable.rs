//! Whether a file can be written.

use std::fs;
use std::io;
use std::path::Path;

use tempfile::NamedTempFile;

/// Finds out before anything is sent whether a file can be written. Makes no folder yet.
pub(super) fn check_writable(path: &Path) -> io::Result<()> {
    if path.is_dir() {
        return Err(io::Error::new(io::ErrorKind::IsADirectory, "it is a folder"));
    }
    let folder = folder_of(path);
    let there = folder.ancestors().find(|folder| folder.exists()).unwrap_or(Path::new("."));
    if !there.is_dir() {
        return Err(io::Error::new(io::ErrorKind::NotADirectory, "a file stands where its folder should be"));
    }
    check_name(path)?;
    // Folders of the path that are yet to be made would hide a name that is too long.
    path.iter().try_for_each(|name| check_name(&there.join(name)))?;
    NamedTempFile::new_in(there).map(drop).map_err(|error| io::Error::from(error.kind()))
}

/// Finds out whether a file could have this name: it may be too long.
fn check_name(path: &Path) -> io::Result<()> {
    match fs::symlink_metadata(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// The folder of a file.
pub(crate) fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}
