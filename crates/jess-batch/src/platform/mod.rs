//! What differs between operating systems, and nothing else. `unix.rs` and `windows.rs` have the same items, so every
//! other file is the same everywhere.

#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

#[cfg(unix)]
use unix as system;
#[cfg(windows)]
use windows as system;

pub use system::{
    FILES_ARE_PRIVATE, HiddenInput, Signals, TERMINAL, can_be_quoted, check_folder, create_private_folder,
    enable_colors, is_readable_by_others, make_private, new_file_beside, new_password_file, password_command,
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
