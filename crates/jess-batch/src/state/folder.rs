//! The state folder of a job, and when the job last succeeded.

use std::fs;
use std::io::{self, Write};
use std::path::{Component, Path, PathBuf};

use jiff::Timestamp;

use crate::job::Detour;
use crate::platform::{create_private_folder, private_file, state_root, sync_folder};

/// The state folder of one job. Only its owner can open it.
#[derive(Clone, Debug)]
pub(super) struct StateFolder(PathBuf);

/// The folder of all state: the one that the user names, or the platform's folder for such things. None if no home folder
/// is known.
pub(super) fn find_root(given: Option<&Path>) -> Option<PathBuf> {
    if let Some(root) = given.filter(|root| !root.as_os_str().is_empty()) {
        return Some(root.to_owned());
    }
    Some(state_root()?.join("jess-batch"))
}

impl StateFolder {
    /// The folder of a job file; on a detour, another one. It may not exist yet.
    pub(super) fn of(root: &Path, job_file: &Path, detour: Option<&Detour>) -> io::Result<Self> {
        let job_file = job_file.canonicalize()?;
        let mut folder = match detour {
            None => root.join("jobs"),
            Some(detour) => root.join("elsewhere").join(detour.word()),
        };
        // The job's own path as folders: readable, and no two jobs share one.
        for part in job_file.components() {
            match part {
                Component::Normal(name) => folder.push(name),
                Component::Prefix(prefix) => {
                    folder.push(prefix.as_os_str().to_string_lossy().replace(['\\', '/', ':', '?'], ""));
                }
                Component::RootDir | Component::CurDir | Component::ParentDir => {}
            }
        }
        Ok(Self(folder))
    }

    /// Creates the folder, for its owner alone.
    pub(super) fn create(&self) -> io::Result<()> {
        create_private_folder(&self.0)
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }

    pub(super) fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// Replaces a file as a whole, or leaves the old one.
    pub(super) fn replace(
        &self,
        name: &str,
        write: impl FnOnce(&mut fs::File) -> io::Result<()>,
    ) -> io::Result<fs::File> {
        // A fixed name, so that a kill leaves at most one such file. The lock is held, so nobody else writes it.
        let new = self.file(&format!("{name}.new"));
        let mut file = private_file().write(true).truncate(true).open(&new)?;
        write(&mut file)?;
        file.sync_all()?;
        fs::rename(&new, self.file(name))?;
        sync_folder(&self.0)?;
        Ok(file)
    }

    /// When a run of this job last succeeded for all its accounts, if that is known.
    pub(super) fn last_success(&self) -> Option<Timestamp> {
        fs::read_to_string(self.file("last-success")).ok()?.trim().parse().ok()
    }

    pub(super) fn set_last_success(&self, time: Timestamp) -> io::Result<()> {
        self.replace("last-success", |file| writeln!(file, "{time}")).map(drop)
    }
}
