//! Windows: files get the access list of their folder, and commands are typed into cmd or PowerShell.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::windows::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use etcetera::BaseStrategy;
use tempfile::NamedTempFile;
use tokio::process::Command;
use tokio::signal::windows::{CtrlBreak, CtrlC, CtrlClose, ctrl_break, ctrl_c, ctrl_close};

use super::Signal;

/// Whether only its owner can open a file that this program creates. Here it depends on the folder.
pub const FILES_ARE_PRIVATE: bool = false;

/// The file that is the terminal.
pub const TERMINAL: &str = "CONIN$";

/// The path as people write it: with one kind of separator.
pub fn show_path(path: &Path) -> String {
    path.display().to_string().replace('/', "\\")
}

/// The word as both cmd and PowerShell read it unchanged: in double quotes, unless it needs none.
pub fn shell_quote(word: &str) -> String {
    // PowerShell breaks an option at a full stop or a colon, and an at sign in front means something to it.
    let plain = if word.starts_with('-') { "-=" } else { "/\\._-+:@" };
    let is_plain = word.chars().all(|c| c.is_alphanumeric() || plain.contains(c));
    if is_plain && !word.is_empty() && !word.starts_with('@') {
        word.to_owned()
    } else {
        // A backslash before the closing quote would escape it.
        let escape = if word.ends_with('\\') { "\\" } else { "" };
        format!("\"{word}{escape}\"")
    }
}

/// Whether [`shell_quote`] can write the word so that both shells read it unchanged: cmd replaces `%NAME%` in quotes, and
/// PowerShell `$name` and backticks. They disagree on how to escape these.
pub fn can_be_quoted(word: &str) -> bool {
    !word.contains(['"', '%', '$', '`'])
}

/// How to create a file with a password, without leaving the password in a shell's history: what to do, and the command
/// for it. Paths are quoted already. `folder`: the one to create first.
pub fn new_password_file(folder: Option<&str>, file: &str) -> Vec<(&'static str, String)> {
    let folder = folder.map(|folder| ("Create a folder for passwords:", format!("mkdir {folder}")));
    folder.into_iter().chain([("Type the password, save, close:", format!("notepad {file}"))]).collect()
}

/// Whether other users can open a file. Not checked here: no well-kept crate reads access lists safely.
pub fn is_readable_by_others(_: &Path) -> bool {
    false
}

/// Whether other users can write a file. Not checked here, see [`is_readable_by_others`].
pub fn is_writable_by_others(_: &Path) -> bool {
    false
}

/// Opens a file for reading.
///
/// # Errors
/// When it cannot be opened.
pub(super) fn open_input(path: &Path) -> io::Result<File> {
    File::open(path)
}

/// What tells one file from another. A hard link is not recognized here.
pub type FileIdentity = PathBuf;

/// The identity of a file: its path without links. None if it is not there.
pub fn file_identity(path: &Path) -> Option<FileIdentity> {
    path.canonicalize().ok()
}

/// Options that open a file for writing or appending.
pub fn private_file() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.create(true);
    options
}

/// Opens a log file for appending.
///
/// # Errors
/// When it cannot be opened.
pub fn open_log(path: &Path) -> io::Result<File> {
    private_file().append(true).open(path)
}

/// Options that open a file but follow no link.
pub fn without_following_links() -> OpenOptions {
    const FILE_FLAG_OPEN_REPARSE_POINT: u32 = 0x0020_0000;
    let mut options = OpenOptions::new();
    options.custom_flags(FILE_FLAG_OPEN_REPARSE_POINT);
    options
}

/// Creates a folder and those above it.
///
/// # Errors
/// When it cannot be created.
pub fn create_private_folder(path: &Path) -> io::Result<()> {
    fs::create_dir_all(path)
}

/// Does nothing: a new folder has the access list of the one above it.
///
/// # Errors
/// Never.
#[expect(clippy::unnecessary_wraps, reason = "the same signature as on Unix")]
pub fn make_private(_: &Path) -> io::Result<()> {
    Ok(())
}

