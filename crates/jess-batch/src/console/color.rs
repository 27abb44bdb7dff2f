//! Whether messages are coloured.

use std::io::{self, IsTerminal};
use std::sync::OnceLock;

/// What `--color` can be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum ColorMode {
    /// On a terminal, unless the variable `NO_COLOR` is set.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

static MODE: OnceLock<ColorMode> = OnceLock::new();

/// Chooses once for the whole program.
pub fn set_color(mode: ColorMode) {
    // A second choice can only come from a test in the same process; the first one stays.
    let _ = MODE.set(mode);
}

/// Whether standard error is coloured.
pub(super) fn is_colored() -> bool {
    match MODE.get().copied().unwrap_or_default() {
        ColorMode::Always => true,
        ColorMode::Never => false,
        ColorMode::Auto => {
            let no_color = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
            let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
            !no_color && !dumb && io::stderr().is_terminal()
        }
    }
}

/// The text in an ANSI style, such as `1;31` for bold red, where messages are coloured.
pub(super) fn paint(style: &str, text: &str) -> String {
    if is_colored() { format!("\x1b[{style}m{text}\x1b[0m") } else { text.to_owned() }
}
