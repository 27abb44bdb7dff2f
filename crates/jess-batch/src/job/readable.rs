//! Files with passwords that other users of the machine can read.

use std::path::Path;

/// What to do about a file that others can open, if they can. What is no file on a disk is nobody else's: a pipe, or what
/// a shell makes of `<(…)`.
#[cfg(unix)]
pub(super) fn open_to_others(path: &Path) -> Option<String> {
    use std::os::unix::fs::PermissionsExt;
    let handed_over = ["/dev/fd", "/dev/stdin", "/proc"].into_iter().any(|folder| path.starts_with(folder));
    let file = path.metadata().ok().filter(std::fs::Metadata::is_file)?;
    let open = !handed_over && file.permissions().mode() & 0o077 != 0;
    open.then(|| {
        format!("other people can open this file, and it holds passwords; type: chmod 600 {}", typed(path))
    })
}

#[cfg(not(unix))]
pub(super) fn open_to_others(_: &Path) -> Option<String> {
    None
}

/// The path as it is typed into a shell.
pub(crate) fn typed(path: &Path) -> String {
    let path = path.display().to_string();
    let path = if path.starts_with('-') { format!("./{path}") } else { path };
    let plain = |c: char| c.is_alphanumeric() || "/._-+@%:,=".contains(c);
    if path.chars().all(plain) { path } else { format!("'{}'", path.replace('\'', "'\\''")) }
}
