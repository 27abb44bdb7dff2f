//! The state folder of a job, and when the job last succeeded.
//!
//! What is in it decides which passwords are sent, so nobody but its owner and root may be able to change it.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Component, Path, PathBuf};

use jiff::Timestamp;
use zeroize::Zeroizing;

use crate::job::Detour;
use crate::platform::{
    check_folder, create_private_folder, make_private, read_to_limit, show_path, state_root, sync_folder,
    without_following_links,
};

/// The largest file that is read, in bytes: the run history of 100,000 accounts is smaller.
const MAX_BYTES: u64 = 256 * 1024 * 1024;

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
    /// The folder of a job file; on a detour, another one. What is missing of it is created, for its owner alone.
    ///
    /// # Errors
    /// When it cannot be created, or other users could change what is in it.
    pub(super) fn create(root: &Path, job_file: &Path, detour: Option<&Detour>) -> io::Result<Self> {
        create_private_folder(root)?;
        let folders = folders_of(root, job_file, detour)?;
        for folder in &folders {
            create_private_folder(folder)?;
            check(folder)?;
        }
        let folder = Self(folders.into_iter().next_back().unwrap_or_default());
        make_private(&folder.0)?;
        Ok(folder)
    }

    /// The folder that an earlier run of a job file has created.
    ///
    /// # Errors
    /// When there is none, or other users could change what is in it.
    pub(super) fn find(root: &Path, job_file: &Path, detour: Option<&Detour>) -> io::Result<Self> {
        let folders = folders_of(root, job_file, detour)?;
        folders.iter().try_for_each(|folder| check(folder))?;
        Ok(Self(folders.into_iter().next_back().unwrap_or_default()))
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }

    pub(super) fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// Opens a file for reading and writing; creates it if there is none.
    ///
    /// # Errors
    /// When it cannot be opened, or is no regular file: a link may lead anywhere, and a pipe would wait.
    pub(super) fn open(&self, name: &str) -> io::Result<File> {
        self.open_regular(name, without_following_links().read(true).write(true).create(true))
    }

    /// Reads a whole file.
    ///
    /// # Errors
    /// As [`open`](Self::open); also when there is none.
    pub(super) fn read(&self, name: &str) -> io::Result<Zeroizing<Vec<u8>>> {
        let file = self.open_regular(name, without_following_links().read(true))?;
        let size = file.metadata()?.len();
        read_to_limit(file, size, MAX_BYTES)
    }

    fn open_regular(&self, name: &str, options: &OpenOptions) -> io::Result<File> {
        let path = self.file(name);
        if fs::symlink_metadata(&path).is_ok_and(|file| !file.is_file()) {
            return Err(not_regular(name));
        }
        options.open(path)
    }

    /// Creates a file. A file or link in its place is removed; the target of a link stays as it is.
    ///
    /// # Errors
    /// When that fails, or something else is in its place.
    pub(super) fn create_file(&self, name: &str) -> io::Result<File> {
        let path = self.file(name);
        if self.check_replaceable(name)? {
            fs::remove_file(&path)?;
        }
        without_following_links().write(true).create_new(true).open(path)
    }

    /// Whether there is a file or a link of this name, which can be replaced.
    fn check_replaceable(&self, name: &str) -> io::Result<bool> {
        match fs::symlink_metadata(self.file(name)) {
            Ok(old) if old.is_file() || old.is_symlink() => Ok(true),
            Ok(_) => Err(not_regular(name)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Replaces a file as a whole, or leaves the old one.
    pub(super) fn replace(
        &self,
        name: &str,
        write: impl FnOnce(&mut File) -> io::Result<()>,
    ) -> io::Result<File> {
        self.check_replaceable(name)?;
        // A fixed name, so that a kill leaves at most one such file. The lock is held, so nobody else writes it.
        let new = format!("{name}.new");
        let mut file = self.create_file(&new)?;
        write(&mut file)?;
        file.sync_all()?;
        fs::rename(self.file(&new), self.file(name))?;
        sync_folder(&self.0)?;
        Ok(file)
    }

    /// When a run of this job last succeeded for all its accounts, if that is known.
    pub(super) fn last_success(&self) -> Option<Timestamp> {
        str::from_utf8(&self.read("last-success").ok()?).ok()?.trim().parse().ok()
    }

    pub(super) fn set_last_success(&self, time: Timestamp) -> io::Result<()> {
        self.replace("last-success", |file| writeln!(file, "{time}")).map(drop)
    }
}

/// The folders that must be safe, from the outside in: the one above the root, the root, and those below it. The root may
/// be reached through links; what it is in the end counts.
fn folders_of(root: &Path, job_file: &Path, detour: Option<&Detour>) -> io::Result<Vec<PathBuf>> {
    let root = root.canonicalize()?;
    let mut folders = Vec::from_iter(root.parent().map(Path::to_owned));
    let mut folder = root;
    folders.push(folder.clone());
    let place =
        detour.map_or_else(|| PathBuf::from("jobs"), |detour| Path::new("elsewhere").join(detour.word()));
    // The job's own path as folders: readable, and no two jobs share one.
    for part in place.components().chain(job_file.canonicalize()?.components()) {
        match part {
            Component::Normal(name) => folder.push(name),
            Component::Prefix(prefix) => {
                folder.push(prefix.as_os_str().to_string_lossy().replace(['\\', '/', ':', '?'], ""));
            }
            Component::RootDir | Component::CurDir | Component::ParentDir => continue,
        }
        folders.push(folder.clone());
    }
    Ok(folders)
}

fn check(folder: &Path) -> io::Result<()> {
    check_folder(folder)
        .map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", show_path(folder))))
}

fn not_regular(name: &str) -> io::Error {
    io::Error::other(format!("{name} in it is not a regular file; remove it"))
}
