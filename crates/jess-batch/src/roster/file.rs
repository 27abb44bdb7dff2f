//! From the file of a roster to a table.

use std::io::{self, ErrorKind};
use std::path::Path;

use super::csv;
use super::headings::heading_line;
use super::key::RosterEntry;
use super::table::{MAX_BYTES, Table};
use super::workbook;
use crate::diagnostics::one_of;
use crate::platform::read_input;

/// Why a roster cannot be read as a table, and what to do about it.
#[derive(Debug)]
pub enum RosterError {
    /// The system cannot read the file.
    Unreadable(io::Error),
    /// A key below the entry of the roster in the job file is wrong.
    Key(&'static str, String),
    /// The file is wrong.
    File(String),
}

/// The table in a file: of a workbook, the sheet that the job file names, or the first one with an e-mail column, with the
/// names of the others that have one.
pub(super) fn read_table(path: &Path, entry: &RosterEntry) -> Result<(Table, Vec<String>), RosterError> {
    let bytes = read_input(path, MAX_BYTES as u64).map_err(|error| match error.kind() {
        ErrorKind::FileTooLarge => {
            RosterError::File("the file is larger than 64 MiB; split it into smaller files".to_owned())
        }
        _ => RosterError::Unreadable(error),
    })?;
    let columns = entry.columns.as_ref();
    if !workbook::is_workbook(&bytes) {
        if entry.sheet.is_some() {
            return Err(RosterError::Key("sheet", "a CSV file has no sheets; remove this key".to_owned()));
        }
        let table = csv::read(bytes, entry.delimiter(), columns).map_err(RosterError::File)?;
        return if table.lines.is_empty() { Err(empty()) } else { Ok((table, Vec::new())) };
    }
    if entry.delimiter.is_some() {
        return Err(RosterError::Key("delimiter", "a workbook has no delimiter; remove this key".to_owned()));
    }
    let mut tables = workbook::read(&bytes).map_err(RosterError::File)?;
    let names: Vec<String> = tables.iter().map(|table| table.sheet_name().to_owned()).collect();
    let mut candidates = Vec::new();
    for (index, table) in tables.iter().enumerate() {
        let is_candidate = match &entry.sheet {
            Some(sheet) => table.sheet_name() == sheet,
            None => heading_line(&table.lines, columns).is_some(),
        };
        candidates.extend(is_candidate.then_some(index));
    }
    if candidates.is_empty() && entry.sheet.is_some() {
        return Err(RosterError::Key("sheet", format!("there is no such sheet; give {}", one_of(&names))));
    }
    if tables.is_empty() {
        return Err(RosterError::File("the workbook has no sheets".to_owned()));
    }
    let others = candidates.iter().skip(1).map(|index| names[*index].clone()).collect();
    let has_lines = |table: &Table| !table.lines.is_empty();
    let index = candidates.first().copied().or_else(|| tables.iter().position(has_lines));
    let table = tables.swap_remove(index.ok_or_else(empty)?);
    if table.lines.is_empty() {
        return Err(RosterError::Key("sheet", "this sheet is empty; give another one".to_owned()));
    }
    Ok((table, others))
}

fn empty() -> RosterError {
    RosterError::File("the file is empty".to_owned())
}
