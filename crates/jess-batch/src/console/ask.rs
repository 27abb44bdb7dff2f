//! Asking the person at the terminal for a password, without showing it.

use std::fs::OpenOptions;
use std::io::{self, ErrorKind};

use zeroize::Zeroizing;

use super::say;

/// Why nothing was typed.
#[derive(Debug)]
pub(crate) enum NotTyped {
    /// Ctrl-C.
    Interrupted,
    /// Ctrl-D.
    Ended,
    Failed(io::Error),
}

/// Whether there is a terminal, even where standard input and output are something else.
pub(crate) fn can_ask() -> bool {
    let terminal = if cfg!(windows) { "CONIN$" } else { "/dev/tty" };
    OpenOptions::new().read(true).write(true).open(terminal).is_ok()
}

/// Asks for a line. The terminal gets its echo back also after Ctrl-C, if something listens for that signal.
pub(crate) fn type_hidden(prompt: &str) -> Result<Zeroizing<String>, NotTyped> {
    rpassword::prompt_password(prompt).map(Zeroizing::new).map_err(|error| match error.kind() {
        ErrorKind::Interrupted => NotTyped::Interrupted,
        ErrorKind::UnexpectedEof => {
            // After Ctrl-D the prompt is still on its line.
            say("");
            NotTyped::Ended
        }
        _ => NotTyped::Failed(error),
    })
}
