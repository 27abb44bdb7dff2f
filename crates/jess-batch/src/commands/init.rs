//! `init`: a job file to start with, optionally from a roster.

use std::io::{self, ErrorKind, Write};
use std::path::{Component, Path, PathBuf};

use jiff::Timestamp;
use tempfile::NamedTempFile;

use super::error::{CommandError, CommandResult};
use crate::cli::InitArguments;
use crate::console::{new_job_text, roster_text, shown, status, steps_for_examples, steps_for_roster};
use crate::diagnostics::{Diagnostics, shell_quote_path};
use crate::job::{JobSource, Overrides, UnresolvedJob, folder_of, new_job_file};
use crate::outcome::ExitCode;
use crate::platform::show_path;
use crate::roster::RosterSummary;

/// Creates the file. Exit code 1 means that the file is there, but its roster has mistakes; with 2 there is no new file.
pub(super) fn init(arguments: &InitArguments, quiet: bool) -> CommandResult {
    write_job(arguments, quiet).map_err(|problem| CommandError::Usage(shown(&problem)))
}

fn write_job(arguments: &InitArguments, quiet: bool) -> Result<ExitCode, String> {
    let path = &arguments.path;
    let name = arguments.name.as_deref();
    check_path(path)?;
    if name == Some("") {
        return Err("--name: the name is empty; give one or leave the option out".to_owned());
    }
    let Some(roster) = &arguments.roster else {
        create(path, &new_job_file(path, name, None)?)?;
        if !quiet {
            status(&new_job_text(path, "alice", steps_for_examples(path)));
        }
        return Ok(ExitCode::Success);
    };
    let unusable = |problem: String| format!("{}: {problem}", show_path(roster));
    if !folder_of(path).is_dir() {
        return Err(no_folder(path));
    }
    let from_job = relative(roster, folder_of(path))
        .map_err(|error| unusable(format!("the roster cannot be read: {error}")))?;
    // Under the name by which `check` will find it.
    let found = path.parent().unwrap_or(Path::new("")).join(&from_job);
    let shown_name = show_path(&found);
    let contents = RosterSummary::read(found).map_err(unusable)?;
    let from_job = from_job
        .to_str()
        .ok_or_else(|| unusable("the name of the roster is not UTF-8; rename it".to_owned()))?;
    let text = new_job_file(path, name, Some((from_job, &contents)))?;
    create(path, &text)?;
    let diagnostics = check_roster(&text, path, &shown_name);
    let first = contents.first_email.as_deref().unwrap_or("NAME");
    let steps = steps_for_roster(path, &contents, &diagnostics.errors);
    if !quiet || diagnostics.has_errors() {
        status(&roster_text(roster, &contents, &diagnostics));
        status(&new_job_text(path, first, steps));
    }
    Ok(if diagnostics.has_errors() { ExitCode::SomeFailed } else { ExitCode::Success })
}

/// Keeps the program from writing YAML into a file that is something else by its name.
fn check_path(path: &Path) -> Result<(), String> {
    if path.as_os_str() == "-" {
        return Err("init writes a file; give it a name".to_owned());
    }
    let extension = path.extension().unwrap_or_default().to_ascii_lowercase();
    if extension == "yaml" || extension == "yml" {
        return Ok(());
    }
    let advice = suggest_init(path).unwrap_or_else(|| {
        format!("try: jess-batch init {}", shell_quote_path(&path.with_extension("yaml")))
    });
    Err(format!("{}: a job file has the extension .yaml or .yml; {advice}", show_path(path)))
}

/// What to type instead, if a file is a roster by its name.
pub(super) fn suggest_init(path: &Path) -> Option<String> {
    let extension = path.extension()?.to_ascii_lowercase();
    match extension.to_str()? {
        "csv" | "tsv" | "txt" | "xlsx" | "xls" | "ods" => Some(format!(
            "to create a job for this roster: jess-batch init {} --roster {}",
            shell_quote_path(Path::new(path.with_extension("yaml").file_name()?)),
            shell_quote_path(path)
        )),
        _ => None,
    }
}

/// What `check` will say about the roster. What it says about the job file is what the steps ask the user to fill in.
fn check_roster(text: &str, path: &Path, roster: &str) -> Diagnostics {
    let overrides = Overrides { now: Timestamp::now(), ..Overrides::default() };
    let source = JobSource::File(path.to_owned());
    let mut found = match UnresolvedJob::read(&source, text.as_bytes(), &overrides) {
        Ok(job) => Diagnostics { errors: Vec::new(), warnings: job.warnings().to_vec() },
        Err(found) => found,
    };
    found.warnings.retain(|warning| warning.file == roster);
    found.errors.retain(|error| error.file == roster);
    found
}

/// Writes a complete new file that only its owner can open, or none.
fn create(path: &Path, text: &str) -> Result<(), String> {
    let write = || {
        let mut file = NamedTempFile::new_in(folder_of(path))?;
        file.write_all(text.as_bytes())?;
        file.as_file().sync_all()?;
        file.persist_noclobber(path).map_err(|error| error.error)
    };
    match write() {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Err(format!(
            "{} exists already, and init never overwrites; give another name. To see what is left to do in this one: jess-batch check {}",
            show_path(path),
            shell_quote_path(path)
        )),
        Err(error) if error.kind() == ErrorKind::NotFound => Err(no_folder(path)),
        Err(error) => {
            Err(format!("{} cannot be written: {}", show_path(path), io::Error::from(error.kind())))
        }
    }
}

fn no_folder(path: &Path) -> String {
    format!("{}: the folder does not exist; create it first", show_path(path))
}

/// The path of a file as it is written in another folder.
fn relative(file: &Path, folder: &Path) -> io::Result<PathBuf> {
    if file.is_dir() {
        return Err(io::Error::new(ErrorKind::IsADirectory, "it is a folder"));
    }
    let (from, to) = (folder.canonicalize()?, folder_of(file).canonicalize()?);
    // Nothing leads to another drive.
    if from.components().next() != to.components().next() {
        return std::path::absolute(file);
    }
    let shared = from.components().zip(to.components()).take_while(|(one, other)| one == other).count();
    let up = from.components().skip(shared).map(|_| Component::ParentDir);
    let down = to.components().skip(shared).chain(file.file_name().map(Component::Normal));
    Ok(up.chain(down).collect())
}
