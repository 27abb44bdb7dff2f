//! One run of a job at a time. The lock is the operating system's, so it is released when the process ends, even after a
//! crash.

use std::fs::{File, TryLockError};
use std::io;
use std::thread::sleep;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::folder::StateFolder;

/// The file that names the holder. Windows lets nobody read the locked file itself.
const HOLDER: &str = "lock-holder";

/// The right to run a job; released on drop.
#[derive(Debug)]
pub(super) struct Lock {
    name: File,
    // Released last, after the name is cleared.
    _lock: File,
}

/// The run that holds a lock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LockHolder {
    /// Its process id.
    pub process: u32,
    /// When it took the lock.
    pub since: Timestamp,
}

impl Lock {
    /// Takes the lock of a job, or finds out which other run holds it, if that can be read. Never waits for it.
    pub(super) fn take(folder: &StateFolder) -> io::Result<Result<Self, Option<LockHolder>>> {
        let lock = folder.open("lock")?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(Err(read_holder(folder))),
            Err(TryLockError::Error(error)) => return Err(error),
        }
        let name = folder.create_file(HOLDER)?;
        let holder = LockHolder { process: std::process::id(), since: Timestamp::now() };
        serde_json::to_writer(&name, &holder)?;
        Ok(Ok(Self { name, _lock: lock }))
    }
}

impl Drop for Lock {
    /// Clears the name, so that nobody takes this run for the next holder, which may not have written its own yet. (A
    /// killed run leaves its name behind.)
    fn drop(&mut self) {
        let _ = self.name.set_len(0);
    }
}

/// The run that holds the lock. It may have taken the lock a moment ago and not have written yet.
fn read_holder(folder: &StateFolder) -> Option<LockHolder> {
    for _ in 0..20 {
        let text = folder.read(HOLDER).unwrap_or_default();
        if let Ok(holder) = serde_json::from_slice(&text) {
            return Some(holder);
        }
        sleep(Duration::from_millis(10));
    }
    None
}
