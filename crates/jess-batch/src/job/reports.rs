//! Where the reports of a job go.

use std::path::{Path, PathBuf};

use super::checked::Noting;
use super::wanted::Choices;
use crate::report::Format;

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

/// Paths in the file are relative to it, paths in flags to the current folder.
pub(super) fn check(
    entries: &[String],
    choices: &Choices,
    folder: &Path,
    noting: &mut Noting<'_>,
) -> Vec<ReportTarget> {
    let by_flag = choices.reports.is_some();
    let (entries, folder) = match &choices.reports {
        Some(by_flag) => (&by_flag[..], Path::new("")),
        None => (entries, folder),
    };
    let mut targets = Vec::new();
    for (index, entry) in entries.iter().enumerate() {
        let place = if by_flag { "--report".to_owned() } else { format!("reports[{index}]") };
        let target = if by_flag && entry == "-" {
            ReportTarget::StandardOutput
        } else {
            let path = folder.join(entry);
            let Some(format) = Format::of(&path) else {
                let known = Format::known();
                noting.note(&place, format!("this kind of report is not known; end the name with {known}"));
                continue;
            };
            ReportTarget::File { path, format }
        };
        if !targets.contains(&target) {
            targets.push(target);
        } else if target == ReportTarget::StandardOutput {
            noting.note(&place, "standard output is named twice; remove one");
        } else {
            noting.note(&place, "this report is named twice; remove one");
        }
    }
    targets
}
