//! Where a password comes from, and getting it.

use std::fmt;
use std::path::{Path, PathBuf};

use secrecy::SecretString;
use zeroize::Zeroizing;

use super::file::SecretText;

/// Where a password comes from. Never the password itself, so that it can be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum SecretSource {
    JobFile,
    Variable(String),
    File(PathBuf),
}

impl fmt::Display for SecretSource {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::JobFile => formatter.write_str("job file"),
            Self::Variable(name) => write!(formatter, "variable {name}"),
            Self::File(path) => write!(formatter, "file {}", path.display()),
        }
    }
}

/// The sibling keys of which exactly one must be there.
pub(crate) struct SecretKeys<'a> {
    pub(crate) password: Option<&'a SecretText>,
    pub(crate) password_env: Option<&'a str>,
    pub(crate) password_file: Option<&'a str>,
}

/// A password that cannot be had: the key it is about (empty for the entry as a whole) and why.
pub(crate) type SecretProblem = (&'static str, String);

impl SecretKeys<'_> {
    /// Gets the password. Paths are relative to `folder`.
    pub(crate) fn fetch(&self, folder: &Path) -> Result<(SecretSource, SecretString), SecretProblem> {
        match (self.password, self.password_env, self.password_file) {
            (Some(text), None, None) => {
                let secret = text.0.clone();
                if secrecy::ExposeSecret::expose_secret(&secret).is_empty() {
                    return Err(("password", "the password is empty".to_owned()));
                }
                Ok((SecretSource::JobFile, secret))
            }
            (None, Some(name), None) => from_variable(name),
            (None, None, Some(path)) => from_file(&folder.join(path)),
            (None, None, None) => {
                Err(("", "no password; give one of password, password_env or password_file".to_owned()))
            }
            _ => Err((
                "",
                "more than one password; keep one of password, password_env, password_file".to_owned(),
            )),
        }
    }
}

fn from_variable(name: &str) -> Result<(SecretSource, SecretString), SecretProblem> {
    let key = "password_env";
    if name.is_empty() || name.contains(['=', '\0']) {
        return Err((key, "this cannot be the name of an environment variable".to_owned()));
    }
    let value = std::env::var_os(name).ok_or_else(|| (key, format!("{} is not set", variable(name))))?;
    let value = value.into_string().map_err(|_| (key, "the environment variable is not UTF-8".to_owned()))?;
    let secret =
        one_line(&Zeroizing::new(value)).map_err(|why| (key, format!("the environment variable {why}")))?;
    Ok((SecretSource::Variable(name.to_owned()), secret))
}

fn from_file(path: &Path) -> Result<(SecretSource, SecretString), SecretProblem> {
    let key = "password_file";
    let bytes = std::fs::read(path).map_err(|error| (key, format!("the file cannot be read: {error}")))?;
    let bytes = Zeroizing::new(bytes);
    let text = std::str::from_utf8(&bytes).map_err(|_| (key, "the file is not UTF-8".to_owned()))?;
    let secret = one_line(text).map_err(|why| (key, format!("the file {why}")))?;
    Ok((SecretSource::File(path.to_owned()), secret))
}

/// The variable as a message names it: only where it looks like one, and not like a password put there by mistake.
fn variable(name: &str) -> String {
    let usual = name.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_');
    if usual && name.contains('_') {
        format!("the environment variable {name}")
    } else {
        "the environment variable that it names".to_owned()
    }
}

/// One trailing line end is removed, nothing else.
fn one_line(text: &str) -> Result<SecretString, &'static str> {
    let line = text.strip_suffix('\n').map_or(text, |line| line.strip_suffix('\r').unwrap_or(line));
    if line.is_empty() {
        return Err("is empty");
    }
    if line.starts_with('\u{feff}') {
        return Err("begins with a byte order mark; save it as UTF-8 without one");
    }
    if line.contains(['\n', '\r']) {
        return Err("has several lines; a password is one");
    }
    Ok(SecretString::from(line))
}
