//! The text of a roster's file, and its lines.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use zeroize::Zeroizing;

use super::cells::{Cell, Lines, QuoteError};
use super::delimiter::Delimiter;
use crate::diagnostics::Location;

/// The largest roster that is read, in bytes.
const MAX_FILE_BYTES: u64 = 64 * 1024 * 1024;

/// The bytes of a file; of one that is too large, one byte more than allowed.
pub(super) fn read_bytes(path: &Path) -> io::Result<Zeroizing<Vec<u8>>> {
    let mut bytes = Zeroizing::new(Vec::new());
    let file = File::open(path)?;
    // All the room at once: growing would leave copies of passwords behind.
    bytes.reserve(usize::try_from(file.metadata()?.len().min(MAX_FILE_BYTES)).unwrap_or(0) + 1);
    file.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The text of a file, or what the file is instead.
pub(super) fn text_of(bytes: &[u8]) -> Result<&str, (Option<Location>, &'static str)> {
    if bytes.len() as u64 > MAX_FILE_BYTES {
        return Err((None, "the file is larger than 64 MiB; split it into smaller files"));
    }
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"\xd0\xcf\x11\xe0") {
        return Err((None, "the file is a spreadsheet, not a CSV file; save it as 'CSV UTF-8'"));
    }
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        return Err((None, "the file is encoded as UTF-16; save it as 'CSV UTF-8'"));
    }
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let valid = String::from_utf8_lossy(&bytes[..error.valid_up_to()]);
        let line = valid.matches('\n').count() + 1;
        let column = valid.rsplit('\n').next().map_or(0, |line| line.chars().count()) + 1;
        (Some(Location { line, column }), "the file is not valid UTF-8; save it as 'CSV UTF-8'")
    })?;
    if text.contains('\0') {
        return Err((None, "the file is not a text file; save it as 'CSV UTF-8'"));
    }
    Ok(text.strip_prefix('\u{feff}').unwrap_or(text))
}

/// The lines of a text that are not empty, without a declaration of the delimiter.
pub(super) fn filled_lines(
    text: &str,
    delimiter: Delimiter,
) -> impl Iterator<Item = Result<Vec<Cell<'_>>, QuoteError>> {
    let declaration = usize::from(Delimiter::declared_in(text).is_some());
    // A row that was emptied in a spreadsheet is still a line of delimiters.
    Lines::of(text, delimiter.as_char())
        .skip(declaration)
        .filter(|line| line.as_ref().map_or(true, |cells| !cells.iter().all(Cell::is_blank)))
}
