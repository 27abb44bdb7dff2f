//! Asking the user at the terminal for a password, without showing it.

use std::fs::File;
use std::io::{self, ErrorKind};

use zeroize::Zeroizing;

/// Why no password was typed.
#[derive(Debug)]
pub enum PromptError {
    /// Ctrl-C.
    Interrupted,
    /// Ctrl-D.
    Ended,
    /// The terminal cannot be used.
    Failed(io::Error),
}

/// Whether there is a terminal to ask at, even if standard input and output are something else.
pub fn can_prompt() -> bool {
    let terminal = if cfg!(windows) { "CONIN$" } else { "/dev/tty" };
    File::options().read(true).write(true).open(terminal).is_ok()
}

/// Asks for a line. The terminal's echo is restored however this ends, also if the future is dropped because a signal
/// came.
///
/// # Errors
/// When the user presses Ctrl-C or Ctrl-D, or the terminal cannot be used.
pub async fn prompt_hidden(prompt: &str) -> Result<Zeroizing<String>, PromptError> {
    let (no_echo, read) = begin(prompt).map_err(PromptError::Failed)?;
    // On a thread of its own, which is left behind if nobody waits any longer: reading cannot be cancelled.
    let reading = tokio::task::spawn_blocking(|| read().map(Zeroizing::new));
    let typed = reading.await.unwrap_or_else(|error| Err(io::Error::other(error)));
    drop(no_echo);
    typed.map_err(|error| match error.kind() {
        ErrorKind::Interrupted => PromptError::Interrupted,
        ErrorKind::UnexpectedEof => PromptError::Ended,
        _ => PromptError::Failed(error),
    })
}

/// The terminal without echo. Dropping this restores it.
#[cfg(unix)]
struct NoEcho {
    terminal: File,
    before: nix::sys::termios::Termios,
}

/// Shows a prompt and returns what reads the line. `rpassword` reads it; it could turn off the echo as well, but would
/// restore it only once the line is complete.
#[cfg(unix)]
fn begin(prompt: &str) -> io::Result<(NoEcho, impl FnOnce() -> io::Result<String> + Send + use<>)> {
    use io::Write;
    use nix::sys::termios::{LocalFlags, SetArg, SpecialCharacterIndices, tcgetattr, tcsetattr};
    let terminal = File::options().read(true).write(true).open("/dev/tty")?;
    let before = tcgetattr(&terminal)?;
    let mut modes = before.clone();
    // Each key as it is typed, Ctrl-C included: `rpassword` expects that.
    modes.local_flags &= !(LocalFlags::ECHO | LocalFlags::ECHONL | LocalFlags::ICANON | LocalFlags::ISIG);
    modes.control_chars[SpecialCharacterIndices::VMIN as usize] = 1;
    modes.control_chars[SpecialCharacterIndices::VTIME as usize] = 0;
    // TCSANOW: what was typed before the prompt counts.
    tcsetattr(&terminal, SetArg::TCSANOW, &modes)?;
    let mut no_echo = NoEcho { terminal, before };
    no_echo.terminal.write_all(prompt.as_bytes())?;
    let input = no_echo.terminal.try_clone()?;
    let read = || {
        let config = rpassword::ConfigBuilder::new().input_reader(input).output_discard();
        rpassword::read_password_with_config(config.build())
    };
    Ok((no_echo, read))
}

#[cfg(unix)]
impl Drop for NoEcho {
    fn drop(&mut self) {
        use io::Write;
        use nix::sys::termios::{SetArg, tcsetattr};
        // If the terminal is gone, there is nothing to restore.
        let _ = tcsetattr(&self.terminal, SetArg::TCSANOW, &self.before);
        // The line end was not shown either.
        let _ = self.terminal.write_all(b"\n");
    }
}

/// Elsewhere `rpassword` does all of it.
#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "the same signature as on Unix")]
fn begin(prompt: &str) -> io::Result<((), impl FnOnce() -> io::Result<String> + Send + use<>)> {
    let prompt = prompt.to_owned();
    Ok(((), || rpassword::prompt_password(prompt)))
}
