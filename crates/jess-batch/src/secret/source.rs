//! Where a password comes from.

use std::fmt;
use std::path::PathBuf;

/// Where a password comes from. Never the password itself, so that it can be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SecretSource {
    /// It is written in the job file.
    JobFile,
    /// It is written in a roster.
    Roster,
    /// The environment variable of this name.
    Variable(String),
    /// The only line of this file.
    File(PathBuf),
    /// The systemd credential of this name.
    Credential(String),
    /// The first line that a program prints: the program and its arguments.
    Command(Vec<String>),
    /// The user types it at the terminal.
    Prompt,
}

impl fmt::Display for SecretSource {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::JobFile => formatter.write_str("job file"),
            Self::Roster => formatter.write_str("roster"),
            Self::Variable(name) => write!(formatter, "variable {name}"),
            Self::File(path) => write!(formatter, "file {}", path.display()),
            Self::Credential(name) => write!(formatter, "credential {name}"),
            // The arguments may give too much away.
            Self::Command(command) => {
                write!(formatter, "command {}", command.first().map_or("", String::as_str))
            }
            Self::Prompt => formatter.write_str("prompt"),
        }
    }
}
