//! The formats of report files, told by the end of the file's name.

use std::path::Path;

/// How a report is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// Everything, for programs.
    Json,
    /// A page for people.
    Html,
    /// A line for each account, for spreadsheets.
    Csv,
    /// A table to paste.
    Markdown,
    /// `JUnit` XML, for CI servers.
    JUnit,
    /// Numbers for Prometheus, read by `node_exporter`'s text-file collector.
    Prom,
}

impl Format {
    const ALL: [Self; 6] = [Self::Json, Self::Html, Self::Csv, Self::Markdown, Self::JUnit, Self::Prom];

    /// The format that the end of a file's name stands for.
    pub(crate) fn of(path: &Path) -> Option<Self> {
        let extension = path.extension()?;
        Self::ALL.into_iter().find(|format| extension.eq_ignore_ascii_case(format.extension()))
    }

    /// Whether it can say how accounts stand, and not only how a run went.
    pub(crate) fn can_show_status(self) -> bool {
        matches!(self, Self::Json | Self::Csv)
    }

    /// The ends of names that are known, such as ".json, .csv or .prom".
    pub(crate) fn known() -> String {
        let [first @ .., last] = Self::ALL.map(|format| format!(".{}", format.extension()));
        format!("{} or {last}", first.join(", "))
    }

    /// What the name of a report looks like, as a regular expression for editors.
    pub(crate) fn pattern() -> String {
        format!("\\.({})$", Self::ALL.map(Self::extension).join("|"))
    }

    fn extension(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Html => "html",
            Self::Csv => "csv",
            Self::Markdown => "md",
            Self::JUnit => "xml",
            Self::Prom => "prom",
        }
    }
}
