//! One run of a job at a time. The lock is the operating system's, so it is released when the process ends, even after a
//! crash.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::thread::sleep;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::folder::{StateFolder, owner_only};

/// The right to run a job; released on drop.
#[derive(Debug)]
pub(super) struct Lock {
    file: File,
}

/// The run that holds a lock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LockHolder {
    /// Its process id.
    pub process: u32,
    /// When it took the lock.
    pub since: Timestamp,
}

/// Why the lock was not taken.
#[derive(Debug)]
pub(super) enum LockError {
    /// Another run holds it; which one, if that could be read.
    Held(Option<LockHolder>),
    /// The file cannot be used.
    Io(io::Error),
}

impl Lock {
    /// Takes the lock of a job. Never waits for it.
    pub(super) fn take(folder: &StateFolder) -> Result<Self, LockError> {
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        owner_only(&mut options);
        let mut file = options.open(folder.file("lock")).map_err(LockError::Io)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(LockError::Held(read_holder(&mut file))),
            Err(TryLockError::Error(error)) => return Err(LockError::Io(error)),
        }
        let holder = LockHolder { process: std::process::id(), since: Timestamp::now() };
        write_holder(&mut file, &holder).map_err(LockError::Io)?;
        Ok(Self { file })
    }
}

impl Drop for Lock {
    /// A run that comes before a later one has written its name reads none rather than this one. (A killed run leaves
    /// its name behind.)
    fn drop(&mut self) {
        let _ = self.file.set_len(0);
    }
}

fn write_holder(file: &mut File, holder: &LockHolder) -> io::Result<()> {
    file.set_len(0)?;
    file.rewind()?;
    serde_json::to_writer(&mut *file, holder)?;
    file.flush()
}

/// The run that wrote the lock file. It may have taken the lock a moment ago and not have written yet.
fn read_holder(file: &mut File) -> Option<LockHolder> {
    for _ in 0..20 {
        let mut text = String::new();
        let read = file.rewind().and_then(|()| file.read_to_string(&mut text));
        if let (Ok(_), Ok(holder)) = (read, serde_json::from_str(&text)) {
            return Some(holder);
        }
        sleep(Duration::from_millis(10));
    }
    None
}
