//! CSV files, as spreadsheets write them.

use std::cmp::Reverse;
use std::mem;

use encoding_rs::{UTF_8, WINDOWS_1252};
use strum::VariantArray;
use zeroize::{Zeroize, Zeroizing};

use super::headings::heading_line;
use super::key::ColumnsEntry;
use super::table::{Cell, Delimiter, Encoding, Line, Problem, Source, Table};

const NEVER_CLOSED: &str = "the quote that opens here is never closed; close it. A value that contains a quote must be in double quotes, with each quote inside it doubled";
const CLOSED_EARLY: &str = "the quote that opens here is closed in the middle of the value. A value that contains a quote must be in double quotes, with each quote inside it doubled";
const NOT_TEXT: &str = "the file is neither text nor a spreadsheet; save the list as .xlsx or as CSV";

/// Reads a file. Without a delimiter, the one that makes headings of a line is taken; `columns` are those of the job file.
pub(super) fn read(
    bytes: Zeroizing<Vec<u8>>,
    delimiter: Option<Delimiter>,
    columns: Option<&ColumnsEntry>,
) -> Result<Table, Problem> {
    let (mut text, encoding) = decode(bytes)?;
    if text.contains('\0') {
        return Err(NOT_TEXT.to_owned());
    }
    let declared = declared_delimiter(&text);
    if declared.is_some() {
        let end = text.find(['\r', '\n']).unwrap_or(text.len());
        // The line stays, so that the others keep their numbers.
        text.replace_range(..end, "");
    }
    let delimiter = delimiter.or(declared).unwrap_or_else(|| detect(&text, columns));
    let mut table = Table::new(Source::Csv { encoding, delimiter });
    for line in Lines::of(&text, delimiter) {
        table.push(line)?;
    }
    Ok(table)
}

/// The text of a file, and its encoding.
fn decode(mut bytes: Zeroizing<Vec<u8>>) -> Result<(Zeroizing<String>, Encoding), Problem> {
    if let Some((encoding, length)) = encoding_rs::Encoding::for_bom(&bytes) {
        if encoding != UTF_8 {
            let text = encoding.decode_without_bom_handling_and_without_replacement(&bytes[length..]);
            let text = text.ok_or("the file begins as UTF-16, but is not; save it as 'CSV UTF-8'")?;
            return Ok((Zeroizing::new(text.into_owned()), Encoding::Utf16));
        }
        bytes.drain(..length);
    }
    match String::from_utf8(mem::take(&mut *bytes)) {
        Ok(text) => Ok((Zeroizing::new(text), Encoding::Utf8)),
        Err(error) => {
            let mut bytes = error.into_bytes();
            let (text, _) = WINDOWS_1252.decode_without_bom_handling(&bytes);
            let text = Zeroizing::new(text.into_owned());
            bytes.zeroize();
            Ok((text, Encoding::Windows1252))
        }
    }
}

/// The delimiter that the first line names for Excel: `sep=;`.
fn declared_delimiter(text: &str) -> Option<Delimiter> {
    let first = text.split(['\r', '\n']).next()?.trim_matches('"');
    let (key, value) = first.split_at_checked("sep=".len())?;
    let declared = Delimiter::VARIANTS.iter().find(|delimiter| value.chars().eq([delimiter.as_char()]));
    declared.copied().filter(|_| key.eq_ignore_ascii_case("sep="))
}

/// The delimiter that makes headings of a line; without one, the most frequent one of the first line.
fn detect(text: &str, columns: Option<&ColumnsEntry>) -> Delimiter {
    let first = text.trim_start_matches(['\r', '\n']).split(['\r', '\n']).next().unwrap_or_default();
    let outside_quotes: String = first.split('"').step_by(2).collect();
    let mut candidates = Delimiter::VARIANTS.to_vec();
    candidates.sort_by_key(|one| Reverse(outside_quotes.matches(one.as_char()).count()));
    let makes_headings = |delimiter: &Delimiter| heading_line(Lines::of(text, *delimiter), columns).is_some();
    candidates.iter().copied().find(makes_headings).unwrap_or(candidates[0])
}

/// The lines of a text.
struct Lines<'a> {
    text: &'a str,
    delimiter: Delimiter,
    reader: csv::Reader<&'a [u8]>,
    record: csv::StringRecord,
    line_end: char,
    /// The start of the last line, and its number.
    start: usize,
    number: usize,
}

impl<'a> Lines<'a> {
    fn of(text: &'a str, delimiter: Delimiter) -> Self {
        let mut builder = csv::ReaderBuilder::new();
        builder.has_headers(false).flexible(true).delimiter(delimiter.as_char() as u8);
        Self {
            text,
            delimiter,
            reader: builder.from_reader(text.as_bytes()),
            record: csv::StringRecord::new(),
            line_end: if text.contains('\n') { '\n' } else { '\r' },
            start: 0,
            number: 1,
        }
    }
}