/// Checks that a folder is one, and no link. Who can change what is in it is not checked: no well-kept crate reads access
/// lists safely.
///
/// # Errors
/// When that is not so, or it cannot be read.
pub fn check_folder(path: &Path) -> io::Result<()> {
    if fs::symlink_metadata(path)?.is_dir() { Ok(()) } else { Err(io::ErrorKind::NotADirectory.into()) }
}

/// The error in words that help: a spreadsheet program that shows a file keeps others from reading or replacing it.
pub fn explain(error: io::Error) -> io::Error {
    const ERROR_ACCESS_DENIED: i32 = 5;
    const ERROR_SHARING_VIOLATION: i32 = 32;
    match error.raw_os_error() {
        Some(ERROR_SHARING_VIOLATION) => {
            io::Error::new(error.kind(), "another program has it open; close it there")
        }
        Some(ERROR_ACCESS_DENIED) => {
            io::Error::new(error.kind(), format!("{error} If another program has it open, close it there"))
        }
        _ => error,
    }
}

/// Does nothing: a folder cannot be opened here, and the file system takes care of new names.
///
/// # Errors
/// Never.
#[expect(clippy::unnecessary_wraps, reason = "the same signature as on Unix")]
pub fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}

/// A new file in the folder of a file.
///
/// # Errors
/// When it cannot be created.
pub fn new_file_beside(_: &Path, folder: &Path) -> io::Result<NamedTempFile> {
    NamedTempFile::new_in(folder)
}

/// The folder for what programs remember on this machine: `%LOCALAPPDATA%`. None if no home folder is known.
pub fn state_root() -> Option<PathBuf> {
    // It is the one that this crate has for caches.
    Some(etcetera::choose_base_strategy().ok()?.cache_dir())
}

/// A program that prints a password, with its arguments. Each is quoted as programs expect it, but cmd does not: it gets
/// what follows `/c` as it would be typed.
pub fn password_command(program: &Path, arguments: &[String]) -> Command {
    let mut command = Command::new(program);
    let is_cmd = program.file_stem().is_some_and(|name| name.eq_ignore_ascii_case("cmd"));
    let typed_from = arguments.iter().position(|word| is_cmd && word.eq_ignore_ascii_case("/c"));
    let Some(at) = typed_from else {
        command.args(arguments);
        return command;
    };
    // With /s, cmd removes the outer quotes and nothing else.
    command.args(&arguments[..at]).raw_arg(format!("/s /c \"{}\"", arguments[at + 1..].join(" ")));
    command
}

/// Makes the console obey colour codes, and says whether it does.
pub fn enable_colors() -> bool {
    anstyle_query::windows::enable_ansi_colors() == Some(true)
}

/// What ends a run or a question: Ctrl-C, Ctrl-Break, or closing the window.
pub struct Signals {
    ctrl_c: CtrlC,
    ctrl_break: CtrlBreak,
    close: CtrlClose,
}

impl Signals {
    /// Catches them from now on.
    ///
    /// # Errors
    /// When the system does not allow it.
    pub fn new() -> io::Result<Self> {
        Ok(Self { ctrl_c: ctrl_c()?, ctrl_break: ctrl_break()?, close: ctrl_close()? })
    }

    /// Waits for the next one.
    pub async fn next(&mut self) -> Signal {
        tokio::select! {
            _ = self.ctrl_c.recv() => Signal::Interrupt,
            _ = self.ctrl_break.recv() => Signal::Interrupt,
            _ = self.close.recv() => Signal::Terminate,
        }
    }
}

/// A hidden line in progress. `rpassword` turns off the echo and restores it.
pub struct HiddenInput;

impl HiddenInput {
    /// Returns what shows the prompt and reads the line.
    ///
    /// # Errors
    /// Never.
    #[expect(clippy::unnecessary_wraps, reason = "the same signature as on Unix")]
    pub fn begin(prompt: &str) -> io::Result<(Self, impl FnOnce() -> io::Result<String> + Send + use<>)> {
        let prompt = prompt.to_owned();
        Ok((Self, || rpassword::prompt_password(prompt)))
    }
}
