//! Reading a line without showing it.

use std::io;

/// The terminal without echo. Dropping this restores it.
#[cfg(unix)]
pub(super) struct NoEcho {
    terminal: std::fs::File,
    before: nix::sys::termios::Termios,
}

/// Shows a prompt and returns what reads the line. `rpassword` reads it; it could turn off the echo as well, but would
/// restore it only once the line is complete.
#[cfg(unix)]
pub(super) fn begin(
    prompt: &str,
) -> io::Result<(NoEcho, impl FnOnce() -> io::Result<String> + Send + use<>)> {
    use io::Write;
    let terminal = std::fs::OpenOptions::new().read(true).write(true).open("/dev/tty")?;
    let mut terminal_without_echo = NoEcho::begin(terminal)?;
    terminal_without_echo.terminal.write_all(prompt.as_bytes())?;
    let input = terminal_without_echo.terminal.try_clone()?;
    let read = || {
        let config = rpassword::ConfigBuilder::new().input_reader(input).output_discard();
        rpassword::read_password_with_config(config.build())
    };
    Ok((terminal_without_echo, read))
}

#[cfg(unix)]
impl NoEcho {
    fn begin(terminal: std::fs::File) -> io::Result<Self> {
        use nix::sys::termios::{LocalFlags, SetArg, SpecialCharacterIndices, tcgetattr, tcsetattr};
        let before = tcgetattr(&terminal)?;
        let mut modes = before.clone();
        // Each key as it is typed, Ctrl-C included: `rpassword` expects that.
        modes.local_flags &= !(LocalFlags::ECHO | LocalFlags::ECHONL | LocalFlags::ICANON | LocalFlags::ISIG);
        modes.control_chars[SpecialCharacterIndices::VMIN as usize] = 1;
        modes.control_chars[SpecialCharacterIndices::VTIME as usize] = 0;
        // TCSANOW: what was typed before the prompt counts.
        tcsetattr(&terminal, SetArg::TCSANOW, &modes)?;
        Ok(Self { terminal, before })
    }
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
pub(super) fn begin(prompt: &str) -> io::Result<((), impl FnOnce() -> io::Result<String> + Send + use<>)> {
    let prompt = prompt.to_owned();
    Ok(((), || rpassword::prompt_password(prompt)))
}
