//! The text of a roster's file: reading it, what separates its cells, and its lines.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use strum::VariantArray;
use zeroize::Zeroizing;

use super::cells::{Cell, Lines, QuoteError};
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

/// What separates the cells of a roster. A job file names it by its word (`comma`) or as it is (`,`).
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, strum::Display, strum::EnumString, strum::VariantArray,
)]
pub enum Delimiter {
    /// `,`
    #[default]
    #[strum(to_string = "comma", serialize = ",")]
    Comma,
    /// `;`
    #[strum(to_string = "semicolon", serialize = ";")]
    Semicolon,
    /// A tab character.
    #[strum(to_string = "tab", serialize = "\t")]
    Tab,
}

impl Delimiter {
    /// The character itself.
    pub fn as_char(self) -> char {
        match self {
            Self::Comma => ',',
            Self::Semicolon => ';',
            Self::Tab => '\t',
        }
    }

    /// The delimiter that the first line names for Excel: `sep=;`.
    pub(super) fn declared_in(text: &str) -> Option<Self> {
        let first = text.split(['\r', '\n']).next()?.trim_matches('"');
        let (key, value) = first.split_at_checked("sep=".len())?;
        let declared = Self::VARIANTS.iter().find(|delimiter| value.chars().eq([delimiter.as_char()]));
        declared.copied().filter(|_| key.eq_ignore_ascii_case("sep="))
    }

    /// The delimiter of a text: the declared one, or the most frequent one of its first line.
    pub(super) fn detect(text: &str) -> Self {
        if let Some(declared) = Self::declared_in(text) {
            return declared;
        }
        let first = text.trim_start_matches(['\r', '\n']).split(['\r', '\n']).next().unwrap_or_default();
        let outside_quotes: String = first.split('"').step_by(2).collect();
        let count = |delimiter: Self| outside_quotes.matches(delimiter.as_char()).count();
        let mut best = Self::Comma;
        for other in [Self::Semicolon, Self::Tab] {
            if count(other) > count(best) {
                best = other;
            }
        }
        best
    }
}

#[cfg(test)]
mod tests {
    use super::Delimiter;

    #[test]
    fn detect_prefers_the_declared_delimiter() {
        for (text, delimiter) in [
            ("sep=;\na,b,c", Delimiter::Semicolon),
            ("\"SEP=\t\"\r\na,b", Delimiter::Tab),
            ("sep=comma\na;b", Delimiter::Comma),
            ("\r\na;\"b,c,d\"\n", Delimiter::Semicolon),
            ("a", Delimiter::Comma),
        ] {
            assert_eq!(Delimiter::detect(text), delimiter, "{text}");
        }
    }
}
