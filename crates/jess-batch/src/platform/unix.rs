//! Unix: mode bits say who can read a file, and commands are typed into a POSIX shell.

use std::fs::{self, DirBuilder, File, Metadata, OpenOptions, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, FileTypeExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use etcetera::BaseStrategy;
use nix::errno::Errno;
use nix::fcntl::OFlag;
use nix::sys::termios::{LocalFlags, SetArg, SpecialCharacterIndices, Termios, tcgetattr, tcsetattr};
use nix::unistd::geteuid;
use tempfile::NamedTempFile;
use tokio::process::Command;
use tokio::signal::unix::{Signal as UnixSignal, SignalKind, signal};

use super::Signal;

/// Whether only its owner can open a file that this program creates.
pub const FILES_ARE_PRIVATE: bool = true;

/// The file that is the terminal.
pub const TERMINAL: &str = "/dev/tty";

/// How long a named pipe may have no writer.
const WRITER_LIMIT: Duration = Duration::from_secs(2);

/// The path as people write it.
pub fn show_path(path: &Path) -> String {
    path.display().to_string()
}

/// The word as a POSIX shell reads it unchanged: in single quotes, unless it needs none.
pub fn shell_quote(word: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "/._-+@%:,=".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

/// Whether [`shell_quote`] can write the word so that the shell reads it unchanged.
pub fn can_be_quoted(_: &str) -> bool {
    true
}

/// How to create a file with a password, without leaving the password in a shell's history: what to do, and the command
/// for it. Paths are quoted already. `folder`: the one to create first.
pub fn new_password_file(folder: Option<&str>, file: &str) -> Vec<(&'static str, String)> {
    let folder = folder.map(|folder| ("Create a folder for passwords:", format!("mkdir -m 700 {folder}")));
    folder
        .into_iter()
        .chain([
            ("Type the password, Enter, Ctrl-D:", format!("cat > {file}")),
            ("Make the file yours alone:", format!("chmod 600 {file}")),
        ])
        .collect()
}

/// Whether other users can open a regular file. A pipe is nobody else's, nor is what a shell makes of `<(…)`.
pub fn is_readable_by_others(path: &Path) -> bool {
    !is_passed_by_caller(path)
        && path.metadata().is_ok_and(|file| file.is_file() && file.permissions().mode() & 0o077 != 0)
}

fn is_passed_by_caller(path: &Path) -> bool {
    ["/dev/fd", "/dev/stdin", "/proc"].into_iter().any(|folder| path.starts_with(folder))
}

/// Whether other users can write a file: the bits of "other". A pipe is nobody else's, nor is what a shell makes of `<(…)`.
pub fn is_writable_by_others(path: &Path) -> bool {
    !is_passed_by_caller(path)
        && path.metadata().is_ok_and(|file| file.is_file() && file.permissions().mode() & 0o002 != 0)
}

/// Opens a file for reading. A named pipe without a writer would wait for one for ever.
///
/// # Errors
/// When it cannot be opened, or is a pipe that nobody opens for writing.
pub(super) fn open_input(path: &Path) -> io::Result<File> {
    if !fs::metadata(path)?.file_type().is_fifo() {
        return File::open(path);
    }
    let (sender, opened) = mpsc::channel();
    let path = path.to_owned();
    // Without a writer, this thread ends with the program.
    thread::spawn(move || sender.send(File::open(path)));
    opened.recv_timeout(WRITER_LIMIT).unwrap_or_else(|_| {
        Err(io::Error::new(io::ErrorKind::TimedOut, "no program writes to this pipe; start it first"))
    })
}

/// What tells one file from another, whatever names and links lead to it.
pub type FileIdentity = (u64, u64);

/// The identity of a regular file. None if it is not there.
pub fn file_identity(path: &Path) -> Option<FileIdentity> {
    path.metadata().ok().filter(Metadata::is_file).map(|file| (file.dev(), file.ino()))
}

/// Options that open a file for writing or appending; a new one is for its owner alone.
pub fn private_file() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.create(true).mode(0o600);
    options
}

/// Opens a log file for appending; a new one is for its owner alone. No link is followed but those of the system, such as
/// `/dev/stdout`.
///
/// # Errors
/// When it cannot be opened, or is a link.
pub fn open_log(path: &Path) -> io::Result<File> {
    let mut options = private_file();
    options.append(true);
    if !matches!(path.parent().and_then(Path::to_str), Some("/dev" | "/dev/fd")) {
        options.custom_flags(OFlag::O_NOFOLLOW.bits());
    }
    options.open(path).map_err(|error| match error.raw_os_error() {
        Some(code) if code == Errno::ELOOP as i32 => io::Error::other("it is a link; give the file itself"),
        _ => error,
    })
}

/// Options that open a file but follow no link, and wait for nobody if it is a pipe.
pub fn without_following_links() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.mode(0o600).custom_flags((OFlag::O_NOFOLLOW | OFlag::O_NONBLOCK).bits());
    options
}

/// Creates a folder and those above it, for its owner alone.
///
/// # Errors
/// When it cannot be created.
pub fn create_private_folder(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(path)
}

/// Closes a folder to everybody but its owner.
///
/// # Errors
/// When it belongs to somebody else.
pub fn make_private(folder: &Path) -> io::Result<()> {
    fs::set_permissions(folder, Permissions::from_mode(0o700))
}

