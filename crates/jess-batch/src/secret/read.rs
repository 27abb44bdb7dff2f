//! Reading what may contain passwords without leaving copies of them in memory.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use zeroize::Zeroizing;

/// The bytes of a file; of one that is longer than `most`, one byte more than that.
///
/// # Errors
/// When it cannot be read.
pub fn read_file(path: &Path, most: usize) -> io::Result<Zeroizing<Vec<u8>>> {
    let file = File::open(path)?;
    let metadata = file.metadata()?;
    // A pipe has no length to go by.
    let length = if metadata.is_file() { usize::try_from(metadata.len()).unwrap_or(most) } else { most };
    read_bytes(file, length.min(most), most)
}

/// All that can be read, usually this many bytes; if it is more than `most`, one byte more than that.
///
/// # Errors
/// When it cannot be read.
pub fn read_bytes(reader: impl Read, length: usize, most: usize) -> io::Result<Zeroizing<Vec<u8>>> {
    // Allocated once: growing would leave copies behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(length + 2));
    reader.take(most as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}
