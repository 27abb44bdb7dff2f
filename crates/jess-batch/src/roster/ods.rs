//! ODS workbooks. Our own reader knows what people see in a cell, and does not write out what repeats.

use std::mem;

use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesStart, Event};
use zeroize::Zeroizing;

use super::archive::{Archive, PASSWORD, attribute, unreadable};
use super::table::{Cell, LeadingZeros, Line, MAX_BYTES, Problem, Source, TOO_MUCH_TEXT, Table, Unusable};

/// The longest text that a cell can have, in bytes. Spreadsheets take 32,767 characters.
const MAX_TEXT: usize = 131_072;
/// The most columns that spreadsheets have.
const MAX_COLUMNS: usize = 16_384;

/// The sheets of a workbook, in its order.
pub(super) fn read(archive: &mut Archive<'_>) -> Result<Vec<Table>, Problem> {
    let mut is_encrypted = false;
    archive.each_tag("META-INF/manifest.xml", |tag| {
        is_encrypted |= tag.local_name().as_ref() == "encryption-data";
    })?;
    if is_encrypted {
        return Err(PASSWORD.to_owned());
    }
    let mut reader = archive.xml("content.xml")?;
    let mut tables = Vec::new();
    let mut row = Row::default();
    let (mut buffer, mut skipped) = (Vec::new(), Vec::new());
    loop {
        buffer.clear();
        match reader.read_event_into(&mut buffer).map_err(unreadable)? {
            Event::Start(tag) => match tag.name().as_ref() {
                // A comment on a cell has paragraphs too, and a tracked change has cells.
                "office:annotation" | "table:tracked-changes" => {
                    reader.read_to_end_into(tag.name(), &mut skipped).map_err(unreadable)?;
                }
                "table:table" => {
                    tables.push(Table::new(Source::Sheet(attribute(&tag, "name").unwrap_or_default())));
                    row = Row::default();
                }
                "table:table-row" => row.start(&tag),
                "table:table-cell" | "table:covered-table-cell" => row.start_cell(&tag),
                "text:p" => row.start_paragraph(),
                "text:line-break" => row.add("\n"),
                "text:tab" => row.add("\t"),
                "text:s" => row.add(&" ".repeat(count(&tag, "c").min(MAX_COLUMNS))),
                _ => {}
            },
            Event::Text(text) => row.add(&text.xml10_content()),
            Event::GeneralRef(entity) => match entity.resolve_char_ref().map_err(unreadable)? {
                Some(character) => row.add(character.encode_utf8(&mut [0; 4])),
                None => row.add(resolve_predefined_entity(&entity).ok_or(()).map_err(unreadable)?),
            },
            Event::End(tag) => match tag.name().as_ref() {
                "text:p" => row.is_in_paragraph = false,
                "table:table-cell" | "table:covered-table-cell" => row.end_cell()?,
                "table:table-row" => {
                    if let Some(table) = tables.last_mut() {
                        row.end(table)?;
                    }
                }
                _ => {}
            },
            Event::Eof => return Ok(tables),
            _ => {}
        }
    }
}

/// How often a row, a cell or a space repeats.
fn count(tag: &BytesStart<'_>, name: &str) -> usize {
    attribute(tag, name).and_then(|count| count.parse().ok()).unwrap_or(1)
}

/// The row that is being read, and the cell.
#[derive(Default)]
struct Row {
    line: Line,
    /// How often the row repeats.
    repeats: usize,
    /// The index of the next column.
    column: usize,
    cell: Attributes,
    /// The text of the cell as people see it.
    text: Zeroizing<String>,
    is_in_paragraph: bool,
}

/// What the tag of a cell says.
#[derive(Default)]
struct Attributes {
    repeats: usize,
    kind: Option<String>,
    value: Option<f64>,
    is_formula: bool,
    is_error: bool,
}

impl Row {
    fn start(&mut self, tag: &BytesStart<'_>) {
        // The last row may have been repeated.
        let number = self.line.number.saturating_add(self.repeats.max(1));
        let is_hidden = attribute(tag, "visibility").is_some_and(|value| value != "visible");
        self.line = Line { number, is_hidden, ..Line::default() };
        self.repeats = count(tag, "number-rows-repeated");
        self.column = 0;
    }

    fn start_cell(&mut self, tag: &BytesStart<'_>) {
        self.cell = Attributes { repeats: count(tag, "number-columns-repeated"), ..Attributes::default() };
        for found in tag.attributes().flatten() {
            match found.key.as_ref() {
                "office:value-type" => self.cell.kind = Some(found.value.into_owned()),
                "office:value" => self.cell.value = found.value.parse().ok(),
                "table:formula" => self.cell.is_formula = true,
                "calcext:value-type" => self.cell.is_error = found.value == "error",
                _ => {}
            }
        }
        self.text = Zeroizing::default();
    }

    fn start_paragraph(&mut self) {
        self.is_in_paragraph = true;
        if !self.text.is_empty() {
            self.text.push('\n');
        }
    }

    fn add(&mut self, text: &str) {
        if self.is_in_paragraph && self.text.len() <= MAX_TEXT {
            self.text.push_str(text);
        }
    }

    fn end_cell(&mut self) -> Result<(), Problem> {
        let start = self.column;
        self.column = start.saturating_add(self.cell.repeats).min(MAX_COLUMNS);
        if let Some(cell) = self.value() {
            if cell.text().len() > MAX_TEXT || cell.text().len() * (self.column - start) > MAX_BYTES {
                return Err(TOO_MUCH_TEXT.to_owned());
            }
            self.line.cells.extend((start..self.column).map(|column| (column, cell.clone())));
        }
        Ok(())
    }

    fn value(&mut self) -> Option<Cell> {
        let text = mem::take(&mut self.text);
        Some(match self.cell.kind.as_deref() {
            _ if self.cell.is_error => Cell::Unusable(Unusable::Error),
            None if self.cell.is_formula => Cell::Unusable(Unusable::Formula),
            None | Some("string") if text.is_empty() => return None,
            None | Some("string") => Cell::Text(text),
            Some("float") => number(self.cell.value?, text),
            Some("boolean") => Cell::Unusable(Unusable::LogicalValue),
            Some("date" | "time") => Cell::Unusable(Unusable::DateOrTime),
            Some(_) => Cell::Unusable(Unusable::Number),
        })
    }

    fn end(&mut self, table: &mut Table) -> Result<(), Problem> {
        if self.line.cells.is_empty() {
            return Ok(());
        }
        for index in 0..self.repeats {
            let Line { number, is_hidden, .. } = self.line;
            let cells = self.line.cells.clone();
            table.push(Line { number: number + index, is_hidden, cells, ..Line::default() })?;
        }
        Ok(())
    }
}

/// A number that people see as this text, which has its leading zeros.
fn number(value: f64, text: Zeroizing<String>) -> Cell {
    let digits: Zeroizing<String> = Zeroizing::new(text.chars().filter(char::is_ascii_digit).collect());
    if text.len() == digits.len() && text.parse() == Ok(value) {
        Cell::Digits(text)
    } else if digits.is_empty() {
        // Such as TRUE.
        Cell::Unusable(Unusable::Number)
    } else if digits.starts_with(&*Zeroizing::new(value.to_string())) {
        Cell::number(value, LeadingZeros::None)
    } else {
        Cell::number(value, LeadingZeros::Unknown)
    }
}
