//! Where a password comes from, and getting it.

use std::fmt;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use super::file::SecretText;

/// Where a password comes from. Never the password itself, so that it can be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum SecretSource {
    JobFile,
    Variable(String),
    File(PathBuf),
    Credential(String),
}

impl fmt::Display for SecretSource {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::JobFile => formatter.write_str("job file"),
            Self::Variable(name) => write!(formatter, "variable {name}"),
            Self::File(path) => write!(formatter, "file {}", path.display()),
            Self::Credential(name) => write!(formatter, "credential {name}"),
        }
    }
}

/// The sibling keys of which exactly one must be there.
pub(crate) struct SecretKeys<'a> {
    pub(crate) password: Option<&'a SecretText>,
    pub(crate) password_env: Option<&'a str>,
    pub(crate) password_file: Option<&'a str>,
    pub(crate) password_credential: Option<&'a str>,
}

/// A password that cannot be had: the key it is about (empty for the entry as a whole) and why.
pub(crate) type SecretProblem = (&'static str, String);

type Fetched = Result<(SecretSource, SecretString), SecretProblem>;

impl SecretKeys<'_> {
    /// Gets the password. Paths are relative to `folder`.
    pub(crate) fn fetch(&self, folder: &Path) -> Fetched {
        let given = [
            self.password.map(from_job_file),
            self.password_env.map(from_variable),
            self.password_file.map(|path| from_file(&folder.join(path))),
            self.password_credential.map(from_credential),
        ];
        let mut given = given.into_iter().flatten();
        let problem = match (given.next(), given.next()) {
            (Some(only), None) => return only,
            (None, _) => {
                "no password; give one of password, password_env, password_file or password_credential"
            }
            (Some(_), Some(_)) => {
                "more than one password; keep one of password, password_env, password_file, password_credential"
            }
        };
        Err(("", problem.to_owned()))
    }
}

/// Nothing is removed here: in a job file a line end is there because somebody wrote it.
fn from_job_file(text: &SecretText) -> Fetched {
    let secret =
        sound(text.0.expose_secret()).map_err(|flaw| ("password", format!("the password {flaw}")))?;
    Ok((SecretSource::JobFile, SecretString::from(secret)))
}

fn from_variable(name: &str) -> Fetched {
    let key = "password_env";
    if name.is_empty() || name.contains(['=', '\0']) {
        return Err((key, "this cannot be the name of an environment variable".to_owned()));
    }
    let value = std::env::var_os(name).ok_or_else(|| (key, format!("{} is not set", variable(name))))?;
    let secret = one_line(&Zeroizing::new(value.into_encoded_bytes()))
        .map_err(|flaw| (key, format!("the environment variable {flaw}")))?;
    Ok((SecretSource::Variable(name.to_owned()), secret))
}

fn from_file(path: &Path) -> Fetched {
    let key = "password_file";
    let bytes = std::fs::read(path).map_err(|error| (key, format!("the file cannot be read: {error}")))?;
    let secret = one_line(&Zeroizing::new(bytes)).map_err(|flaw| (key, format!("the file {flaw}")))?;
    Ok((SecretSource::File(path.to_owned()), secret))
}

/// A credential is a file that systemd puts into a folder for one run of one service.
fn from_credential(name: &str) -> Fetched {
    let key = "password_credential";
    let load = "LoadCredential=NAME:FILE";
    if Path::new(name).file_name().is_none_or(|file| file != name) {
        return Err((key, format!("this is not the name of a credential; write the NAME of {load}")));
    }
    let folder = std::env::var_os("CREDENTIALS_DIRECTORY").filter(|folder| !folder.is_empty());
    let Some(folder) = folder else {
        let instead = format!("run it from a systemd service with {load}, or use password_file");
        return Err((key, format!("CREDENTIALS_DIRECTORY is not set; {instead}")));
    };
    let bytes = std::fs::read(Path::new(&folder).join(name)).map_err(|error| match error.kind() {
        ErrorKind::NotFound => {
            (key, format!("the service has no credential of this name; give it one with {load}"))
        }
        _ => (key, format!("the credential cannot be read: {error}")),
    })?;
    let secret = one_line(&Zeroizing::new(bytes)).map_err(|flaw| (key, format!("the credential {flaw}")))?;
    Ok((SecretSource::Credential(name.to_owned()), secret))
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

/// The password in a file, a variable or a credential: one trailing line end is removed, nothing else.
fn one_line(bytes: &[u8]) -> Result<SecretString, &'static str> {
    let text = std::str::from_utf8(bytes).map_err(|_| "is not UTF-8")?;
    let line = text.strip_suffix('\n').map_or(text, |line| line.strip_suffix('\r').unwrap_or(line));
    sound(line).map(SecretString::from)
}

/// What may be a password, wherever it came from; or why not.
fn sound(text: &str) -> Result<&str, &'static str> {
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
