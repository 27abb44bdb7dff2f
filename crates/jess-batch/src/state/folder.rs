//! The state folder of a job, and when the job last succeeded.

use std::fs;
use std::io::{self, Write};
use std::path::{Component, Path, PathBuf};

use etcetera::BaseStrategy;
use jiff::Timestamp;

/// The state folder of one job. Only its owner can open it.
#[derive(Clone, Debug)]
pub(super) struct StateFolder(PathBuf);

/// The folder of all state unless the user names another one: the platform's folder for such things. None if no home
/// folder is known.
pub(super) fn default_root() -> Option<PathBuf> {
    let folders = etcetera::choose_base_strategy().ok()?;
    Some(folders.state_dir().unwrap_or_else(|| folders.data_dir()).join("jess-batch"))
}

impl StateFolder {
    /// The folder of a job file. It may not exist yet.
    pub(super) fn of(root: &Path, job_file: &Path) -> io::Result<Self> {
        let job_file = job_file.canonicalize()?;
        let mut folder = root.join("jobs");
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
        create_private(&self.0)
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
        let mut options = fs::OpenOptions::new();
        options.write(true).create(true).truncate(true);
        owner_only(&mut options);
        let mut file = options.open(&new)?;
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

/// Creates new files for their owner alone.
#[cfg(unix)]
pub(super) fn owner_only(options: &mut fs::OpenOptions) {
    use std::os::unix::fs::OpenOptionsExt;
    options.mode(0o600);
}

#[cfg(not(unix))]
pub(super) fn owner_only(_: &mut fs::OpenOptions) {}

#[cfg(unix)]
fn create_private(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    // It may have existed before, with another mode.
    fs::set_permissions(folder, fs::Permissions::from_mode(0o700))
}

#[cfg(not(unix))]
fn create_private(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)
}

/// Makes a new name survive a power loss.
#[cfg(unix)]
fn sync_folder(folder: &Path) -> io::Result<()> {
    fs::File::open(folder)?.sync_all()
}

/// Elsewhere a folder cannot be opened; the file system takes care of it.
#[cfg(not(unix))]
fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}