impl Iterator for Lines<'_> {
    type Item = Line;

    fn next(&mut self) -> Option<Line> {
        let mut start = usize::try_from(self.reader.position().byte()).ok()?;
        if !self.reader.read_record(&mut self.record).ok()? {
            return None;
        }
        let end = usize::try_from(self.reader.position().byte()).ok()?;
        // The library skips empty lines, and counts them to the line that follows.
        start += self.text[start..end].len() - self.text[start..end].trim_start_matches(['\r', '\n']).len();
        self.number += self.text[self.start..start].matches(self.line_end).count();
        self.start = start;
        let filled = self.record.iter().enumerate().filter(|(_, text)| !text.is_empty());
        let mut cells = Vec::with_capacity(self.record.len());
        cells.extend(filled.map(|(column, text)| (column, Cell::text_of(text))));
        Some(Line {
            number: self.number,
            cells,
            width: Some(self.record.len()),
            damage: misplaced_quote(&self.text[start..end], self.delimiter.as_char()),
            ..Line::default()
        })
    }
}

/// The column with a quote in the wrong place, and the message about it. The library accepts any quotes: it reads one that
/// is not closed up to the end of the file, and drops one in the middle.
fn misplaced_quote(line: &str, delimiter: char) -> Option<(usize, &'static str)> {
    let mut rest = line;
    for column in 0.. {
        if let Some(value) = rest.strip_prefix('"') {
            let Some(length) = quoted_length(value) else { return Some((column, NEVER_CLOSED)) };
            rest = &value[length..];
            if !rest.is_empty() && !rest.starts_with([delimiter, '\r', '\n']) {
                return Some((column, CLOSED_EARLY));
            }
        }
        rest = rest.split_once(delimiter)?.1;
    }
    None
}

/// The length of a value up to and with its closing quote. Two quotes in a row are part of the value.
fn quoted_length(value: &str) -> Option<usize> {
    let mut length = 0;
    loop {
        length += value[length..].find('"')? + 1;
        if !value[length..].starts_with('"') {
            return Some(length);
        }
        length += 1;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{Strategy, proptest};

    use super::*;

    fn read_all(text: &[u8]) -> Table {
        read(Zeroizing::new(text.to_vec()), None, None).expect("a table")
    }

    fn value() -> impl Strategy<Value = String> {
        proptest::string::string_regex("[a-zé,;\t\"\r\n '#🦀]{0,8}").expect("a pattern")
    }

    proptest! {
        #[test]
        fn lines_read_back_what_a_csv_library_writes(
            table in proptest::collection::vec(proptest::collection::vec(value(), 4), 0..6),
            delimiter in proptest::sample::select(Delimiter::VARIANTS),
        ) {
            let mut writer = csv::WriterBuilder::new().delimiter(delimiter.as_char() as u8).from_writer(Vec::new());
            writer.write_record(["name", "email", "ensims_password", "jess_username"]).expect("it can be written");
            for line in &table {
                writer.write_record(line).expect("it can be written");
            }
            let text = String::from_utf8(writer.into_inner().expect("it is written")).expect("UTF-8");
            assert_eq!(detect(&text, None), delimiter);
            for (line, written) in Lines::of(&text, delimiter).skip(1).zip(table) {
                assert_eq!((line.damage, line.width), (None, Some(4)));
                let read: Vec<&str> = (0..4).map(|column| line.cell(column).map_or("", Cell::text)).collect();
                assert_eq!(read, written);
            }
        }
    }

    #[test]
    fn line_has_its_number_in_the_file() {
        for text in ["\r\né;\"b\nc\";d\r\n\n;e\nf", "\n\u{e9};\"b\nc\";d\n\n;e\nf", "\ré;\"b\rc\";d\r\r;e\rf"]
        {
            let numbers: Vec<usize> = Lines::of(text, Delimiter::Semicolon).map(|line| line.number).collect();
            assert_eq!(numbers, [2, 5, 6], "{text:?}");
        }
    }

    #[test]
    fn delimiter_is_declared_or_makes_headings() {
        for (text, delimiter) in [
            ("sep=;\na,b,c", Delimiter::Semicolon),
            ("\"SEP=\t\"\r\na,b", Delimiter::Tab),
            ("sep=comma\na;b", Delimiter::Comma),
            ("\r\na;\"b,c,d\"\n", Delimiter::Semicolon),
            ("Building physics, winter\nname;email\n", Delimiter::Semicolon),
            ("a", Delimiter::Comma),
        ] {
            let Source::Csv { delimiter: found, .. } = read_all(text.as_bytes()).source else { panic!() };
            assert_eq!(found, delimiter, "{text}");
        }
    }

    #[test]
    fn encoding_is_recognized() {
        let utf_16 = |bytes: fn(u16) -> [u8; 2]| "\u{feff}Zoë".encode_utf16().flat_map(bytes).collect();
        for (bytes, encoding) in [
            (b"Zo\xc3\xab".to_vec(), Encoding::Utf8),
            ("\u{feff}Zoë".as_bytes().to_vec(), Encoding::Utf8),
            (utf_16(u16::to_le_bytes), Encoding::Utf16),
            (utf_16(u16::to_be_bytes), Encoding::Utf16),
            (b"Zo\xeb".to_vec(), Encoding::Windows1252),
        ] {
            let table = read_all(&bytes);
            assert!(
                matches!(table.source, Source::Csv { encoding: found, .. } if found == encoding),
                "{encoding}"
            );
            assert_eq!(table.lines[0].cell(0).map(Cell::text), Some("Zoë"));
        }
    }
}
