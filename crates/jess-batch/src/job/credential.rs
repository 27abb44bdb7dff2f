//! The two credentials of an account, each with the place that its password came from.

use std::path::Path;

use ensims_client::{EnsimsCredential, JessCredential};

use super::file::{EnsimsEntry, JessEntry};
use super::secret::{SecretKeys, SecretProblem, SecretSource};

/// The credential of an `ensims` entry. Paths are relative to `folder`.
pub(super) fn ensims(
    entry: &EnsimsEntry,
    folder: &Path,
) -> Result<(SecretSource, EnsimsCredential), SecretProblem> {
    let keys = SecretKeys {
        password: entry.password.as_ref(),
        password_env: entry.password_env.as_deref(),
        password_file: entry.password_file.as_deref(),
        password_credential: entry.password_credential.as_deref(),
    };
    let (source, password) = keys.fetch(folder)?;
    let credential = EnsimsCredential::new(&*entry.email, password);
    credential.map(|credential| (source, credential)).map_err(|error| ("", error.to_string()))
}

/// The credential of a `jess` entry. Paths are relative to `folder`.
pub(super) fn jess(
    entry: &JessEntry,
    folder: &Path,
) -> Result<(SecretSource, JessCredential), SecretProblem> {
    let keys = SecretKeys {
        password: entry.password.as_ref(),
        password_env: entry.password_env.as_deref(),
        password_file: entry.password_file.as_deref(),
        password_credential: entry.password_credential.as_deref(),
    };
    let (source, password) = keys.fetch(folder)?;
    let credential = JessCredential::new(&*entry.username, password);
    credential.map(|credential| (source, credential)).map_err(|error| ("username", error.to_string()))
}
