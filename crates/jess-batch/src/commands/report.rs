//! `report`: what can be done with a JSON report that a run has written.

use std::path::Path;

use crate::cli::ReportCommand;
use crate::console::{difference_text, give, say, shown, summary};
use crate::job::{Format, ReportTarget};
use crate::report::{Difference, Exit, REHEARSAL, Report, read, write};

pub(crate) fn report(command: &ReportCommand) -> Exit {
    let done = match command {
        ReportCommand::Show { file } => show(file),
        ReportCommand::Convert { from, to } => convert(from, to),
        ReportCommand::Diff { old, new } => diff(old, new),
    };
    done.unwrap_or_else(|problem| {
        say(&format!("error: {problem}"));
        Exit::BadInput
    })
}

fn show(file: &Path) -> Result<Exit, String> {
    let report = open(file)?;
    if report.service.sandbox {
        say(REHEARSAL);
    }
    Ok(give(&summary(&report)))
}

fn convert(from: &Path, to: &Path) -> Result<Exit, String> {
    let report = open(from)?;
    let name = shown(&to.display().to_string());
    let Some(format) = Format::of(to) else {
        return Err(format!(
            "{name}: this kind of report is not known; end the name with {}",
            Format::known()
        ));
    };
    let is_itself = matches!((from.canonicalize(), to.canonicalize()), (Ok(from), Ok(to)) if from == to);
    if is_itself {
        return Err(format!("{name}: the report would replace itself; give another name"));
    }
    // Only a run fills in what stands in braces.
    if to.to_string_lossy().contains(['{', '}']) {
        return Err(format!(
            "{name}: only {{date}} and {{time}} can stand in braces, and only in the reports of a run; give another name"
        ));
    }
    // Any file may have this name, such as a roster with passwords.
    if to.symlink_metadata().is_ok() {
        return Err(format!("{name}: it is there already; remove it or give another name"));
    }
    write(&report, &ReportTarget::File { path: to.to_owned(), format })
        .map_err(|error| format!("{name} could not be written: {error}"))?;
    say(&format!("Report: {name}"));
    Ok(Exit::Success)
}

/// The exit code is that of a run: 1 when somebody began to fail.
fn diff(old: &Path, new: &Path) -> Result<Exit, String> {
    let (before, now) = (open(old)?, open(new)?);
    for (file, report) in [(old, &before), (new, &now)] {
        if report.service.sandbox {
            say(&format!("{}: {REHEARSAL}", shown(&file.display().to_string())));
        }
    }
    let difference = Difference::between(&before, &now);
    let given = give(&difference_text(&difference));
    Ok(if difference.began_to_fail.is_empty() { given } else { Exit::SomeFailed })
}

fn open(file: &Path) -> Result<Report, String> {
    // The problem may quote the file.
    read(file).map_err(|problem| shown(&format!("{}: {problem}", file.display())))
}
