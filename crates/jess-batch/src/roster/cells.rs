//! The lines and cells of a CSV text, each cell with its location.
//!
//! Stricter than CSV libraries, which read an open quote up to the end of the file, drop what follows a closing quote,
//! and do not know the location of a cell.

use zeroize::Zeroizing;

use crate::diagnostics::Location;

/// One cell as it is written in the text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cell<'a> {
    /// Without the quotes around it.
    raw: &'a str,
    /// Within quotes, a quote is doubled.
    quoted: bool,
    pub(super) location: Location,
}

impl Cell<'_> {
    /// The value of the cell. It may be a password.
    pub(super) fn text(&self) -> Zeroizing<String> {
        Zeroizing::new(if self.quoted { self.raw.replace("\"\"", "\"") } else { self.raw.to_owned() })
    }

    pub(super) fn is_empty(&self) -> bool {
        self.raw.is_empty()
    }

    pub(super) fn is_blank(&self) -> bool {
        self.raw.trim().is_empty()
    }
}

/// Where a quote is in the wrong place, and the message about it.
pub(super) type QuoteError = (Location, &'static str);

const NEVER_CLOSED: &str = "the quote that opens here is never closed; close it. A value that contains a quote must be in double quotes, with each quote inside it doubled";
const CLOSED_EARLY: &str = "the quote that opens here is closed in the middle of the value. A value that contains a quote must be in double quotes, with each quote inside it doubled";

/// The lines of a text, without those that have no characters.
pub(super) struct Lines<'a> {
    rest: &'a str,
    delimiter: char,
    location: Location,
}

impl<'a> Lines<'a> {
    pub(super) fn of(text: &'a str, delimiter: char) -> Self {
        Self { rest: text, delimiter, location: Location { line: 1, column: 1 } }
    }

    /// Moves forward by `length` bytes, and returns the text up to there.
    fn take(&mut self, length: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at(length);
        self.rest = rest;
        let mut chars = taken.chars().peekable();
        while let Some(c) = chars.next() {
            if c == '\n' || (c == '\r' && chars.peek() != Some(&'\n')) {
                self.location = Location { line: self.location.line + 1, column: 1 };
            } else {
                self.location.column += 1;
            }
        }
        taken
    }

    /// Moves past a line break, if there is one here.
    fn take_line_break(&mut self) -> bool {
        let length = match self.rest.as_bytes() {
            [b'\r', b'\n', ..] => 2,
            [b'\r' | b'\n', ..] => 1,
            _ => return false,
        };
        self.take(length);
        true
    }

    /// Moves to the next of these characters, or to the end of the text.
    fn take_until(&mut self, ends: &[char]) -> &'a str {
        self.take(self.rest.find(ends).unwrap_or(self.rest.len()))
    }

    fn take_cell(&mut self) -> Result<Cell<'a>, QuoteError> {
        let location = self.location;
        if !self.rest.starts_with('"') {
            let raw = self.take_until(&[self.delimiter, '\r', '\n']);
            return Ok(Cell { raw, quoted: false, location });
        }
        let Some(end) = closing_quote(&self.rest[1..]) else {
            // Everything that follows would be read as one value.
            self.rest = "";
            return Err((location, NEVER_CLOSED));
        };
        let raw = &self.take(end + 2)[1..=end];
        if self.rest.is_empty() || self.rest.starts_with([self.delimiter, '\r', '\n']) {
            Ok(Cell { raw, quoted: true, location })
        } else {
            self.take_until(&['\r', '\n']);
            Err((location, CLOSED_EARLY))
        }
    }

    fn take_line(&mut self) -> Result<Vec<Cell<'a>>, QuoteError> {
        let mut cells = vec![self.take_cell()?];
        while self.rest.starts_with(self.delimiter) {
            self.take(self.delimiter.len_utf8());
            cells.push(self.take_cell()?);
        }
        self.take_line_break();
        Ok(cells)
    }
}

impl<'a> Iterator for Lines<'a> {
    type Item = Result<Vec<Cell<'a>>, QuoteError>;

    fn next(&mut self) -> Option<Self::Item> {
        while self.take_line_break() {}
        if self.rest.is_empty() { None } else { Some(self.take_line()) }
    }
}

/// The position of the quote that closes the text. Two quotes in a row are part of the text.
fn closing_quote(text: &str) -> Option<usize> {
    let mut start = 0;
    loop {
        let quote = start + text[start..].find('"')?;
        if !text[quote + 1..].starts_with('"') {
            return Some(quote);
        }
        start = quote + 2;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{Strategy, proptest};

    use super::Lines;
    use crate::roster::Delimiter;

    const HEADINGS: [&str; 4] = ["name", "email", "ensims_password", "jess_username"];

    fn value() -> impl Strategy<Value = String> {
        proptest::string::string_regex("[a-zé,;\t\"\r\n '#🦀]{0,8}").expect("a pattern")
    }

    fn written(delimiter: u8, table: &[Vec<String>]) -> String {
        let mut writer = csv::WriterBuilder::new().delimiter(delimiter).from_writer(Vec::new());
        writer.write_record(HEADINGS).expect("it can be written");
        for line in table {
            writer.write_record(line).expect("it can be written");
        }
        String::from_utf8(writer.into_inner().expect("it is written")).expect("UTF-8")
    }

    proptest! {
        #[test]
        fn lines_read_back_what_a_csv_library_writes(
            table in proptest::collection::vec(proptest::collection::vec(value(), HEADINGS.len()), 0..6),
            delimiter in proptest::sample::select(b",;\t".as_slice()),
        ) {
            let text = written(delimiter, &table);
            assert_eq!(Delimiter::detect(&text).as_char(), char::from(delimiter));
            let lines = Lines::of(&text, char::from(delimiter)).skip(1);
            let read: Vec<Vec<String>> = lines
                .map(|line| line.expect("sound quotes").iter().map(|cell| cell.text().to_string()).collect())
                .collect();
            assert_eq!(read, table);
        }
    }

    #[test]
    fn cell_knows_its_location() {
        let text = "\r\né;\"b\nc\";d\r\n\n;e\rf";
        let lines = Lines::of(text, ';').map(|line| line.expect("sound quotes"));
        let locations: Vec<Vec<(usize, usize)>> = lines
            .map(|line| line.iter().map(|cell| (cell.location.line, cell.location.column)).collect())
            .collect();
        assert_eq!(locations, [vec![(2, 1), (2, 3), (3, 4)], vec![(5, 1), (5, 2)], vec![(6, 1)]]);
    }
}
