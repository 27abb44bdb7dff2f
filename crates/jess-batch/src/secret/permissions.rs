//! Files with passwords that other users of the machine can read.

use std::path::Path;

/// Whether other users can open a regular file. A pipe is nobody else's, nor is what a shell makes of `<(…)`.
#[cfg(unix)]
pub fn is_readable_by_others(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    let passed_by_caller =
        ["/dev/fd", "/dev/stdin", "/proc"].into_iter().any(|folder| path.starts_with(folder));
    let is_open = |file: std::fs::Metadata| file.is_file() && file.permissions().mode() & 0o077 != 0;
    !passed_by_caller && path.metadata().is_ok_and(is_open)
}

/// Not checked on this platform.
#[cfg(not(unix))]
pub fn is_readable_by_others(_: &Path) -> bool {
    false
}
