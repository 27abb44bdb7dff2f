//! Text for the terminal: fit to be shown, wrapped, coloured.

use std::io::{self, IsTerminal};
use std::sync::OnceLock;

use terminal_size::terminal_size_of;

pub use crate::diagnostics::shown;
use crate::diagnostics::{Diagnostic, Diagnostics, escape_invisible};
use crate::platform::enable_colors;

/// A warning, escaped but not shortened: what to do comes at the end.
pub(super) fn warning_line(warning: &Diagnostic) -> String {
    escape_invisible(&format!("warning: {warning}"))
}

/// All warnings, then all errors.
pub(super) fn diagnostic_lines(diagnostics: &Diagnostics) -> impl Iterator<Item = String> {
    let errors = diagnostics.errors.iter().map(|error| escape_invisible(&error.to_string()));
    diagnostics.warnings.iter().map(warning_line).chain(errors)
}

/// The text broken into lines of at most `width` columns at spaces. Each line but the first begins with the indent of the
/// first, and two columns more.
pub(super) fn wrap(line: &str, width: Option<u16>) -> String {
    let Some(width) = width.map(usize::from).filter(|width| line.chars().count() > *width) else {
        return line.to_owned();
    };
    let indent = line.len() - line.trim_start().len();
    let hanging = " ".repeat(indent + 2);
    let mut words = line.split_whitespace();
    let mut wrapped = " ".repeat(indent) + words.next().unwrap_or_default();
    let mut column = wrapped.chars().count();
    for word in words {
        let length = word.chars().count();
        if column + 1 + length > width {
            wrapped.push('\n');
            wrapped.push_str(&hanging);
            column = hanging.len() + length;
        } else {
            wrapped.push(' ');
            column += 1 + length;
        }
        wrapped.push_str(word);
    }
    wrapped
}

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

/// Where a text goes: whether it is coloured, and how wide it can be, depends on that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream {
    /// Standard output.
    Out,
    /// Standard error.
    Err,
}

impl Stream {
    pub(super) fn is_colored(self) -> bool {
        match MODE.get().copied().unwrap_or_default() {
            ColorMode::Always => {
                enable_colors();
                true
            }
            ColorMode::Never => false,
            ColorMode::Auto => {
                let no_color = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
                let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
                !no_color && !dumb && self.is_terminal() && enable_colors()
            }
        }
    }

    fn is_terminal(self) -> bool {
        match self {
            Self::Out => io::stdout().is_terminal(),
            Self::Err => io::stderr().is_terminal(),
        }
    }

    /// The width of the terminal; none if it is no terminal.
    pub(super) fn width(self) -> Option<u16> {
        let size = match self {
            Self::Out => terminal_size_of(io::stdout()),
            Self::Err => terminal_size_of(io::stderr()),
        };
        size.map(|(width, _)| width.0)
    }

    /// The text in an ANSI style, such as `1;31` for bold red, if this is coloured.
    fn paint(self, style: &str, text: &str) -> String {
        if self.is_colored() { format!("\x1b[{style}m{text}\x1b[0m") } else { text.to_owned() }
    }
}

/// The word that begins an error message.
pub(super) fn error_label() -> String {
    Stream::Err.paint("1;31", "error:")
}

pub(super) fn heading(text: &str, stream: Stream) -> String {
    stream.paint("1", text)
}

pub(super) fn bad(text: &str, stream: Stream) -> String {
    stream.paint("31", text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrap_breaks_at_spaces_and_keeps_the_indent() {
        let text = "  one two three four";
        assert_eq!(wrap(text, None), text);
        assert_eq!(wrap(text, Some(80)), text);
        assert_eq!(wrap(text, Some(11)), "  one two\n    three\n    four");
        assert_eq!(wrap("a-word-too-long x", Some(5)), "a-word-too-long\n  x");
    }
}
