//! Where a job's state lives, and when it last succeeded.

use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

use etcetera::BaseStrategy;
use jiff::Timestamp;
use tempfile::NamedTempFile;

/// The state folder of one job; only its owner can look into it.
#[derive(Debug)]
pub(crate) struct StateFolder(PathBuf);

/// Where the state of all jobs lives unless someone says otherwise: the platform's folder for such things.
pub(crate) fn default_root() -> Option<PathBuf> {
    let folders = etcetera::choose_base_strategy().ok()?;
    Some(folders.state_dir().unwrap_or_else(|| folders.data_dir()).join("jess-batch"))
}

impl StateFolder {
    /// Opens the folder of a job, and makes it if it is not there.
    pub(crate) fn open(root: &Path, job: &Path) -> io::Result<Self> {
        let job = job.canonicalize()?;
        let mut folder = root.join("jobs");
        // The job's own path as folders: readable, and two jobs can never share one.
        for part in job.components() {
            match part {
                Component::Normal(name) => folder.push(name),
                Component::Prefix(prefix) => {
                    folder.push(prefix.as_os_str().to_string_lossy().replace(['\\', '/', ':', '?'], ""));
                }
                Component::RootDir | Component::CurDir | Component::ParentDir => {}
            }
        }
        make_private(&folder)?;
        Ok(Self(folder))
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// Puts a file in place whole, or leaves the old one.
    pub(super) fn replace(
        &self,
        name: &str,
        write: impl FnOnce(&mut fs::File) -> io::Result<()>,
    ) -> io::Result<fs::File> {
        let mut file = NamedTempFile::new_in(&self.0)?;
        write(file.as_file_mut())?;
        file.as_file().sync_all()?;
        let file = file.persist(self.path(name))?;
        // The new name must outlast a power loss as well.
        fs::File::open(&self.0)?.sync_all()?;
        Ok(file)
    }

    /// When a run of this job last succeeded for all its accounts.
    pub(crate) fn last_success(&self) -> Option<Timestamp> {
        fs::read_to_string(self.path("last-success")).ok()?.trim().parse().ok()
    }

    pub(crate) fn set_last_success(&self, time: Timestamp) -> io::Result<()> {
        use io::Write;
        self.replace("last-success", |file| writeln!(file, "{time}")).map(drop)
    }
}

#[cfg(unix)]
fn make_private(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    // It may have been there before, with another mode.
    fs::set_permissions(folder, fs::Permissions::from_mode(0o700))
}

#[cfg(not(unix))]
fn make_private(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)
}
