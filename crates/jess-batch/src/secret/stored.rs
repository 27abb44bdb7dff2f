//! Passwords that can be read at once: from a variable, a file or a systemd credential.

use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::path::Path;

use secrecy::SecretString;
use zeroize::Zeroizing;

use super::error::SecretError;
use super::line::one_line;

/// How systemd is told to give a service a credential.
pub(super) const LOAD_CREDENTIAL: &str = "LoadCredential=NAME:FILE";

/// No password is as long as this.
const MAX_BYTES: usize = 64 * 1024;

type Resolved = Result<SecretString, SecretError>;

pub(super) fn from_variable(name: &str) -> Resolved {
    let error = |message| SecretError::new("password_env", message);
    let value =
        std::env::var_os(name).ok_or_else(|| error(format!("{} is not set", describe_variable(name))))?;
    one_line(&Zeroizing::new(value.into_encoded_bytes()))
        .map_err(|flaw| error(format!("the environment variable {flaw}")))
}

pub(super) fn from_file(path: &Path) -> Resolved {
    let error = |message| SecretError::new("password_file", message);
    let bytes =
        read(path).map_err(|cause| error(format!("{} cannot be read: {cause}", describe_file(path))))?;
    one_line(&bytes).map_err(|flaw| error(format!("{} {flaw}", describe_file(path))))
}

/// A credential is a file that systemd puts into a folder for one run of one service.
pub(super) fn from_credential(name: &str) -> Resolved {
    let error = |message| SecretError::new("password_credential", message);
    let folder = std::env::var_os("CREDENTIALS_DIRECTORY").filter(|folder| !folder.is_empty());
    let folder = folder.ok_or_else(|| {
        error(format!(
            "CREDENTIALS_DIRECTORY is not set; run it from a systemd service with {LOAD_CREDENTIAL}, or use password_file"
        ))
    })?;
    let bytes = read(&Path::new(&folder).join(name)).map_err(|cause| match cause.kind() {
        ErrorKind::NotFound => {
            error(format!("the service has no credential of this name; add {LOAD_CREDENTIAL} to its unit"))
        }
        _ => error(format!("the credential cannot be read: {cause}")),
    })?;
    one_line(&bytes).map_err(|flaw| error(format!("the credential {flaw}")))
}

/// Reads a file that should hold a password, and no more of it than a password could be long.
fn read(path: &Path) -> io::Result<Zeroizing<Vec<u8>>> {
    // Allocated once: growing would leave copies behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(MAX_BYTES));
    let read = File::open(path)?.take(MAX_BYTES as u64).read_to_end(&mut bytes)?;
    if read == MAX_BYTES {
        return Err(io::Error::new(ErrorKind::FileTooLarge, "it is too long for a password"));
    }
    Ok(bytes)
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
        format!("the file {}", path.display())
    } else if let Some(folder) = folder {
        format!("the file that it names in {}", folder.display())
    } else {
        "the file that it names".to_owned()
    }
}
