//! One run of a job at a time. The lock is the operating system's, so it is released when the process ends, even after a
//! crash.

use std::fs::{File, TryLockError};
use std::io::{self, Read, Seek};
use std::thread::sleep;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::folder::{StateFolder, private_file};

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

impl Lock {
    /// Takes the lock of a job, or finds out which other run holds it, if that can be read. Never waits for it.
    pub(super) fn take(folder: &StateFolder) -> io::Result<Result<Self, Option<LockHolder>>> {
        let mut file = private_file().read(true).truncate(false).open(folder.file("lock"))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(Err(read_holder(&mut file))),
            Err(TryLockError::Error(error)) => return Err(error),
        }
        let holder = LockHolder { process: std::process::id(), since: Timestamp::now() };
        file.set_len(0)?;
        serde_json::to_writer(&file, &holder)?;
        Ok(Ok(Self { file }))
    }
}

impl Drop for Lock {
    /// Clears the name, so that nobody takes this run for the next holder, which may not have written its own yet. (A
    /// killed run leaves its name behind.)
    fn drop(&mut self) {
        let _ = self.file.set_len(0);
    }
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
