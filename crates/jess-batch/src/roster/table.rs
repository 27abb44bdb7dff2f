//! What a roster is read into, whatever the format of its file: lines of typed cells.

use std::fmt;

use zeroize::Zeroizing;

use crate::diagnostics::Location;

/// The largest roster, in bytes: of its file, and of what a spreadsheet unpacks to.
pub(super) const MAX_BYTES: usize = 64 * 1024 * 1024;
/// What is wrong with a table that is longer than that.
pub(super) const TOO_MUCH_TEXT: &str =
    "the cells contain more text than a class list has; keep only the class list";
/// The most filled cells of a roster.
pub(super) const MAX_CELLS: usize = 2_000_000;

/// What is wrong with a whole file, and what to do about it.
pub(super) type Problem = String;

/// The value of a cell that is filled in. It may be a password.
#[derive(Clone, Debug)]
pub(super) enum Cell {
    Text(Zeroizing<String>),
    /// A number that is whole, with the leading zeros that its format shows.
    Digits(Zeroizing<String>),
    Unusable(Unusable),
}

/// What a spreadsheet has in a cell in place of text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unusable {
    Number,
    /// A number of which nobody knows here whether its format shows leading zeros.
    FormattedNumber,
    DateOrTime,
    LogicalValue,
    Error,
    /// A formula without a stored value.
    Formula,
}

/// How the format of a number shows leading zeros.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LeadingZeros {
    None,
    /// The number has at least so many digits.
    Width(usize),
    Unknown,
}

impl Cell {
    pub(super) fn text_of(text: impl Into<String>) -> Self {
        Self::Text(Zeroizing::new(text.into()))
    }

    /// The cell of a number. Spreadsheets keep fifteen digits of it.
    pub(super) fn number(value: f64, zeros: LeadingZeros) -> Self {
        if value.fract() != 0.0 || !(0.0..1e15).contains(&value) {
            return Self::Unusable(Unusable::Number);
        }
        match zeros {
            LeadingZeros::None => Self::Digits(Zeroizing::new(format!("{value}"))),
            LeadingZeros::Width(width) => Self::Digits(Zeroizing::new(format!("{value:0width$}"))),
            LeadingZeros::Unknown => Self::Unusable(Unusable::FormattedNumber),
        }
    }

    /// The text of the cell as it is written; empty if it is neither text nor a whole number.
    pub(super) fn text(&self) -> &str {
        match self {
            Self::Text(text) | Self::Digits(text) => text,
            Self::Unusable(_) => "",
        }
    }

    pub(super) fn is_blank(&self) -> bool {
        matches!(self, Self::Text(text) if text.trim().is_empty())
    }
}

impl Unusable {
    /// What is wrong with the cell, and what to do about it.
    pub(super) fn message(self) -> &'static str {
        match self {
            Self::Number => {
                "the spreadsheet stores this as a number, which may not be what was typed; format the cell as text and type the value again"
            }
            Self::FormattedNumber => {
                "this number may be shown with leading zeros that are not stored; format the cell as text and type the value again"
            }
            Self::DateOrTime => {
                "the spreadsheet stores this as a date or time; format the cell as text and type the value again"
            }
            Self::LogicalValue => {
                "the spreadsheet stores this as a logical value; format the cell as text and type the value again"
            }
            Self::Error => "this is a spreadsheet error, not a value; correct it in the spreadsheet",
            Self::Formula => {
                "this formula has no stored value; open the file in a spreadsheet program and save it again, or type the value"
            }
        }
    }
}

impl LeadingZeros {
    /// What a number format such as `0000` shows.
    pub(super) fn of_format(format: &str) -> Self {
        let whole = format.split([';', '.']).next().unwrap_or_default();
        match whole.matches('0').count() {
            0 | 1 => Self::None,
            width if width == whole.len() => Self::Width(width),
            _ => Self::Unknown,
        }
    }
}

/// One line or row.
#[derive(Debug, Default)]
pub(super) struct Line {
    /// Its number in the file, from 1.
    pub(super) number: usize,
    /// The filled cells with the index of their columns, from left to right.
    pub(super) cells: Vec<(usize, Cell)>,
    /// How many cells a line of a text file has, empty ones too.
    pub(super) width: Option<usize>,
    /// Whether the spreadsheet hides the row.
    pub(super) is_hidden: bool,
    /// Why the line cannot be read: the column of a misplaced quote, and what is wrong with it.
    pub(super) damage: Option<(usize, &'static str)>,
}

impl Line {
    pub(super) fn cell(&self, column: usize) -> Option<&Cell> {
        let (_, cell) = self.cells.iter().find(|(other, _)| *other == column)?;
        Some(cell)
    }

