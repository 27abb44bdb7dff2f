//! A password of an account: where it comes from, and reading it from there if that needs no waiting.

use std::fmt;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use secrecy::SecretString;
use zeroize::Zeroizing;

use crate::platform::{read_input, show_path};

/// How to make systemd pass a credential to a service.
pub(super) const LOAD_CREDENTIAL: &str = "LoadCredential=NAME:FILE";

/// No password is as long as this.
const MAX_BYTES: u64 = 64 * 1024;

/// Why a password cannot be used: the key it is about, and what is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecretError {
    /// The key, such as `password_env`. Empty if it is about the entry as a whole.
    pub key: &'static str,
    /// What is wrong, and what to do about it. Never a value.
    pub message: String,
}

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
            Self::File(path) => write!(formatter, "file {}", show_path(path)),
            Self::Credential(name) => write!(formatter, "credential {name}"),
            // The arguments may give too much away.
            Self::Command(command) => {
                write!(formatter, "command {}", command.first().map_or("", String::as_str))
            }
            Self::Prompt => formatter.write_str("prompt"),
        }
    }
}

/// A password of an account, which may not be resolved yet.
#[derive(Clone, Debug)]
pub struct Password {
    /// Where it comes from.
    pub source: SecretSource,
    /// The password itself, once it is resolved. That of a deselected account never is.
    pub secret: Option<SecretString>,
}

impl Password {
    /// A password that is still to be resolved.
    pub fn unresolved(source: SecretSource) -> Self {
        Self { source, secret: None }
    }

    /// Takes the place of a password with an error. The error is reported, so no job comes of it.
    pub fn placeholder() -> Self {
        Self::unresolved(SecretSource::Prompt)
    }

    /// Resolves a password that needs no waiting: from a variable, a file or a credential. Does nothing for others.
    ///
    /// # Errors
    /// When the source is not there, cannot be read, or holds something that cannot be a password.
    pub fn resolve_stored(&mut self) -> Result<(), SecretError> {
        let (key, secret) = match &self.source {
            SecretSource::Variable(name) => ("password_env", from_variable(name)),
            SecretSource::File(path) => ("password_file", from_file(path)),
            SecretSource::Credential(name) => ("password_credential", from_credential(name)),
            SecretSource::JobFile
            | SecretSource::Roster
            | SecretSource::Command(_)
            | SecretSource::Prompt => return Ok(()),
        };
        self.secret = Some(secret.map_err(|message| SecretError { key, message })?);
        Ok(())
    }
}

/// Accepts a text that may be a password, wherever it comes from.
///
/// # Errors
/// When it cannot be one; the words go after "the password", such as "is empty".
pub fn validate(text: &str) -> Result<&str, &'static str> {
    if text.is_empty() {
        Err("is empty")
    } else if text.starts_with('\u{feff}') {
        Err("begins with a byte order mark; save it as UTF-8 without one")
    } else if text.contains(['\n', '\r']) {
        Err("is not one line; remove the line break")
    } else if text.contains('\0') {
        Err("contains a NUL character; a password is plain text")
    } else {
        Ok(text)
    }
}

/// The one line that a password is: one line end after it is removed, nothing else.
pub(super) fn one_line(bytes: &[u8]) -> Result<SecretString, &'static str> {
    let text = std::str::from_utf8(bytes).map_err(|_| "is not UTF-8")?;
    let line = text.strip_suffix('\n').map_or(text, |line| line.strip_suffix('\r').unwrap_or(line));
    validate(line).map(SecretString::from)
}

fn from_variable(name: &str) -> Result<SecretString, String> {
    let value = std::env::var_os(name).ok_or_else(|| format!("{} is not set", describe_variable(name)))?;
    one_line(&Zeroizing::new(value.into_encoded_bytes()))
        .map_err(|flaw| format!("the environment variable {flaw}"))
}

fn from_file(path: &Path) -> Result<SecretString, String> {
    let bytes = read(path).map_err(|error| format!("{} cannot be read: {error}", describe_file(path)))?;
    one_line(&bytes).map_err(|flaw| format!("{} {flaw}", describe_file(path)))
}

/// A credential is a file that systemd puts into a folder for one run of one service.
fn from_credential(name: &str) -> Result<SecretString, String> {
    let folder = std::env::var_os("CREDENTIALS_DIRECTORY").filter(|folder| !folder.is_empty());
    let folder = folder.ok_or_else(|| {
        format!(
            "CREDENTIALS_DIRECTORY is not set; run it from a systemd service with {LOAD_CREDENTIAL}, or use password_file"
        )
    })?;
    let bytes = read(&Path::new(&folder).join(name)).map_err(|error| match error.kind() {
        ErrorKind::NotFound => {
            format!("the service has no credential of this name; add {LOAD_CREDENTIAL} to its unit")
        }
        _ => format!("the credential cannot be read: {error}"),
    })?;
    one_line(&bytes).map_err(|flaw| format!("the credential {flaw}"))
}

/// Reads a file that should hold a password.
fn read(path: &Path) -> io::Result<Zeroizing<Vec<u8>>> {
    read_input(path, MAX_BYTES).map_err(|error| match error.kind() {
        ErrorKind::FileTooLarge => io::Error::new(ErrorKind::FileTooLarge, "it is too long for a password"),
        _ => error,
    })
}

/// Names the variable only if it looks like a variable's name, and not like a password in the wrong place.
fn describe_variable(name: &str) -> String {
    let usual = name.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_');
    if usual && name.contains('_') {
        format!("the environment variable {name}")
    } else {
        "the environment variable that it names".to_owned()
    }
}

/// Names the file only if it looks like a file's name, and not like a password in the wrong place.
fn describe_file(path: &Path) -> String {
    let folder = path.parent().filter(|folder| folder.is_dir());
    if path.extension().is_some_and(|extension| extension == "txt") {
        format!("the file {}", show_path(path))
    } else if let Some(folder) = folder {
        format!("the file that it names in {}", show_path(folder))
    } else {
        "the file that it names".to_owned()
    }
}
