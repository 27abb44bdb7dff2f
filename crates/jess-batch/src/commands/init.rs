//! `init`: a job file for somebody who begins, alone or with a roster.

use std::io::{self, ErrorKind, Write};
use std::path::{Component, Path, PathBuf};

use jiff::Timestamp;
use tempfile::NamedTempFile;

use super::load::check_text;
use crate::cli::InitArguments;
use crate::console::{first_steps, new_job, roster_facts, say, shown, steps_of_roster};
use crate::job::{Choices, Findings, Mistake, RosterFacts, Source, folder_of, new_job_file, typed};
use crate::report::Exit;

/// Exit code 1 is for a job file that is there, and mistakes in its roster: what was asked for is done, and something is
/// left to do. With 2 there is no new file.
pub(crate) fn init(arguments: &InitArguments) -> Exit {
    match write_job(arguments) {
        Ok(mistakes) if mistakes.is_empty() => Exit::Success,
        Ok(_) => Exit::SomeFailed,
        Err(problem) => {
            say(&shown(&format!("error: {problem}")));
            Exit::BadInput
        }
    }
}

/// Writes the file and tells of it. Gives the mistakes of the roster, or why there is no file.
fn write_job(arguments: &InitArguments) -> Result<Vec<Mistake>, String> {
    let path = &arguments.path;
    let name = arguments.name.as_deref();
    check_path(path)?;
    if name == Some("") {
        return Err("--name: the name is empty; give one or leave it out".to_owned());
    }
    let Some(roster) = &arguments.roster else {
        create(path, &new_job_file(path, name, None)?)?;
        say(&new_job(path, "alice", first_steps(path)));
        return Ok(Vec::new());
    };
    let cannot = |error: io::Error| format!("{}: the roster cannot be read: {error}", roster.display());
    let from_job = relative(roster, folder_of(path)).map_err(cannot)?;
    // By the name under which `check` will find it.
    let found = path.parent().unwrap_or(Path::new("")).join(&from_job);
    let called = found.display().to_string();
    let facts = RosterFacts::read(found).map_err(cannot)?;
    let from_job = from_job.to_str().ok_or_else(|| {
        format!("{}: the name of the roster is not UTF-8; give it another name", roster.display())
    })?;
    let text = new_job_file(path, name, Some((from_job, &facts)))?;
    create(path, &text)?;
    let Findings { warnings, mistakes } = found_in_roster(&text, path, &called);
    say(&roster_facts(roster, &facts, &warnings, &mistakes));
    say(&new_job(path, facts.first.as_deref().unwrap_or("NAME"), steps_of_roster(path, &facts, &mistakes)));
    Ok(mistakes)
}

/// Keeps the program from writing YAML into what is something else by its name.
fn check_path(path: &Path) -> Result<(), String> {
    if path.as_os_str() == "-" {
        return Err("init writes a file; give it a name".to_owned());
    }
    let end = path.extension().unwrap_or_default().to_ascii_lowercase();
    if end == "yaml" || end == "yml" {
        return Ok(());
    }
    let advice = job_of_list(path)
        .unwrap_or_else(|| format!("try: jess-batch init {}", typed(&path.with_extension("yaml"))));
    Err(format!("{}: the name of a job file ends in .yaml or .yml; {advice}", path.display()))
}

/// What `check` will say of the roster, which it calls `roster`. What it says of the job file and of others is what the
/// steps tell to put in.
fn found_in_roster(text: &str, path: &Path, roster: &str) -> Findings {
    let choices = Choices { now: Timestamp::now(), ..Choices::default() };
    let mut found = match check_text(text.as_bytes(), &Source::File(path.to_owned()), &choices) {
        Ok(draft) => Findings { warnings: draft.warnings().to_vec(), mistakes: Vec::new() },
        Err(found) => found,
    };
    found.warnings.retain(|warning| warning.file == roster);
    found.mistakes.retain(|mistake| mistake.file == roster);
    found
}

/// What to type for a job of a list, if a file is one by its name.
pub(super) fn job_of_list(path: &Path) -> Option<String> {
    let end = path.extension()?.to_ascii_lowercase();
    match end.to_str()? {
        "csv" | "tsv" | "txt" => {
            Some(format!("for a job of this list: jess-batch init --roster {}", typed(path)))
        }
        "xlsx" | "xls" | "ods" => Some(
            "for a job of a list, save that as 'CSV UTF-8': jess-batch init --roster LIST.csv".to_owned(),
        ),
        _ => None,
    }
}

/// Writes a whole new file that only its owner can open, or none.
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
            "{} is there already, and init replaces nothing; for another job give another name. What is left to do in this one: jess-batch check {}",
            path.display(),
            typed(path)
        )),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            Err(format!("{}: the folder is not there; make it first", path.display()))
        }
        Err(error) => Err(format!("{} cannot be written: {}", path.display(), io::Error::from(error.kind()))),
    }
}

/// The path of a file as it is written in another folder.
fn relative(file: &Path, folder: &Path) -> io::Result<PathBuf> {
    let (from, to) = (folder.canonicalize()?, folder_of(file).canonicalize()?);
    let shared = from.components().zip(to.components()).take_while(|(one, other)| one == other).count();
    let up = from.components().skip(shared).map(|_| Component::ParentDir);
    let down = to.components().skip(shared).chain(file.file_name().map(Component::Normal));
    Ok(up.chain(down).collect())
}
