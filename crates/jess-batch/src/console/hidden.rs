//! A line that is typed and not shown.

use std::io;

/// The terminal without echo, until this is dropped.
#[cfg(unix)]
pub(super) struct Hidden {
    terminal: std::fs::File,
    before: nix::sys::termios::Termios,
}

/// Shows a prompt and gives what reads the line. `rpassword` edits it; it could see to the echo as well, but would
/// give it back only once the line is typed.
#[cfg(unix)]
pub(super) fn begin(
    prompt: &str,
) -> io::Result<(Hidden, impl FnOnce() -> io::Result<String> + Send + use<>)> {
    use io::Write;
    let terminal = std::fs::OpenOptions::new().read(true).write(true).open("/dev/tty")?;
    let mut hidden = Hidden::begin(terminal)?;
    hidden.terminal.write_all(prompt.as_bytes())?;
    let input = hidden.terminal.try_clone()?;
    let read = || {
        let config = rpassword::ConfigBuilder::new().input_reader(input).output_discard();
        rpassword::read_password_with_config(config.build())
    };
    Ok((hidden, read))
}

#[cfg(unix)]
impl Hidden {
    fn begin(terminal: std::fs::File) -> io::Result<Self> {
        use nix::sys::termios::{LocalFlags, SetArg, SpecialCharacterIndices, tcgetattr, tcsetattr};
        let before = tcgetattr(&terminal)?;
        let mut modes = before.clone();
        // Each key as it is typed, Ctrl-C among them: that is how `rpassword` has it.
        modes.local_flags &= !(LocalFlags::ECHO | LocalFlags::ECHONL | LocalFlags::ICANON | LocalFlags::ISIG);
        modes.control_chars[SpecialCharacterIndices::VMIN as usize] = 1;
        modes.control_chars[SpecialCharacterIndices::VTIME as usize] = 0;
        // At once: what was typed before the prompt counts.
        tcsetattr(&terminal, SetArg::TCSANOW, &modes)?;
        Ok(Self { terminal, before })
    }
}

#[cfg(unix)]
impl Drop for Hidden {
    fn drop(&mut self) {
        use io::Write;
        use nix::sys::termios::{SetArg, tcsetattr};
        // Where the terminal is gone, nothing is left to mend.
        let _ = tcsetattr(&self.terminal, SetArg::TCSANOW, &self.before);
        // The end of the line was not shown either.
        let _ = self.terminal.write_all(b"\n");
    }
}

/// Elsewhere `rpassword` does it all.
#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "the same form as on Unix")]
pub(super) fn begin(prompt: &str) -> io::Result<((), impl FnOnce() -> io::Result<String> + Send + use<>)> {
    let prompt = prompt.to_owned();
    Ok(((), || rpassword::prompt_password(prompt)))
}
