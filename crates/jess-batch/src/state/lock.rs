//! One run of a job at a time. The lock is the operating system's, so it ends with the process that holds it.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::thread::sleep;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::folder::{StateFolder, owner_only};

/// The right to run a job; given back on drop.
#[derive(Debug)]
pub(crate) struct Lock {
    file: File,
}

/// Who holds a lock.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Holder {
    pub(crate) process: u32,
    pub(crate) since: Timestamp,
}

/// Why there is no lock.
#[derive(Debug)]
pub(crate) enum NotLocked {
    /// Another run holds it; who, where that could be read.
    Held(Option<Holder>),
    Failed(io::Error),
}

impl Lock {
    /// Takes the lock of a job, or says who holds it. Never waits for it.
    pub(crate) fn take(folder: &StateFolder) -> Result<Self, NotLocked> {
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        owner_only(&mut options);
        let mut file = options.open(folder.file("lock")).map_err(NotLocked::Failed)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(NotLocked::Held(holder(&mut file))),
            Err(TryLockError::Error(error)) => return Err(NotLocked::Failed(error)),
        }
        let holder = Holder { process: std::process::id(), since: Timestamp::now() };
        write_holder(&mut file, &holder).map_err(NotLocked::Failed)?;
        Ok(Self { file })
    }
}

impl Drop for Lock {
    /// Whoever comes in the moment before a later run writes its name reads none rather than this one. (A killed run
    /// leaves its name.)
    fn drop(&mut self) {
        let _ = self.file.set_len(0);
    }
}

fn write_holder(file: &mut File, holder: &Holder) -> io::Result<()> {
    file.set_len(0)?;
    file.rewind()?;
    serde_json::to_writer(&mut *file, holder)?;
    file.flush()
}

/// Who wrote the lock. The holder may have taken it a moment ago and not have written yet.
fn holder(file: &mut File) -> Option<Holder> {
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
