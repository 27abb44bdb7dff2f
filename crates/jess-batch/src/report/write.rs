//! Writing a report: whoever reads the file sees the old report or the new one, never half of one.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use super::model::Report;
use super::{csv, html, json, junit, markdown, prom};
use crate::job::{Format, ReportTarget, folder_of};
use crate::platform::{explain, new_file_beside};

/// Writes the report to its target, in the format of that target.
///
/// # Errors
/// When it cannot be written; what was there before is still there then.
pub fn write(report: &Report, target: &ReportTarget) -> io::Result<()> {
    match target {
        ReportTarget::StandardOutput => {
            let mut out = io::BufWriter::new(io::stdout().lock());
            json::write(report, &mut out)?;
            out.flush()
        }
        ReportTarget::File { path, format } => replace(path, |out| render(report, *format, out)),
    }
}

fn render(report: &Report, format: Format, out: &mut dyn Write) -> io::Result<()> {
    match format {
        Format::Json => json::write(report, out),
        Format::Html => html::write(report, out),
        Format::Csv => csv::write(report, out),
        Format::Markdown => markdown::write(report, out),
        Format::JUnit => junit::write(report, out),
        Format::Prom => prom::write(report, out),
    }
}

/// Replaces the file in one step, and makes its folder if need be.
fn replace(path: &Path, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    fs::create_dir_all(folder_of(path))?;
    // Its name does not end in .prom, so `node_exporter` does not read it before it is complete.
    let mut file = new_file_beside(path, folder_of(path))?;
    let mut out = io::BufWriter::new(file.as_file_mut());
    write(&mut out)?;
    out.flush()?;
    drop(out);
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| explain(error.error))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::testing::report;
    use super::*;

    #[test]
    fn write_replaces_a_report_and_keeps_its_mode() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("new/r.json");
        let target = ReportTarget::File { path: path.clone(), format: Format::Json };
        write(&report(Vec::new()), &target).expect("the report is written");
        let mut permissions = fs::metadata(&path).expect("the file").permissions();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            fs::set_permissions(&path, fs::Permissions::from_mode(0o4640)).expect("the mode is set");
            permissions.set_mode(0o100_640);
        }
        write(&report(Vec::new()), &target).expect("the report is replaced");
        assert_eq!(fs::metadata(&path).expect("the file").permissions(), permissions);
        assert_eq!(fs::read_dir(folder.path().join("new")).expect("the folder").count(), 1);
    }
}
