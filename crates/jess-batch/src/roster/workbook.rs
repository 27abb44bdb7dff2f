//! Workbooks: XLSX and XLS through a library, ODS through our own reader.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::io::Cursor;
use std::mem;

use calamine::{CellType, Data, DataType, Range, Reader, Xls, XlsError, Xlsx, XlsxError};
use quick_xml::events::BytesStart;

use super::archive::{Archive, PASSWORD, attribute, unreadable};
use super::ods;
use super::table::{Cell, LeadingZeros, Line, MAX_CELLS, Problem, Source, Table, Unusable};

/// The beginning of every zip file, which XLSX and ODS are.
const ZIP: &[u8] = b"PK\x03\x04";
/// The beginning of an XLS file, and of an XLSX file with a password.
const COMPOUND: &[u8] = b"\xd0\xcf\x11\xe0";

/// Whether a file is a workbook by its first bytes.
pub(super) fn is_workbook(bytes: &[u8]) -> bool {
    bytes.starts_with(ZIP) || bytes.starts_with(COMPOUND)
}

/// The sheets of a workbook, in its order.
pub(super) fn read(bytes: &[u8]) -> Result<Vec<Table>, Problem> {
    if bytes.starts_with(COMPOUND) {
        return read_xls(bytes);
    }
    let mut archive = Archive::open(bytes)?;
    if archive.has("content.xml") {
        return ods::read(&mut archive);
    }
    read_xlsx(bytes, &mut archive)
}

fn read_xlsx(bytes: &[u8], archive: &mut Archive<'_>) -> Result<Vec<Table>, Problem> {
    // The library trusts this number, and makes room for as many texts.
    let mut declared: usize = 0;
    let strings = "xl/sharedStrings.xml";
    if archive.has(strings) {
        archive.each_tag(strings, |tag| {
            declared =
                declared.max(attribute(tag, "uniqueCount").and_then(|count| count.parse().ok()).unwrap_or(0));
        })?;
    }
    if declared > MAX_CELLS {
        return Err(unreadable(declared));
    }
    let mut workbook = Xlsx::new(Cursor::new(bytes)).map_err(unreadable)?;
    let mut tables = Vec::new();
    for name in workbook.sheet_names() {
        let zeros = match leading_zeros(&mut workbook, &name) {
            // A chart has no cells.
            Err(XlsxError::NotAWorksheet(_)) => continue,
            other => other.map_err(unreadable)?,
        };
        let hidden = hidden_rows(archive, &name).unwrap_or_default();
        let mut reader = workbook.worksheet_cells_reader(&name).map_err(unreadable)?;
        let mut rows = Rows::of_sheet(name, hidden);
        while let Some(record) = reader.next_cell_with_formula_metadata().map_err(unreadable)? {
            let zeros = zeros.get(&record.pos).copied().unwrap_or(LeadingZeros::None);
            if let Some(cell) = cell(&record.value.into(), record.formula.is_some(), zeros) {
                rows.push(record.pos, cell)?;
            }
        }
        tables.push(rows.into_table()?);
    }
    Ok(tables)
}

/// Collects cells, which come row by row, into the lines of a table.
struct Rows {
    table: Table,
    line: Line,
    hidden: HashSet<usize>,
}

impl Rows {
    fn of_sheet(name: String, hidden: HashSet<usize>) -> Self {
        Self { table: Table::new(Source::Sheet(name)), line: Line::default(), hidden }
    }

    fn push(&mut self, (row, column): (u32, u32), cell: Cell) -> Result<(), Problem> {
        let number = row as usize + 1;
        if number != self.line.number {
            self.table.push(mem::take(&mut self.line))?;
            self.line = Line { number, is_hidden: self.hidden.contains(&number), ..Line::default() };
        }
        self.line.cells.push((column as usize, cell));
        Ok(())
    }

    fn into_table(mut self) -> Result<Table, Problem> {
        self.table.push(self.line)?;
        Ok(self.table)
    }
}

