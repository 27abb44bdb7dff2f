//! Asking the user at the terminal for a password, without showing it.

use std::fs::File;
use std::io::{self, ErrorKind};

use zeroize::Zeroizing;

use crate::platform::{HiddenInput, TERMINAL};

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
    File::options().read(true).write(true).open(TERMINAL).is_ok()
}

/// Asks for a line. The terminal's echo is restored however this ends, also if the future is dropped because a signal
/// came.
///
/// # Errors
/// When the user presses Ctrl-C or Ctrl-D, or the terminal cannot be used.
pub async fn prompt_hidden(prompt: &str) -> Result<Zeroizing<String>, PromptError> {
    let (hidden, read) = HiddenInput::begin(prompt).map_err(PromptError::Failed)?;
    // On a thread of its own, which is left behind if nobody waits any longer: reading cannot be cancelled.
    let reading = tokio::task::spawn_blocking(|| read().map(Zeroizing::new));
    let typed = reading.await.unwrap_or_else(|error| Err(io::Error::other(error)));
    drop(hidden);
    typed.map_err(|error| match error.kind() {
        ErrorKind::Interrupted => PromptError::Interrupted,
        ErrorKind::UnexpectedEof => PromptError::Ended,
        _ => PromptError::Failed(error),
    })
}
