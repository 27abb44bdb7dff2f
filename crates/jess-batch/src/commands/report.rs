//! `report`: what can be done with the JSON report of a run or a status check.

use std::path::Path;

use super::error::{CommandError, CommandResult};
use super::open::open_page;
use crate::cli::ReportCommand;
use crate::console::{
    Stream, data_line, difference_text, resume_advice, shown, status, status_table, status_text, summary,
};
use crate::job::{Format, ReportTarget};
use crate::outcome::ExitCode;
use crate::platform::show_path;
use crate::report::{Difference, Mode, REHEARSAL, Report, read, write};

pub(super) fn report(command: &ReportCommand, quiet: bool) -> CommandResult {
    match command {
        ReportCommand::Show { file } => show(file),
        ReportCommand::Convert { from, to, open } => convert(from, to, *open, quiet),
        ReportCommand::Diff { old, new } => diff(old, new),
    }
}

fn show(file: &Path) -> CommandResult {
    let report = open(file)?;
    if report.service.sandbox {
        status(REHEARSAL);
    }
    match report.mode {
        Mode::Run => {
            data_line(&summary(&report, Stream::Out))?;
            if let Some(advice) = resume_advice(&report) {
                data_line(&advice)?;
            }
        }
        Mode::Status => {
            data_line(&format!(
                "{}\n{}",
                status_table(&report, false, false),
                status_text(&report, Stream::Out)
            ))?;
        }
    }
    Ok(ExitCode::Success)
}

fn convert(from: &Path, to: &Path, opens: bool, quiet: bool) -> CommandResult {
    let report = open(from)?;
    let name = shown(&show_path(to));
    let error = |problem: String| Err(CommandError::Usage(format!("{name}: {problem}")));
    let Some(format) = Format::of(to) else {
        return error(format!(
            "this report format is not known; use the extension {}",
            Format::known_extensions()
        ));
    };
    if matches!((from.canonicalize(), to.canonicalize()), (Ok(from), Ok(to)) if from == to) {
        return error("the report would replace itself; give another name".to_owned());
    }
    // Only a run fills in braces.
    if to.to_string_lossy().contains(['{', '}']) {
        return error(
            "only {date} and {time} can be used in braces, and only in the reports of a run; give another name"
                .to_owned(),
        );
    }
    // Any file may have this name, such as a roster with passwords.
    if to.symlink_metadata().is_ok() {
        return error("it exists already; remove it or give another name".to_owned());
    }
    let target = ReportTarget::File { path: to.to_owned(), format };
    write(&report, &target)
        .map_err(|error| CommandError::Usage(format!("{name} cannot be written: {error}")))?;
    if !quiet {
        status(&format!("Report: {name}"));
    }
    if opens {
        open_page([&target]);
    }
    Ok(ExitCode::Success)
}

/// The exit code is that of a run: 1 if an account began to fail.
fn diff(old: &Path, new: &Path) -> CommandResult {
    let (before, now) = (open(old)?, open(new)?);
    for (file, report) in [(old, &before), (new, &now)] {
        if report.service.sandbox {
            status(&format!("{}: {REHEARSAL}", shown(&show_path(file))));
        }
    }
    let difference = Difference::between(&before, &now);
    data_line(&difference_text(&difference))?;
    Ok(if difference.began_to_fail.is_empty() { ExitCode::Success } else { ExitCode::SomeFailed })
}

fn open(file: &Path) -> Result<Report, CommandError> {
    let unusable = |problem: &str| CommandError::Usage(shown(&format!("{}: {problem}", show_path(file))));
    if Format::of(file).is_some_and(|format| format != Format::Json) {
        return Err(unusable("only JSON reports can be read; give the .json report of this run"));
    }
    read(file).map_err(|error| unusable(&error.to_string()))
}
