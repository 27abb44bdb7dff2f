//! What differs between operating systems, and how every input file is read with that. `unix.rs` and `windows.rs` have the
//! same items, so every other file is the same everywhere.

#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

#[cfg(unix)]
use unix as system;
#[cfg(windows)]
use windows as system;

use std::io::{self, ErrorKind, Read};
use std::path::Path;

use zeroize::Zeroizing;

pub use system::{
    FILES_ARE_PRIVATE, FileIdentity, HiddenInput, Signals, TERMINAL, can_be_quoted, check_folder,
    create_private_folder, enable_colors, explain, file_identity, is_readable_by_others,
    is_writable_by_others, make_private, new_file_beside, new_password_file, open_log, password_command,
    private_file, shell_quote, show_path, state_root, sync_folder, without_following_links,
};

/// What ends a run from outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// SIGINT: Ctrl-C. On Windows also Ctrl-Break.
    Interrupt,
    /// SIGTERM. On Windows: the console window is closed.
    Terminate,
}

/// Reads an input file as a whole. A pipe gets two seconds to find a writer.
///
/// # Errors
/// When it cannot be read, or is larger than `limit` bytes ([`ErrorKind::FileTooLarge`]).
pub fn read_input(path: &Path, limit: u64) -> io::Result<Zeroizing<Vec<u8>>> {
    let file = system::open_input(path).map_err(explain)?;
    let metadata = file.metadata()?;
    if metadata.is_dir() {
        return Err(io::Error::new(ErrorKind::IsADirectory, "it is a folder"));
    }
    // A pipe has no length to go by.
    let size = if metadata.is_file() { metadata.len() } else { limit };
    if size > limit {
        return Err(too_large(limit));
    }
    read_to_limit(file, size, limit)
}

/// Reads input as a whole, usually `size` bytes.
///
/// # Errors
/// As [`read_input`].
pub fn read_to_limit(reader: impl Read, size: u64, limit: u64) -> io::Result<Zeroizing<Vec<u8>>> {
    // Allocated once: growing would leave copies of passwords behind.
    let capacity = usize::try_from(size.min(limit)).unwrap_or(0) + 2;
    let mut bytes = Zeroizing::new(Vec::with_capacity(capacity));
    reader.take(limit + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > limit {
        return Err(too_large(limit));
    }
    Ok(bytes)
}

fn too_large(limit: u64) -> io::Error {
    let limit = limit / (1024 * 1024);
    io::Error::new(ErrorKind::FileTooLarge, format!("it is larger than {limit} MiB"))
}
