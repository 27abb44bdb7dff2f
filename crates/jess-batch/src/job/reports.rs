//! Where the reports of a job go.

use std::fmt;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::format::Format;
use super::noting::Noting;
use super::wanted::Choices;

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

impl fmt::Display for ReportTarget {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::StandardOutput => formatter.write_str("standard output"),
            Self::File { path, .. } => write!(formatter, "{}", path.display()),
        }
    }
}

/// Paths in the file are relative to it, paths in flags to the current folder.
pub(super) fn check(
    entries: &[String],
    choices: &Choices,
    folder: &Path,
    noting: &mut Noting,
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
            let Some(name) = with_time(entry, choices.now) else {
                noting.note(&place, "only {date} and {time} can stand in braces");
                continue;
            };
            let path = folder.join(name);
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
