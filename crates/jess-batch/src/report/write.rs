//! Writing a report: whoever reads the file sees the old report or the new one, never half of one.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use tempfile::NamedTempFile;

use super::model::Report;
use super::{csv, html, json, junit, markdown, prom};
use crate::job::{Format, ReportTarget, folder_of};

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

/// Writes the report in a format.
///
/// # Errors
/// When `out` does not take it.
pub fn render(report: &Report, format: Format, out: &mut dyn Write) -> io::Result<()> {
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
    // Its name does not end in .prom, so node_exporter does not read it before it is complete.
    let mut file = NamedTempFile::new_in(folder_of(path))?;
    let mut out = io::BufWriter::new(file.as_file_mut());
    write(&mut out)?;
    out.flush()?;
    drop(out);
    set_mode(&file, path)?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    Ok(())
}

/// A replaced report keeps its mode; a new one gets the usual mode, which a temporary file does not have.
#[cfg(unix)]
fn set_mode(file: &NamedTempFile, path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let mode = match fs::metadata(path) {
        Ok(old) => old.permissions(),
        Err(_) => fs::Permissions::from_mode(usual_mode(folder_of(path))?),
    };
    file.as_file().set_permissions(mode)
}

#[cfg(not(unix))]
fn set_mode(_file: &NamedTempFile, _path: &Path) -> io::Result<()> {
    Ok(())
}

/// What the umask leaves of 0666, found by creating a file: the umask itself cannot be read safely.
#[cfg(unix)]
fn usual_mode(folder: &Path) -> io::Result<u32> {
    use std::os::unix::fs::PermissionsExt;
    let probe =
        tempfile::Builder::new().permissions(fs::Permissions::from_mode(0o666)).tempfile_in(folder)?;
    Ok(probe.as_file().metadata()?.permissions().mode() & 0o777)
}
