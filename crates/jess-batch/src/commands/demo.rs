//! `demo`: the whole way without any file. A class of 20 on the sandbox, three of whom need help.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::error::{CommandError, CommandResult};
use super::run::run;
use crate::cli::{Cli, OutputArguments};
use crate::console::status;
use crate::outcome::ExitCode;

/// The job of the class.
const JOB: &str = include_str!("demo.yaml");

pub(super) fn demo(open: bool, output: &OutputArguments) -> CommandResult {
    let folder = new_folder()
        .map_err(|error| CommandError::Usage(format!("the demo needs a temporary folder: {error}")))?;
    let exit_code = run(&Cli::run_arguments(words(&folder, open)), output)?;
    if !output.quiet {
        status("To set up a class of your own, begin with: jess-batch init class.yaml --roster LIST.xlsx");
    }
    // That three students need help is what it shows. Without its report it shows nothing.
    let is_shown = exit_code == ExitCode::SomeFailed && folder.join("demo.html").exists();
    Ok(if is_shown { ExitCode::Success } else { exit_code })
}

/// The command line of the run. Its state is in the folder too, so that the demo leaves nothing elsewhere.
fn words(folder: &Path, open: bool) -> Vec<OsString> {
    let mut words = vec!["run".into(), "--state-dir".into(), folder.join("state").into()];
    if open {
        words.push("--open".into());
    }
    words.push(folder.join("demo.yaml").into());
    words
}

/// A temporary folder with the job in it. It stays: the user is to open the report.
fn new_folder() -> io::Result<PathBuf> {
    let folder = tempfile::Builder::new().prefix("jess-batch-demo-").tempdir()?;
    fs::write(folder.path().join("demo.yaml"), JOB)?;
    Ok(folder.keep())
}