/// Checks that no other user can change what is in a folder: it is no link, belongs to this user or to root, and others
/// cannot write to it, or only what is theirs, as in `/tmp`.
///
/// # Errors
/// When that is not so, or it cannot be read.
pub fn check_folder(path: &Path) -> io::Result<()> {
    let folder = fs::symlink_metadata(path)?;
    let denied = |problem: &str| Err(io::Error::new(io::ErrorKind::PermissionDenied, problem));
    let mode = folder.mode();
    if folder.is_symlink() {
        Err(io::Error::other("it is a link"))
    } else if !folder.is_dir() {
        Err(io::ErrorKind::NotADirectory.into())
    } else if ![0, geteuid().as_raw()].contains(&folder.uid()) {
        denied("it belongs to another user")
    } else if mode & 0o002 != 0 && mode & 0o1000 == 0 {
        denied("other users can write to it")
    } else {
        Ok(())
    }
}

/// The error in words that help. Those of the system do here.
pub fn explain(error: io::Error) -> io::Error {
    error
}

/// Waits until a new name in a folder survives a power loss.
///
/// # Errors
/// When the folder cannot be brought to the disk.
pub fn sync_folder(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

/// A new file in the folder of `path`, with the mode of the file at `path`, or the usual mode if there is none.
///
/// # Errors
/// When it cannot be created.
pub fn new_file_beside(path: &Path, folder: &Path) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    if let Some(old) = fs::symlink_metadata(path).ok().filter(Metadata::is_file) {
        let file = builder.tempfile_in(folder)?;
        // Without the bits that run a file as its owner.
        file.as_file().set_permissions(Permissions::from_mode(old.mode() & 0o777))?;
        return Ok(file);
    }
    // The umask takes its bits from this; a temporary file would be private otherwise.
    builder.permissions(Permissions::from_mode(0o666)).tempfile_in(folder)
}

/// The folder for what programs remember: `$XDG_STATE_HOME` or `~/.local/state`. None if no home folder is known.
pub fn state_root() -> Option<PathBuf> {
    let folders = etcetera::choose_base_strategy().ok()?;
    Some(folders.state_dir().unwrap_or_else(|| folders.data_dir()))
}

/// A program that prints a password, with its arguments.
pub fn password_command(program: &Path, arguments: &[String]) -> Command {
    let mut command = Command::new(program);
    command.args(arguments);
    command
}

/// Makes the terminal obey colour codes, and says whether it does. Every terminal does.
pub fn enable_colors() -> bool {
    true
}

/// The signals that end a run or a question: SIGINT and SIGTERM.
pub struct Signals {
    interrupt: UnixSignal,
    terminate: UnixSignal,
}

impl Signals {
    /// Catches the signals from now on.
    ///
    /// # Errors
    /// When the system does not allow it.
    pub fn new() -> io::Result<Self> {
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    /// Waits for the next signal.
    pub async fn next(&mut self) -> Signal {
        tokio::select! {
            _ = self.interrupt.recv() => Signal::Interrupt,
            _ = self.terminate.recv() => Signal::Terminate,
        }
    }
}

/// The terminal without echo. Dropping this restores it.
///
/// `rpassword` reads the line. It could turn off the echo as well, but would restore it only once the line is complete.
pub struct HiddenInput {
    terminal: File,
    before: Termios,
}

impl HiddenInput {
    /// Turns off the echo, shows a prompt, and returns what reads the line.
    ///
    /// # Errors
    /// When the terminal cannot be used.
    pub fn begin(prompt: &str) -> io::Result<(Self, impl FnOnce() -> io::Result<String> + Send + use<>)> {
        let terminal = File::options().read(true).write(true).open(TERMINAL)?;
        let before = tcgetattr(&terminal)?;
        let mut modes = before.clone();
        // Each key as it is typed, Ctrl-C included: `rpassword` expects that.
        modes.local_flags &= !(LocalFlags::ECHO | LocalFlags::ECHONL | LocalFlags::ICANON | LocalFlags::ISIG);
        modes.control_chars[SpecialCharacterIndices::VMIN as usize] = 1;
        modes.control_chars[SpecialCharacterIndices::VTIME as usize] = 0;
        // TCSANOW: what was typed before the prompt counts.
        tcsetattr(&terminal, SetArg::TCSANOW, &modes)?;
        let mut hidden = Self { terminal, before };
        hidden.terminal.write_all(prompt.as_bytes())?;
        let input = hidden.terminal.try_clone()?;
        let read = || {
            let config = rpassword::ConfigBuilder::new().input_reader(input).output_discard();
            rpassword::read_password_with_config(config.build())
        };
        Ok((hidden, read))
    }
}

impl Drop for HiddenInput {
    fn drop(&mut self) {
        // If the terminal is gone, there is nothing to restore.
        let _ = tcsetattr(&self.terminal, SetArg::TCSANOW, &self.before);
        // The line end was not shown either.
        let _ = self.terminal.write_all(b"\n");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shell_quote_quotes_only_where_needed() {
        for (word, quoted) in
            [("lab.yaml", "lab.yaml"), ("", "''"), ("a b", "'a b'"), ("it's", "'it'\\''s'"), ("ü", "ü")]
        {
            assert_eq!(shell_quote(word), quoted);
        }
    }
}
