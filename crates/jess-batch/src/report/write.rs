//! Writing a report: a reader of the file sees the old one or the new one, never half of one.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use tempfile::NamedTempFile;

use super::run_report::Report;
use super::status::StatusReport;
use super::{csv, html, json, junit, markdown, prom, status_csv};
use crate::job::{Format, ReportTarget, folder_of};

/// Writes the report of a run where it is to go, in the format of that place.
pub(crate) fn write(report: &Report, target: &ReportTarget) -> io::Result<()> {
    put(target, |format, out| match format {
        Format::Json => json::write(report, out),
        Format::Html => html::write(report, out),
        Format::Csv => csv::write(report, out),
        Format::Markdown => markdown::write(report, out),
        Format::JUnit => junit::write(report, out),
        Format::Prom => prom::write(report, out),
    })
}

/// Writes how the accounts stand where that is to go.
///
/// # Errors
/// When it cannot be written, also because the format is one for runs only.
pub(crate) fn write_status(report: &StatusReport, target: &ReportTarget) -> io::Result<()> {
    put(target, |format, out| match format {
        Format::Json => json::write(report, out),
        Format::Csv => status_csv::write(report, out),
        Format::Html | Format::Markdown | Format::JUnit | Format::Prom => {
            Err(io::Error::new(io::ErrorKind::Unsupported, "this format is for runs"))
        }
    })
}

fn put(
    target: &ReportTarget,
    render: impl FnOnce(Format, &mut dyn Write) -> io::Result<()>,
) -> io::Result<()> {
    match target {
        ReportTarget::StandardOutput => {
            let mut out = io::BufWriter::new(io::stdout().lock());
            render(Format::Json, &mut out)?;
            out.flush()
        }
        ReportTarget::File { path, format } => {
            fs::create_dir_all(folder_of(path))?;
            // Its name does not end in .prom, so node_exporter does not read it before it is whole.
            let mut file = NamedTempFile::new_in(folder_of(path))?;
            let mut out = io::BufWriter::new(file.as_file_mut());
            render(*format, &mut out)?;
            out.flush()?;
            drop(out);
            set_mode(&file, path)?;
            file.as_file().sync_all()?;
            file.persist(path)?;
            Ok(())
        }
    }
}

/// A replaced report keeps its mode; a new one gets the usual one, which a temporary file does not have.
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

/// What the umask leaves of 0666, found by making a file: the umask itself cannot be read safely.
#[cfg(unix)]
fn usual_mode(folder: &Path) -> io::Result<u32> {
    use std::os::unix::fs::PermissionsExt;
    let probe =
        tempfile::Builder::new().permissions(fs::Permissions::from_mode(0o666)).tempfile_in(folder)?;
    Ok(probe.as_file().metadata()?.permissions().mode() & 0o777)
}