/// The cells of a sheet whose format shows leading zeros.
fn leading_zeros(
    workbook: &mut Xlsx<Cursor<&[u8]>>,
    sheet: &str,
) -> Result<HashMap<(u32, u32), LeadingZeros>, XlsxError> {
    let mut reader = workbook.worksheet_cells_reader(sheet)?;
    let mut of_styles = Vec::new();
    for style in reader.styles() {
        let format = style.number_format.as_ref().map_or("General", |format| &format.format_code);
        of_styles.push(LeadingZeros::of_format(format));
    }
    let mut found = HashMap::new();
    if of_styles.iter().any(|zeros| *zeros != LeadingZeros::None) {
        while let Some((row, column, style)) = reader.next_style_id()? {
            if of_styles[style] != LeadingZeros::None {
                found.insert((row, column), of_styles[style]);
            }
        }
    }
    Ok(found)
}

/// The numbers of the rows that are hidden, which the library does not give. None if the sheet is not found.
fn hidden_rows(archive: &mut Archive<'_>, sheet: &str) -> Option<HashSet<usize>> {
    let (mut id, mut target) = (None, None);
    let find_id = |tag: &BytesStart<'_>| {
        if tag.local_name().as_ref() == "sheet" && attribute(tag, "name").as_deref() == Some(sheet) {
            id = attribute(tag, "id");
        }
    };
    archive.each_tag("xl/workbook.xml", find_id).ok()?;
    let find_target = |tag: &BytesStart<'_>| {
        if id.is_some() && attribute(tag, "Id") == id {
            target = attribute(tag, "Target");
        }
    };
    archive.each_tag("xl/_rels/workbook.xml.rels", find_target).ok()?;
    let target = target?;
    let part = target.strip_prefix('/').map_or_else(|| format!("xl/{target}"), str::to_owned);
    let (mut hidden, mut number) = (HashSet::new(), 0);
    let find_hidden = |tag: &BytesStart<'_>| {
        if tag.local_name().as_ref() == "row" {
            number = attribute(tag, "r").and_then(|number| number.parse().ok()).unwrap_or(number + 1);
            if attribute(tag, "hidden").is_some_and(|value| value == "1" || value == "true") {
                hidden.insert(number);
            }
        }
    };
    archive.each_tag(&part, find_hidden).ok()?;
    Some(hidden)
}

fn cell(value: &Data, is_formula: bool, zeros: LeadingZeros) -> Option<Cell> {
    Some(match value {
        Data::Int(_) | Data::Float(_) => Cell::number(value.as_f64()?, zeros),
        Data::String(text) if text.is_empty() => return None,
        Data::String(text) => Cell::text_of(text),
        Data::Bool(_) => Cell::Unusable(Unusable::LogicalValue),
        Data::DateTime(_) | Data::DateTimeIso(_) | Data::DurationIso(_) => {
            Cell::Unusable(Unusable::DateOrTime)
        }
        Data::Error(_) => Cell::Unusable(Unusable::Error),
        Data::Empty if is_formula => Cell::Unusable(Unusable::Formula),
        Data::Empty => return None,
    })
}

fn read_xls(bytes: &[u8]) -> Result<Vec<Table>, Problem> {
    let encrypted: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
    if bytes.windows(encrypted.len()).any(|window| window == encrypted) {
        return Err(PASSWORD.to_owned());
    }
    let mut workbook = match Xls::new(Cursor::new(bytes)) {
        Err(XlsError::Password) => return Err(PASSWORD.to_owned()),
        other => other.map_err(unreadable)?,
    };
    let mut tables = Vec::new();
    for name in workbook.sheet_names() {
        let values = workbook.worksheet_range(&name).map_err(unreadable)?;
        let formulas = workbook.worksheet_formula(&name).map_err(unreadable)?;
        let mut cells = BTreeMap::new();
        for (position, _) in positions(&formulas) {
            cells.insert(position, Cell::Unusable(Unusable::Formula));
        }
        for (position, value) in positions(&values) {
            // The library does not give the formats of numbers.
            match cell(value, false, LeadingZeros::Unknown) {
                Some(cell) => cells.insert(position, cell),
                None => cells.remove(&position),
            };
        }
        let mut rows = Rows::of_sheet(name, HashSet::new());
        for (position, cell) in cells {
            rows.push(position, cell)?;
        }
        tables.push(rows.into_table()?);
    }
    Ok(tables)
}

/// The cells of a range, each with its row and column in the sheet.
fn positions<T: CellType>(range: &Range<T>) -> impl Iterator<Item = ((u32, u32), &T)> {
    let (top, left) = range.start().unwrap_or_default();
    range.used_cells().filter_map(move |(row, column, value)| {
        Some(((top + u32::try_from(row).ok()?, left + u32::try_from(column).ok()?), value))
    })
}
