//! Tables for the terminal.

use comfy_table::{ContentArrangement, Table, presets};

/// An empty table without lines, as wide as its contents.
pub(super) fn table(header: &[&str]) -> Table {
    let mut table = Table::new();
    table
        .load_style(presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Disabled)
        .set_header(header);
    table
}

/// The same, in at most this many columns of the terminal: long cells go on in further lines.
pub(super) fn table_within(header: &[&str], width: Option<usize>) -> Table {
    let mut table = table(header);
    if let Some(width) = width.and_then(|width| u16::try_from(width).ok()) {
        table.set_content_arrangement(ContentArrangement::Dynamic).set_width(width);
    }
    table
}

/// The width of the terminal that standard output is; none if it is no terminal.
pub(super) fn stdout_width() -> Option<usize> {
    terminal_size::terminal_size_of(std::io::stdout()).map(|(width, _)| usize::from(width.0))
}

/// The width of the terminal that standard error is; none if it is no terminal.
pub(super) fn stderr_width() -> Option<usize> {
    terminal_size::terminal_size_of(std::io::stderr()).map(|(width, _)| usize::from(width.0))
}