    pub(super) fn cell_mut(&mut self, column: usize) -> Option<&mut Cell> {
        let (_, cell) = self.cells.iter_mut().find(|(other, _)| *other == column)?;
        Some(cell)
    }

    /// A row that was emptied in a spreadsheet is still a line of delimiters.
    pub(super) fn is_blank(&self) -> bool {
        self.damage.is_none() && self.cells.iter().all(|(_, cell)| cell.is_blank())
    }
}

/// What a file is, beside its accounts.
#[derive(Clone, Debug)]
pub enum Source {
    /// Text with a delimiter.
    Csv {
        /// The encoding.
        encoding: Encoding,
        /// What separates the cells.
        delimiter: Delimiter,
    },
    /// The sheet of a workbook with this name.
    Sheet(String),
}

/// The encoding of a CSV file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::Display)]
pub enum Encoding {
    /// UTF-8, with or without a mark at the start.
    #[strum(to_string = "UTF-8")]
    Utf8,
    /// UTF-16, with a mark at the start.
    #[strum(to_string = "UTF-16")]
    Utf16,
    /// Neither of them, so that it is probably what Windows uses in Western Europe and America.
    #[strum(to_string = "Windows-1252 (guessed)")]
    Windows1252,
}

/// What separates the cells of a CSV file. A job file names it by its word (`comma`) or as it is (`,`).
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
}

/// Writes `UTF-8, separated by commas` or `sheet Students`.
impl fmt::Display for Source {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Csv { encoding, delimiter } => write!(formatter, "{encoding}, separated by {delimiter}s"),
            Self::Sheet(name) => write!(formatter, "sheet {name}"),
        }
    }
}

/// All lines of a CSV file or a sheet that are not blank.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) source: Source,
    pub(super) lines: Vec<Line>,
    cells: usize,
    /// How long the texts of the cells are.
    bytes: usize,
}

impl Table {
    pub(super) fn new(source: Source) -> Self {
        Self { source, lines: Vec::new(), cells: 0, bytes: 0 }
    }

    /// The name of the sheet; empty for a CSV file.
    pub(super) fn sheet_name(&self) -> &str {
        match &self.source {
            Source::Csv { .. } => "",
            Source::Sheet(name) => name,
        }
    }

    /// Adds a line below the others, unless it is blank.
    pub(super) fn push(&mut self, mut line: Line) -> Result<(), Problem> {
        line.cells.sort_by_key(|(column, _)| *column);
        self.cells += line.cells.len();
        if self.cells > MAX_CELLS {
            return Err(format!("there are more than {MAX_CELLS} filled cells; keep only the class list"));
        }
        // A short file can repeat a long text.
        self.bytes += line.cells.iter().map(|(_, cell)| cell.text().len()).sum::<usize>();
        if self.bytes > MAX_BYTES {
            return Err(TOO_MUCH_TEXT.to_owned());
        }
        if !line.is_blank() {
            self.lines.push(line);
        }
        Ok(())
    }
}

/// Where a cell is. `heading` is that of its column, if it may be shown.
pub(super) fn location(source: &Source, line: usize, column: usize, heading: Option<&str>) -> Location {
    let column = column + 1;
    match source {
        Source::Csv { .. } => Location::Line { line, column, heading: heading.map(str::to_owned) },
        Source::Sheet(name) => Location::Cell { sheet: name.clone(), row: line, column },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn number_keeps_the_leading_zeros_of_its_format_or_is_refused() {
        for (value, format, text) in [
            (123.0, "General", Some("123")),
            (123.0, "0", Some("123")),
            (1234.0, "#,##0.00", Some("1234")),
            (123.0, "00000", Some("00123")),
            (0.0, "0000;-0000", Some("0000")),
            (123.0, "00-00", None),
            (123.0, "\"A\"000", None),
            (1.5, "0000", None),
            (-1.0, "General", None),
            (1e15, "General", None),
        ] {
            let cell = Cell::number(value, LeadingZeros::of_format(format));
            assert_eq!((!cell.text().is_empty()).then(|| cell.text()), text, "{value} as {format}");
        }
    }
}
