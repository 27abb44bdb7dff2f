//! Log lines, on standard error or in a file.
//!
//! Only this project's own crates are heard, whatever `RUST_LOG` says: nobody has promised that the lines of
//! an HTTP library hold no password.

use std::fs::{File, OpenOptions};
use std::io::{self, IsTerminal, Read, Write};
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

/// What a line for programs begins with.
const BEFORE_TIME: &[u8] = b"{\"timestamp\":\"";

const OURS: [&str; 3] = ["ensims_client", "ensims_sandbox", "jess_batch"];

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
    let by_variable = rust_log.filter(|text| !text.trim().is_empty()).map(str::parse::<Targets>);
    if let Some(Err(_)) = by_variable {
        say("RUST_LOG cannot be read and is left out; write for example RUST_LOG=ensims_client=debug.");
    }
    let by_variable = by_variable.and_then(Result::ok);
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
    let by_default = by_flag.max(by_variable.default_level().unwrap_or(LevelFilter::OFF));
    let named = by_variable.iter().filter(|(target, _)| is_ours(target));
    Targets::new()
        .with_targets(OURS.map(|name| (name, by_default)))
        .with_targets(named.map(|(target, level)| (target.to_owned(), level.max(by_flag))))
}

fn is_ours(target: &str) -> bool {
    let crate_name = target.split("::").next().unwrap_or_default();
    OURS.contains(&crate_name)
}

/// A file that lines are appended to. Each line is one write, so several runs can share it.
pub(crate) struct LogFile {
    file: File,
    failed: AtomicBool,
}

impl LogFile {
    /// Opens the file, or makes it, readable by its owner alone: it has the names of people.
    ///
    /// # Errors
    /// Also when a file is there that is no log: lines in a password file or a report would spoil it.
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        if !may_be_log(path) {
            return Err(io::Error::new(io::ErrorKind::AlreadyExists, "it is a file of another kind"));
        }
        let mut options = OpenOptions::new();
        options.append(true).create(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        Ok(Self { file: options.open(path)?, failed: AtomicBool::new(false) })
    }
}

/// Whether a file is empty or begins with a time as our log lines do, or is none that could be spoilt.
fn may_be_log(path: &Path) -> bool {
    if !path.metadata().is_ok_and(|metadata| metadata.is_file() && metadata.len() > 0) {
        return true;
    }
    let mut beginning = Vec::new();
    let read = File::open(path).and_then(|file| file.take(64).read_to_end(&mut beginning));
    let time = beginning.strip_prefix(BEFORE_TIME).unwrap_or(&beginning);
    read.is_ok() && matches!(time, [b'2', b'0', _, _, b'-', _, _, b'-', _, _, b'T', ..])
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
