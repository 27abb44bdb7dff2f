//! Asking the person at the terminal for a password, without showing it.

use std::fs::OpenOptions;
use std::io::{self, ErrorKind};

use zeroize::Zeroizing;

use super::hidden;

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

/// Asks for a line. The terminal gets its echo back however this ends, also when it is dropped because a signal came.
/// Ctrl-C sends one, as ever, so something must listen for that.
pub(crate) async fn type_hidden(prompt: &str) -> Result<Zeroizing<String>, NotTyped> {
    let (hidden, read) = hidden::begin(prompt).map_err(NotTyped::Failed)?;
    // On a thread of its own, which is left behind if nobody waits any longer: reading cannot be broken off.
    let reading = tokio::task::spawn_blocking(|| read().map(Zeroizing::new));
    let typed = reading.await.unwrap_or_else(|error| Err(io::Error::other(error)));
    drop(hidden);
    typed.map_err(|error| match error.kind() {
        ErrorKind::Interrupted => NotTyped::Interrupted,
        ErrorKind::UnexpectedEof => NotTyped::Ended,
        _ => NotTyped::Failed(error),
    })
}
