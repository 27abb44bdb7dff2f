//! The files that a job reads. No report and no log may be written to one of them.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use super::account::UnresolvedAccounts;
use super::file::{JobFile, ServiceEntry};
use super::paths::{JobSource, folder_of};
use crate::platform::{FileIdentity, file_identity, show_path};
use crate::roster::RosterKey;
use crate::secret::SecretSource;

/// The files that a job reads: itself, rosters, messages, a CA bundle and password files. Those that are not there count.
pub(super) fn inputs(file: &JobFile, source: &JobSource, accounts: &UnresolvedAccounts) -> Vec<PathBuf> {
    let mut named: Vec<String> = file.messages.iter().cloned().collect();
    named.extend(file.roster.iter().flat_map(RosterKey::entries).map(|(_, roster)| roster.file));
    if let Some(ServiceEntry::Map(service)) = &file.service {
        named.extend(service.ca_bundle.clone());
    }
    let mut inputs: Vec<PathBuf> = source.path().map(Path::to_owned).into_iter().collect();
    inputs.extend(named.iter().map(|name| source.folder().join(name)));
    let of_accounts = accounts.accounts.iter().flat_map(super::account::UnresolvedAccount::passwords);
    for password in of_accounts.chain(accounts.shared_jess.as_ref().map(|jess| &jess.password)) {
        if let SecretSource::File(path) = &password.source {
            inputs.push(path.clone());
        }
    }
    inputs
}

/// Paths to which nothing else may be written: files that are read, and other reports.
#[derive(Default)]
pub(super) struct ReservedPaths {
    paths: HashSet<PathBuf>,
    /// The files among them, which can have several names.
    files: HashSet<FileIdentity>,
}

impl ReservedPaths {
    /// Reserves a file, whatever name or link leads to it.
    pub(super) fn insert(&mut self, path: &Path) {
        self.paths.insert(full_path(path));
        self.files.extend(file_identity(path));
    }

    /// Reserves the path of a report or a log.
    ///
    /// # Errors
    /// When it is reserved already; the words say what to do.
    pub(super) fn reserve(&mut self, path: &Path) -> Result<(), String> {
        let is_reserved = file_identity(path).is_some_and(|file| self.files.contains(&file));
        if !is_reserved && self.paths.insert(full_path(path)) {
            return Ok(());
        }
        let path = show_path(path);
        Err(format!(
            "{path} would replace a file that the job reads, or another report; give it another name"
        ))
    }
}

/// The path without links. The file need not be there.
fn full_path(path: &Path) -> PathBuf {
    if let Ok(full) = path.canonicalize() {
        return full;
    }
    let folder = folder_of(path).canonicalize();
    folder.map_or_else(
        |_| std::path::absolute(path).unwrap_or_default(),
        |folder| folder.join(path.file_name().unwrap_or_default()),
    )
}
