//! Where the reports of a job go.

use std::collections::HashSet;
use std::fmt;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::checked::Source;
use super::choices::Choices;
use super::file::JobFile;
use super::format::Format;
use super::noting::Noting;
use super::roster::RosterKey;
use super::writable::check_writable;

/// Where a report goes, and how it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ReportTarget {
    /// Always JSON.
    StandardOutput,
    File {
        path: PathBuf,
        format: Format,
    },
}

impl ReportTarget {
    /// Whether it is a file that writing it replaces.
    pub(crate) fn is_there(&self) -> bool {
        match self {
            Self::StandardOutput => false,
            Self::File { path, .. } => path.exists(),
        }
    }
}

impl fmt::Display for ReportTarget {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::StandardOutput => formatter.write_str("standard output"),
            Self::File { path, .. } => write!(formatter, "{}", path.display()),
        }
    }
}

/// Paths in the file are relative to it, paths in flags to the current folder. `rehearsal`: the job is for a real service,
/// and only the command line makes a rehearsal of it; its reports must not replace the real ones.
pub(super) fn check(
    file: &JobFile,
    source: &Source,
    choices: &Choices,
    rehearsal: bool,
    noting: &mut Noting,
) -> Vec<ReportTarget> {
    let by_flag = choices.reports.is_some();
    let (entries, folder) = match &choices.reports {
        Some(by_flag) => (&by_flag[..], Path::new("")),
        None => (&file.reports[..], source.folder()),
    };
    let rosters = file.roster.iter().flat_map(RosterKey::files).map(|roster| source.folder().join(roster));
    let mut taken = TakenFiles::default();
    source.path().map(Path::to_owned).into_iter().chain(rosters).for_each(|path| taken.keep(&path));
    if rehearsal {
        let real = file.reports.iter().filter_map(|entry| with_time(entry, choices.now));
        real.for_each(|name| taken.keep(&source.folder().join(name)));
    }
    let mut targets = Vec::new();
    for (index, entry) in entries.iter().enumerate() {
        let place = if by_flag { "--report".to_owned() } else { format!("reports[{index}]") };
        let target = if by_flag && entry == "-" {
            Ok(ReportTarget::StandardOutput)
        } else {
            in_file(entry, folder, rehearsal && !by_flag, choices.now)
        };
        let Some(target) = noting.keep(&place, target) else { continue };
        if targets.contains(&target) {
            noting.note(&place, named_twice(&target));
            continue;
        }
        if let Some(problem) = flaw_of(&target, &mut taken) {
            noting.note(&place, problem);
        }
        targets.push(target);
    }
    targets
}

/// The file that an entry names.
fn in_file(entry: &str, folder: &Path, rehearsal: bool, now: Timestamp) -> Result<ReportTarget, String> {
    let name = with_time(entry, now).ok_or("only {date} and {time} can stand in braces")?;
    let path = folder.join(name);
    let format = Format::of(&path)
        .ok_or_else(|| format!("this kind of report is not known; end the name with {}", Format::known()))?;
    let path = if rehearsal { beside(&path) } else { path };
    Ok(ReportTarget::File { path, format })
}

fn named_twice(target: &ReportTarget) -> &'static str {
    match target {
        ReportTarget::StandardOutput => "standard output is named twice; remove one",
        ReportTarget::File { .. } => "this report is named twice; remove one",
    }
}

/// Why a report cannot be written where it is to go, or must not.
fn flaw_of(target: &ReportTarget, taken: &mut TakenFiles) -> Option<String> {
    let ReportTarget::File { path, .. } = target else { return None };
    let replaces = taken.take(path);
    let unwritable = || check_writable(path).err();
    // The path comes last: a long one is cut short where it is shown.
    replaces.or_else(|| unwritable().map(|error| format!("cannot be written: {error}: {}", path.display())))
}

/// Files that no report must replace, by their whole paths: those that are read, and other reports.
#[derive(Default)]
pub(crate) struct TakenFiles(HashSet<PathBuf>);

impl TakenFiles {
    /// A file that is read.
    pub(crate) fn keep(&mut self, path: &Path) {
        self.0.insert(whole(path));
    }

    /// Takes the file of a report, or says why it must be another one.
    pub(crate) fn take(&mut self, path: &Path) -> Option<String> {
        let is_free = self.0.insert(whole(path));
        (!is_free).then(|| {
            format!(
                "{} would replace a job file, a roster or another report; give it another name",
                path.display()
            )
        })
    }
}

fn whole(path: &Path) -> PathBuf {
    path.canonicalize().or_else(|_| std::path::absolute(path)).unwrap_or_default()
}

/// Where the report of a rehearsal goes: `lab-rehearsal.html` for `lab.html`.
fn beside(path: &Path) -> PathBuf {
    let mut name = path.file_stem().unwrap_or_default().to_owned();
    name.push("-rehearsal.");
    name.push(path.extension().unwrap_or_default());
    path.with_file_name(name)
}

/// The name of a report with `{date}` and `{time}` filled in, in UTC; nothing where other braces are left.
fn with_time(name: &str, now: Timestamp) -> Option<String> {
    let name = name
        .replace("{date}", &now.strftime("%Y-%m-%d").to_string())
        .replace("{time}", &now.strftime("%H%M%S").to_string());
    (!name.contains(['{', '}'])).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn date_and_time_are_filled_in_and_nothing_else_is() {
        let now: Timestamp = "2026-11-24T06:00:00.999Z".parse().expect("a time");
        let filled = |name| with_time(name, now);
        assert_eq!(
            filled("{date}/a-{time}-{date}.json").as_deref(),
            Some("2026-11-24/a-060000-2026-11-24.json")
        );
        for name in ["{week}.json", "{Date}.json", "{date.json", "}.json", "{{date}}.json"] {
            assert_eq!(filled(name), None, "{name}");
        }
    }
}
