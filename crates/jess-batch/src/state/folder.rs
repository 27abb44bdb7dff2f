//! Where a job's state lives, and when it last succeeded.

use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

use etcetera::BaseStrategy;
use jiff::Timestamp;

/// The state folder of one job; only its owner can look into it.
#[derive(Debug)]
pub(crate) struct StateFolder(PathBuf);

/// Where the state of all jobs lives unless someone says otherwise: the platform's folder for such things.
pub(crate) fn default_root() -> Option<PathBuf> {
    let folders = etcetera::choose_base_strategy().ok()?;
    Some(folders.state_dir().unwrap_or_else(|| folders.data_dir()).join("jess-batch"))
}

impl StateFolder {
    /// The folder of a job. It may not be there yet.
    pub(crate) fn of(root: &Path, job: &Path) -> io::Result<Self> {
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
        Ok(Self(folder))
    }

    /// Makes it, for its owner alone.
    pub(crate) fn make(&self) -> io::Result<()> {
        make_private(&self.0)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    pub(super) fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// Puts a file in place whole, or leaves the old one.
    pub(super) fn replace(
        &self,
        name: &str,
        write: impl FnOnce(&mut fs::File) -> io::Result<()>,
    ) -> io::Result<fs::File> {
        // A fixed name, so that a kill leaves no more than one such file. The lock is held, so nobody else writes it.
        let new = self.file(&format!("{name}.new"));
        let mut file = private_file(&new)?;
        write(&mut file)?;
        file.sync_all()?;
        fs::rename(&new, self.file(name))?;
        sync_folder(&self.0)?;
        Ok(file)
    }

    /// When a run of this job last succeeded for all its accounts.
    pub(crate) fn last_success(&self) -> Option<Timestamp> {
        fs::read_to_string(self.file("last-success")).ok()?.trim().parse().ok()
    }

    pub(crate) fn set_last_success(&self, time: Timestamp) -> io::Result<()> {
        use io::Write;
        self.replace("last-success", |file| writeln!(file, "{time}")).map(drop)
    }
}

/// A new, empty file that only its owner can open.
fn private_file(path: &Path) -> io::Result<fs::File> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    owner_only(&mut options);
    options.open(path)
}

#[cfg(unix)]
pub(super) fn owner_only(options: &mut fs::OpenOptions) {
    use std::os::unix::fs::OpenOptionsExt;
    options.mode(0o600);
}

#[cfg(not(unix))]
pub(super) fn owner_only(_: &mut fs::OpenOptions) {}

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

/// A new name must outlast a power loss as well.
#[cfg(unix)]
fn sync_folder(folder: &Path) -> io::Result<()> {
    fs::File::open(folder)?.sync_all()
}

/// Elsewhere a folder cannot be opened, and the file system sees to it.
#[cfg(not(unix))]
fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}
