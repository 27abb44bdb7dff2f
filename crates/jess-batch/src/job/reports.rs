//! Where the reports of a job are written.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use tempfile::NamedTempFile;

use super::collector::Collector;
use super::detour::Detour;
use super::file::JobFile;
use super::inputs::ReservedPaths;
use super::overrides::Overrides;
use super::paths::{Format, JobSource, ReportTarget, folder_of};
use crate::platform::show_path;

/// The reports of a job. Paths in the job file are relative to it, paths in flags to the current folder. Every error is
/// reported. They must not replace the inputs of the job, nor on a detour the reports of its own runs.
pub(super) fn validate(
    file: &JobFile,
    source: &JobSource,
    overrides: &Overrides,
    detour: Option<&Detour>,
    inputs: &[PathBuf],
    collector: &mut Collector,
) -> Vec<ReportTarget> {
    let mut reserved = ReservedPaths::default();
    for path in inputs {
        reserved.insert(path);
    }
    if detour.is_some() {
        for name in file.reports.iter().filter_map(|entry| fill_in_time(entry, overrides.now)) {
            reserved.insert(&source.folder().join(name));
        }
    }
    let from_flag = overrides.reports.is_some();
    let is_typed = from_flag && !overrides.reports_from_variable;
    let (entries, folder) = match &overrides.reports {
        Some(entries) => (entries, Path::new("")),
        None => (&file.reports, source.folder()),
    };
    let mut targets = Vec::new();
    for (index, entry) in entries.iter().enumerate() {
        let subject = subject(from_flag, index);
        let target = if from_flag && entry == "-" {
            Ok(ReportTarget::StandardOutput)
        } else {
            file_target(entry, folder, detour.filter(|_| !is_typed), overrides.now)
        };
        let Some(target) = collector.value(&subject, target) else { continue };
        if targets.contains(&target) {
            let name = if target == ReportTarget::StandardOutput { "standard output" } else { "this report" };
            collector.error(&subject, format!("{name} is listed twice; remove one"));
            continue;
        }
        if let ReportTarget::File { path, format } = &target {
            let free = reserved.reserve(path).and_then(|()| check_replaceable(path, *format));
            collector.value(&subject, free.and_then(|()| check_writable(path)));
        }
        targets.push(target);
    }
    targets
}

/// What messages about a report begin with.
pub(super) fn subject(from_flag: bool, index: usize) -> String {
    if from_flag { "--report".to_owned() } else { format!("reports[{index}]") }
}

/// How much of a file is read to see whether it is a report.
const BEGINNING: u64 = 64 * 1024;

/// Checks that a report replaces no file of the user. An empty file is nobody's.
fn check_replaceable(path: &Path, format: Format) -> Result<(), String> {
    // Opening a named pipe would block.
    if !path.is_file() {
        return Ok(());
    }
    let mut beginning = Vec::new();
    // What cannot be read is not known to be anything else.
    let read = File::open(path).and_then(|file| file.take(BEGINNING).read_to_end(&mut beginning));
    if read.is_err() || beginning.is_empty() || String::from_utf8_lossy(&beginning).contains(format.mark()) {
        return Ok(());
    }
    let path = show_path(path);
    Err(format!("{path} exists and is not a report of jess-batch; remove it or give another name"))
}

/// Checks whether a file can be written, before anything is sent.
fn check_writable(path: &Path) -> Result<(), String> {
    // The path comes last: a long one is cut short when it is shown.
    probe(path).map_err(|error| format!("the report cannot be written: {error}: {}", show_path(path)))
}

/// Creates no folder, and leaves no file behind.
fn probe(path: &Path) -> io::Result<()> {
    if path.is_dir() {
        return Err(io::Error::new(ErrorKind::IsADirectory, "it is a folder"));
    }
    let existing = folder_of(path).ancestors().find(|folder| folder.exists()).unwrap_or(Path::new("."));
    if !existing.is_dir() {
        return Err(io::Error::new(ErrorKind::NotADirectory, "a file has the name of its folder"));
    }
    check_name(path)?;
    // In the path itself, a folder that does not exist yet hides that a name is too long.
    for name in path {
        check_name(&existing.join(name))?;
    }
    NamedTempFile::new_in(existing).map(drop).map_err(|error| io::Error::from(error.kind()))
}

/// Checks whether a file could have this name: it may be too long.
fn check_name(path: &Path) -> io::Result<()> {
    match fs::symlink_metadata(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn file_target(
    entry: &str,
    folder: &Path,
    detour: Option<&Detour>,
    now: Timestamp,
) -> Result<ReportTarget, String> {
    let name =
        fill_in_time(entry, now).ok_or("braces can contain only {date} or {time}; remove the others")?;
    let mut path = folder.join(name);
    let format = Format::of(&path)
        .ok_or_else(|| format!("this file extension is not supported; use {}", Format::known_extensions()))?;
    if let Some(detour) = detour {
        path = detour.rename(&path);
    }
    Ok(ReportTarget::File { path, format })
}

/// The name of a report with `{date}` and `{time}` filled in, in UTC; nothing if other braces are left.
fn fill_in_time(name: &str, now: Timestamp) -> Option<String> {
    let name = name
        .replace("{date}", &now.strftime("%Y-%m-%d").to_string())
        .replace("{time}", &now.strftime("%H%M%S").to_string());
    (!name.contains(['{', '}'])).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn report_name_gets_date_and_time_and_no_other_braces() {
        let now: Timestamp = "2026-11-24T06:00:00.999Z".parse().expect("a time");
        assert_eq!(
            fill_in_time("{date}/a-{time}-{date}.json", now).as_deref(),
            Some("2026-11-24/a-060000-2026-11-24.json")
        );
        for name in ["{week}.json", "{Date}.json", "{date.json", "}.json", "{{date}}.json"] {
            assert_eq!(fill_in_time(name, now), None, "{name}");
        }
    }
}
