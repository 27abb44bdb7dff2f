//! Log lines, on standard error or in a file.
//!
//! Only the lines of this project's own crates are written, whatever `RUST_LOG` says: nobody promises that those of an
//! HTTP library contain no password.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::format::JsonFields;
use tracing_subscriber::fmt::writer::BoxMakeWriter;
use tracing_subscriber::layer::{Layer, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;

use super::json_lines::JsonLines;
use super::output::{Screen, status};
use super::text::Stream;
use crate::platform::open_log;

const OUR_CRATES: [&str; 3] = ["ensims_client", "ensims_sandbox", "jess_batch"];

/// What `--log-format` can be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum LogFormat {
    /// Lines for people.
    #[default]
    Text,
    /// One JSON object per line.
    Json,
}

/// Starts the log: nothing at `verbosity` 0, the run and its requests at 1, everything at 2. `RUST_LOG` can only raise
/// that. A log file without either means 1.
pub fn start_log(verbosity: u8, rust_log: Option<&str>, format: LogFormat, file: Option<Arc<LogFile>>) {
    let by_variable = rust_log.filter(|text| !text.trim().is_empty()).map(str::parse::<Targets>);
    if let Some(Err(_)) = by_variable {
        status("RUST_LOG cannot be read and is ignored; use for example RUST_LOG=ensims_client=debug.");
    }
    let by_variable = by_variable.and_then(Result::ok);
    let least = u8::from(file.is_some() && by_variable.is_none());
    let filter = filter(verbosity.max(least), &by_variable.unwrap_or_default());
    let colored = file.is_none() && Stream::Err.is_colored();
    let writer = match file {
        Some(file) => BoxMakeWriter::new(file),
        None => BoxMakeWriter::new(|| Screen),
    };
    let lines = tracing_subscriber::fmt::layer().with_writer(writer);
    let lines = match format {
        LogFormat::Text => lines.with_ansi(colored).boxed(),
        LogFormat::Json => lines.fmt_fields(JsonFields::new()).event_format(JsonLines).boxed(),
    };
    // A second start can only come from a test in the same process; the first log stays.
    let _ = tracing_subscriber::registry().with(filter).with(lines).try_init();
}

fn filter(verbosity: u8, by_variable: &Targets) -> Targets {
    let by_flag = match verbosity {
        0 => LevelFilter::OFF,
        1 => LevelFilter::DEBUG,
        _ => LevelFilter::TRACE,
    };
    let by_default = by_flag.max(by_variable.default_level().unwrap_or(LevelFilter::OFF));
    let named = by_variable.iter().filter(|(target, _)| is_ours(target));
    Targets::new()
        .with_targets(OUR_CRATES.map(|name| (name, by_default)))
        .with_targets(named.map(|(target, level)| (target.to_owned(), level.max(by_flag))))
}

fn is_ours(target: &str) -> bool {
    let crate_name = target.split("::").next().unwrap_or_default();
    OUR_CRATES.contains(&crate_name)
}

/// A log file, to which lines are appended. Each line is one write, so several runs can share the file.
pub struct LogFile {
    file: File,
    lacks_lines: AtomicBool,
}

impl LogFile {
    /// Opens the file, or creates it for its owner alone: it contains the names of people.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub fn open(path: &Path) -> io::Result<Self> {
        let file = open_log(path)?;
        Ok(Self { file, lacks_lines: AtomicBool::new(false) })
    }

    /// Whether a line could not be written.
    pub fn lacks_lines(&self) -> bool {
        self.lacks_lines.load(Ordering::Relaxed)
    }
}

impl Write for &LogFile {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let written = (&self.file).write_all(line);
        // The run is worth more than its log, so the run goes on.
        if let Err(error) = &written
            && !self.lacks_lines.swap(true, Ordering::Relaxed)
        {
            status(&format!("error: the log file cannot be written: {error}; lines are missing from it"));
        }
        written.map(|()| line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
