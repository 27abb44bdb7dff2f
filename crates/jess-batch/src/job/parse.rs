//! From the source of a job to its job file.

use std::fs::File;
use std::io::{self, Read};

use zeroize::Zeroizing;

use super::file::JobFile;
use super::schema::SCHEMA;
use super::source::JobSource;
use super::yaml::{self, Node};
use crate::diagnostics::{Diagnostic, Diagnostics};

/// The largest job file that is read, in bytes.
const MAX_FILE_BYTES: usize = 8 * 1024 * 1024;

/// Reads the text of a job; of one that is too large, just enough to notice that.
///
/// # Errors
/// When the source cannot be read.
pub fn read_text(source: &JobSource) -> io::Result<Zeroizing<Vec<u8>>> {
    let limit = MAX_FILE_BYTES as u64 + 1;
    let mut text = Zeroizing::new(Vec::new());
    match source.path() {
        Some(path) => {
            let file = File::open(path)?;
            // Allocated once: growing would leave copies of passwords behind.
            let size = file.metadata()?.len().min(limit);
            text.reserve(usize::try_from(size).unwrap_or(0) + 1);
            file.take(limit).read_to_end(&mut text)?
        }
        None => io::stdin().lock().take(limit).read_to_end(&mut text)?,
    };
    Ok(text)
}

/// Reads the job file in a text, and the locations of its parts.
pub(super) fn parse(source: &JobSource, text: &[u8]) -> Result<(JobFile, Node), Diagnostics> {
    let file = source.to_string();
    if text.len() > MAX_FILE_BYTES {
        return Err(
            Diagnostic::of_file(file, "the file is larger than 8 MiB; split it into smaller files").into()
        );
    }
    match std::str::from_utf8(text) {
        Ok(text) => yaml::read(&file, text, &SCHEMA),
        Err(_) => Err(Diagnostic::of_file(file, "the file is not valid UTF-8; save it as UTF-8").into()),
    }
}
