//! JSON reports: the whole of a report, of a run or of how the accounts stand.

use std::io::{self, Write};

use serde::Serialize;

pub(super) fn write(report: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, report)?;
    out.write_all(b"\n")
}
