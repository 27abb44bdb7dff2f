//! Log lines, on standard error or in a file.
//!
//! Only this project's own crates are heard, whatever `RUST_LOG` says: nobody has promised that the lines of
//! an HTTP library hold no password.

use std::fs::{File, OpenOptions};
use std::io::{self, IsTerminal, Write};
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
use super::say;
use super::screen::Screen;

/// What `--log-format` can be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum LogFormat {
    /// Lines for people.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

/// Starts the log: nothing at `verbosity` 0, the run and its requests at 1, everything at 2. `RUST_LOG` can
/// only raise it. Who names a file and says no more means 1.
pub(crate) fn start(verbosity: u8, rust_log: Option<&str>, format: LogFormat, file: Option<LogFile>) {
    let by_variable =
        rust_log.filter(|text| !text.trim().is_empty()).and_then(|text| text.parse::<Targets>().ok());
    let least = u8::from(file.is_some() && by_variable.is_none());
    let filter = filter(verbosity.max(least), &by_variable.unwrap_or_default());
    let colours = file.is_none() && io::stderr().is_terminal();
    let writer = match file {
        Some(file) => BoxMakeWriter::new(Arc::new(file)),
        None => BoxMakeWriter::new(|| Screen),
    };
    let lines = tracing_subscriber::fmt::layer().with_writer(writer);
    let lines = match format {
        LogFormat::Text => lines.with_ansi(colours).boxed(),
        LogFormat::Json => lines.fmt_fields(JsonFields::new()).event_format(JsonLines).boxed(),
    };
    // A second start can only happen in tests; the first log then goes on.
    let _ = tracing_subscriber::registry().with(filter).with(lines).try_init();
}

fn filter(verbosity: u8, by_variable: &Targets) -> Targets {
    let by_flag = match verbosity {
        0 => LevelFilter::OFF,
        1 => LevelFilter::DEBUG,
        _ => LevelFilter::TRACE,
    };
    let level_of = |name: &'static str| {
        let asked = by_variable.iter().filter(|(target, _)| *target == name).map(|(_, level)| level).max();
        by_flag.max(asked.or(by_variable.default_level()).unwrap_or(LevelFilter::OFF))
    };
    let ours = ["ensims_client", "ensims_sandbox", "jess_batch"];
    Targets::new().with_targets(ours.map(|name| (name, level_of(name))))
}

/// A file that lines are appended to. Each line is one write, so several runs can share it.
pub(crate) struct LogFile {
    file: File,
    failed: AtomicBool,
}

impl LogFile {
    /// Opens the file, or makes it, readable by its owner alone: it has the names of people.
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        let mut options = OpenOptions::new();
        options.append(true).create(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        Ok(Self { file: options.open(path)?, failed: AtomicBool::new(false) })
    }
}

impl Write for &LogFile {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let written = (&self.file).write_all(line);
        // The run is worth more than its log, so it goes on.
        if let Err(error) = &written
            && !self.failed.swap(true, Ordering::Relaxed)
        {
            say(&format!("error: the log file cannot be written: {error}; the log has gaps"));
        }
        written.map(|()| line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
