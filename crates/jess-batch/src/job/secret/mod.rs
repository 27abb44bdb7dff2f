//! Passwords: where each comes from, and getting it.

mod command;
mod fetch;
mod keys;

use std::fmt;
use std::path::PathBuf;

use secrecy::SecretString;

pub(super) use command::{TIME_LIMIT, output_of};
pub(super) use keys::{Context, SecretKeys, SecretProblem};

/// Where a password comes from. Never the password itself, so that it can be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum SecretSource {
    JobFile,
    Roster,
    Variable(String),
    File(PathBuf),
    Credential(String),
    /// The program and its arguments.
    Command(Vec<String>),
    /// The person at the terminal.
    Terminal,
}

impl fmt::Display for SecretSource {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::JobFile => formatter.write_str("job file"),
            Self::Roster => formatter.write_str("roster"),
            Self::Variable(name) => write!(formatter, "variable {name}"),
            Self::File(path) => write!(formatter, "file {}", path.display()),
            Self::Credential(name) => write!(formatter, "credential {name}"),
            // Its arguments may tell too much.
            Self::Command(command) => {
                write!(formatter, "command {}", command.first().map_or("", String::as_str))
            }
            Self::Terminal => formatter.write_str("typed"),
        }
    }
}

/// A password of an account, which may still be on its way.
#[derive(Clone, Debug)]
pub(super) struct Password {
    pub(super) source: SecretSource,
    /// The password itself, once it is there. Of an account that is left out it is never looked for.
    pub(super) secret: Option<SecretString>,
}

impl Password {
    pub(super) fn awaited(source: SecretSource) -> Self {
        Self { source, secret: None }
    }

    /// In the place of one that has a mistake. That is noted, so no job comes of it.
    pub(super) fn placeholder() -> Self {
        Self::awaited(SecretSource::Terminal)
    }

    /// Gets a password that needs no waiting: from a variable, a file or a credential.
    pub(super) fn fetch(&mut self) -> Result<(), SecretProblem> {
        let secret = match &self.source {
            SecretSource::Variable(name) => fetch::from_variable(name),
            SecretSource::File(path) => fetch::from_file(path),
            SecretSource::Credential(name) => fetch::from_credential(name),
            SecretSource::JobFile
            | SecretSource::Roster
            | SecretSource::Command(_)
            | SecretSource::Terminal => {
                return Ok(());
            }
        };
        self.secret = Some(secret?);
        Ok(())
    }
}

/// The one line that a password is: one line end after it is removed, nothing else.
fn one_line(bytes: &[u8]) -> Result<SecretString, &'static str> {
    let text = std::str::from_utf8(bytes).map_err(|_| "is not UTF-8")?;
    let line = text.strip_suffix('\n').map_or(text, |line| line.strip_suffix('\r').unwrap_or(line));
    sound(line).map(SecretString::from)
}

/// What may be a password, wherever it came from; or why not.
pub(super) fn sound(text: &str) -> Result<&str, &'static str> {
    if text.is_empty() {
        Err("is empty")
    } else if text.starts_with('\u{feff}') {
        Err("begins with a byte order mark; save it as UTF-8 without one")
    } else if text.contains(['\n', '\r']) {
        Err("is not one line; take the line break out")
    } else if text.contains('\0') {
        Err("holds a NUL character; a password is plain text")
    } else {
        Ok(text)
    }
}
