//! Writing a report: a reader of the file sees the old one or the new one, never half of one.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use tempfile::NamedTempFile;

use super::run_report::Report;
use super::status::StatusReport;
use super::{csv, html, json, junit, markdown, prom, status_csv};
use crate::job::{Format, ReportTarget};

/// Finds out before anything is sent whether the report can be written. Makes no folder yet.
pub(crate) fn check_target(target: &ReportTarget) -> io::Result<()> {
    let ReportTarget::File { path, .. } = target else { return Ok(()) };
    if path.is_dir() {
        return Err(io::Error::new(io::ErrorKind::IsADirectory, "it is a folder"));
    }
    let folder = parent(path);
    let there = folder.ancestors().find(|folder| folder.exists()).unwrap_or(Path::new("."));
    if !there.is_dir() {
        return Err(io::Error::new(io::ErrorKind::NotADirectory, "a file stands where its folder should be"));
    }
    check_name(path)?;
    // Folders of the path that are yet to be made would hide a name that is too long.
    path.iter().try_for_each(|name| check_name(&there.join(name)))?;
    NamedTempFile::new_in(there).map(drop).map_err(|error| io::Error::from(error.kind()))
}

/// Finds out whether a file could have this name: it may be too long.
fn check_name(path: &Path) -> io::Result<()> {
    match fs::symlink_metadata(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

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
            fs::create_dir_all(parent(path))?;
            // Its name does not end in .prom, so node_exporter does not read it before it is whole.
            let mut file = NamedTempFile::new_in(parent(path))?;
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

fn parent(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// A replaced report keeps its mode; a new one gets the usual one, which a temporary file does not have.
#[cfg(unix)]
fn set_mode(file: &NamedTempFile, path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let mode = match fs::metadata(path) {
        Ok(old) => old.permissions(),
        Err(_) => fs::Permissions::from_mode(usual_mode(parent(path))?),
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
