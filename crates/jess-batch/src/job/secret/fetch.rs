//! Passwords that are there at once: in a variable, a file or a systemd credential.

use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::path::Path;

use secrecy::SecretString;
use zeroize::Zeroizing;

use super::keys::SecretProblem;
use super::one_line;

/// How systemd is told to give a service a credential.
pub(super) const LOAD: &str = "LoadCredential=NAME:FILE";

/// No password is as long as this.
const MOST_BYTES: usize = 64 * 1024;

type Fetched = Result<SecretString, SecretProblem>;

pub(super) fn from_variable(name: &str) -> Fetched {
    let key = "password_env";
    let value = std::env::var_os(name).ok_or_else(|| (key, format!("{} is not set", variable(name))))?;
    one_line(&Zeroizing::new(value.into_encoded_bytes()))
        .map_err(|flaw| (key, format!("the environment variable {flaw}")))
}

pub(super) fn from_file(path: &Path) -> Fetched {
    let key = "password_file";
    let bytes = read(path).map_err(|error| (key, format!("{} cannot be read: {error}", file(path))))?;
    one_line(&bytes).map_err(|flaw| (key, format!("{} {flaw}", file(path))))
}

/// A credential is a file that systemd puts into a folder for one run of one service.
pub(super) fn from_credential(name: &str) -> Fetched {
    let key = "password_credential";
    let folder = std::env::var_os("CREDENTIALS_DIRECTORY").filter(|folder| !folder.is_empty());
    let Some(folder) = folder else {
        let instead = format!("run it from a systemd service with {LOAD}, or use password_file");
        return Err((key, format!("CREDENTIALS_DIRECTORY is not set; {instead}")));
    };
    let bytes = read(&Path::new(&folder).join(name)).map_err(|error| match error.kind() {
        ErrorKind::NotFound => {
            (key, format!("the service has no credential of this name; give it one with {LOAD}"))
        }
        _ => (key, format!("the credential cannot be read: {error}")),
    })?;
    one_line(&bytes).map_err(|flaw| (key, format!("the credential {flaw}")))
}

/// Reads a file that is to hold a password, and no more of it than one could be long.
fn read(path: &Path) -> io::Result<Zeroizing<Vec<u8>>> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(MOST_BYTES));
    let read = File::open(path)?.take(MOST_BYTES as u64).read_to_end(&mut bytes)?;
    if read == MOST_BYTES {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, "it is too long for a password"));
    }
    Ok(bytes)
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

/// The file as a message names it: only where it looks like one, and not like a password put there by mistake.
fn file(path: &Path) -> String {
    let folder = path.parent().filter(|folder| folder.is_dir());
    if path.extension().is_some_and(|end| end == "txt") {
        format!("the file {}", path.display())
    } else if let Some(folder) = folder {
        format!("the file that it names in {}", folder.display())
    } else {
        "the file that it names".to_owned()
    }
}
