//! The lines and cells of a CSV text, each cell with its place.
//!
//! Stricter than CSV libraries, which take an open quote for a value up to the end of the file, drop what follows a
//! closing one, and know no place of a cell.

use zeroize::Zeroizing;

use crate::job::mistake::Place;

/// One cell as it stands in the text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cell<'a> {
    /// Without the quotes around it.
    raw: &'a str,
    /// Within quotes a quote stands twice.
    quoted: bool,
    pub(super) place: Place,
}

impl Cell<'_> {
    /// What the cell says. It may be a password.
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

/// A quote that is not as it should be.
#[derive(Debug)]
pub(super) struct Flaw {
    pub(super) place: Place,
    pub(super) problem: &'static str,
}

/// The lines of a text; those without any character are left out.
pub(super) struct Lines<'a> {
    rest: &'a str,
    delimiter: char,
    place: Place,
}

impl<'a> Lines<'a> {
    pub(super) fn of(text: &'a str, delimiter: char) -> Self {
        Self { rest: text, delimiter, place: Place { line: 1, column: 1 } }
    }

    /// Takes text away from the rest, up to this byte.
    fn take(&mut self, length: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at(length);
        self.rest = rest;
        let breaks = line_breaks(taken);
        match breaks.last() {
            None => self.place.column += taken.chars().count(),
            Some(end) => {
                self.place.line += breaks.len();
                self.place.column = taken[*end..].chars().count() + 1;
            }
        }
        taken
    }

    /// Takes the end of a line, if it stands here.
    fn line_end(&mut self) -> bool {
        let length = match self.rest.as_bytes() {
            [b'\r', b'\n', ..] => 2,
            [b'\r' | b'\n', ..] => 1,
            _ => return false,
        };
        self.take(length);
        true
    }

    fn cell(&mut self) -> Result<Cell<'a>, Flaw> {
        let place = self.place;
        if !self.rest.starts_with('"') {
            let end = self.rest.find([self.delimiter, '\r', '\n']);
            let raw = self.take(end.unwrap_or(self.rest.len()));
            return Ok(Cell { raw, quoted: false, place });
        }
        let flaw = |problem| Flaw { place, problem };
        let end = closing_quote(&self.rest[1..]).ok_or_else(|| flaw(NEVER_CLOSED))?;
        let raw = self.take(end + 2);
        let raw = &raw[1..=end];
        let at_end = self.rest.is_empty() || self.rest.starts_with([self.delimiter, '\r', '\n']);
        if at_end { Ok(Cell { raw, quoted: true, place }) } else { Err(flaw(GOES_ON)) }
    }

    fn line(&mut self) -> Result<Vec<Cell<'a>>, Flaw> {
        let mut cells = vec![self.cell()?];
        while self.rest.starts_with(self.delimiter) {
            self.take(self.delimiter.len_utf8());
            cells.push(self.cell()?);
        }
        self.line_end();
        Ok(cells)
    }
}

const NEVER_CLOSED: &str = "the quote that begins here is never closed; close it. A value that holds a quote must stand in quotes, with each of its own quotes twice";
const GOES_ON: &str = "the quote that begins here is closed in the middle of a value. A value that holds a quote must stand in quotes, with each of its own quotes twice";

impl<'a> Iterator for Lines<'a> {
    type Item = Result<Vec<Cell<'a>>, Flaw>;

    fn next(&mut self) -> Option<Self::Item> {
        while self.line_end() {}
        if self.rest.is_empty() {
            return None;
        }
        let line = self.line();
        match &line {
            Ok(_) => {}
            // All that follows would be read as one value.
            Err(Flaw { problem: NEVER_CLOSED, .. }) => self.rest = "",
            Err(_) => {
                self.take(self.rest.find(['\r', '\n']).unwrap_or(self.rest.len()));
            }
        }
        Some(line)
    }
}

/// Where the quoted text that begins here is closed.
fn closing_quote(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = 0;
    loop {
        at += text[at..].find('"')?;
        if bytes.get(at + 1) != Some(&b'"') {
            return Some(at);
        }
        at += 2;
    }
}

/// The ends of all line breaks in a text.
fn line_breaks(text: &str) -> Vec<usize> {
    let bytes = text.as_bytes();
    let is_end = |at: &usize| match bytes[*at] {
        b'\n' => true,
        b'\r' => bytes.get(at + 1) != Some(&b'\n'),
        _ => false,
    };
    (0..bytes.len()).filter(is_end).map(|at| at + 1).collect()
}

/// The delimiter that the first line names for Excel: `sep=;`.
pub(super) fn delimiter_named(text: &str) -> Option<char> {
    let first = text.split(['\r', '\n']).next()?.trim_matches('"');
    let (key, delimiter) = first.split_at_checked("sep=".len())?;
    let named = [',', ';', '\t'].into_iter().find(|known| delimiter.chars().eq([*known]));
    named.filter(|_| key.eq_ignore_ascii_case("sep="))
}

/// The delimiter of a text, found in its first line.
pub(super) fn delimiter_of(text: &str) -> char {
    if let Some(named) = delimiter_named(text) {
        return named;
    }
    let first = text.trim_start_matches(['\r', '\n']);
    let first = first.split(['\r', '\n']).next().unwrap_or_default();
    let outside_quotes: Vec<&str> = first.split('"').step_by(2).collect();
    let count =
        |delimiter: char| outside_quotes.iter().map(|part| part.matches(delimiter).count()).sum::<usize>();
    let [comma, semicolon, tab] = [',', ';', '\t'].map(count);
    if tab > comma.max(semicolon) {
        '\t'
    } else if semicolon > comma {
        ';'
    } else {
        ','
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{Strategy, proptest};

    use super::*;

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
        fn what_a_csv_library_writes_reads_back_the_same(
            table in proptest::collection::vec(proptest::collection::vec(value(), HEADINGS.len()), 0..6),
            delimiter in proptest::sample::select(b",;\t".as_slice()),
        ) {
            let text = written(delimiter, &table);
            assert_eq!(delimiter_of(&text), char::from(delimiter));
            let lines = Lines::of(&text, char::from(delimiter)).skip(1);
            let read: Vec<Vec<String>> = lines
                .map(|line| line.expect("sound quotes").iter().map(|cell| cell.text().to_string()).collect())
                .collect();
            assert_eq!(read, table);
        }
    }

    #[test]
    fn a_cell_knows_its_place() {
        let text = "\r\né;\"b\nc\";d\r\n\n;e\rf";
        let lines = Lines::of(text, ';').map(|line| line.expect("sound quotes"));
        let places: Vec<Vec<(usize, usize)>> = lines
            .map(|line| line.iter().map(|cell| (cell.place.line, cell.place.column)).collect())
            .collect();
        assert_eq!(places, [vec![(2, 1), (2, 3), (3, 4)], vec![(5, 1), (5, 2)], vec![(6, 1)]]);
    }
}
