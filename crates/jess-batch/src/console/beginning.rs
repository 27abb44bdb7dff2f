//! What `init` tells somebody who begins.

use std::path::Path;

use super::shown;
use crate::job::{Heading, ListHeadings, Mistake, Recognised, RosterFacts, typed};
use crate::report::{shell_word, visible};

/// What is in a roster, then what may be wrong and what is.
pub(crate) fn roster_facts(
    roster: &Path,
    facts: &RosterFacts,
    warnings: &[Mistake],
    mistakes: &[Mistake],
) -> String {
    let mut lines = Vec::new();
    let columns = facts.columns();
    if !columns.is_empty() {
        let name = shown(&roster.display().to_string());
        let noun = if facts.accounts == 1 { "account" } else { "accounts" };
        lines.push(format!("{name}: {} {noun}, separated by {}", facts.accounts, facts.delimiter));
        lines.push(format!("  columns: {}", columns_of(facts)));
        if let ListHeadings::Recognised(Recognised { others, .. }) = &facts.headings
            && !others.is_empty()
        {
            lines.push(format!("  left alone: {}", shown(&others.join(", "))));
        }
        lines.push(format!("  ENSIMS passwords: {}", facts.ensims_passwords()));
        lines.push(if facts.has_no_jess_accounts() {
            "  JESS accounts: none, so all share the one that the job gives".to_owned()
        } else {
            format!("  JESS passwords: {}", facts.jess_passwords())
        });
    }
    lines.extend(warnings.iter().map(|warning| shown(&format!("warning: {warning}"))));
    lines.extend(mistakes.iter().map(|mistake| visible(&mistake.to_string())));
    lines.push(format!("{} in the roster.", counts(mistakes.len(), warnings.len())));
    lines.join("\n")
}

fn counts(mistakes: usize, warnings: usize) -> String {
    let mistakes = match mistakes {
        0 => "No mistakes".to_owned(),
        1 => "1 mistake".to_owned(),
        count => format!("{count} mistakes"),
    };
    match warnings {
        0 => mistakes,
        1 => mistakes + " and 1 warning",
        count => format!("{mistakes} and {count} warnings"),
    }
}

/// The columns that count; with their headings, where they have others than ours.
fn columns_of(facts: &RosterFacts) -> String {
    let columns: Vec<String> = match &facts.headings {
        ListHeadings::Recognised(Recognised { known, .. }) => {
            let column = |(heading, text): &(Heading, String)| match heading.word() {
                word if word == text => word.to_owned(),
                word => format!("{word} ('{text}')"),
            };
            known.iter().map(column).collect()
        }
        _ => facts.columns().iter().map(|heading| heading.word().to_owned()).collect(),
    };
    shown(&columns.join(", "))
}

/// The first steps with a file of examples, which is to stand at `job`.
pub(crate) fn first_steps(job: &Path) -> Vec<String> {
    let fill_in = "Put your accounts into it, and their passwords where it says.".to_owned();
    let mut steps = vec![fill_in];
    steps.extend(steps_of_password_file(&job.with_file_name("secrets/alice-jess.txt")));
    steps
}

/// The first steps with a roster.
pub(crate) fn steps_of_roster(job: &Path, facts: &RosterFacts, mistakes: &[Mistake]) -> Vec<String> {
    let mut steps: Vec<String> = Vec::new();
    if facts.is_open {
        steps.push("Type the chmod above: other people can open that file now.".to_owned());
    }
    if mistakes.len() > usize::from(facts.is_open) {
        steps.push("Mend the mistakes above, and save the spreadsheet again.".to_owned());
        match facts.headings {
            ListHeadings::Ours => {}
            ListHeadings::Recognised(Recognised { ref others, .. }) => {
                if facts.lacks_a_column() && !others.is_empty() {
                    let step = "If a heading that was left alone counts, say in the job file, under 'columns:', what it is.";
                    steps.push(step.to_owned());
                }
            }
            // What has no place is wrong with the whole file, such as that it is empty.
            ListHeadings::Unknown if mistakes.iter().all(|mistake| mistake.place.is_none()) => {}
            ListHeadings::Unknown => steps.push(
                "Or, if the first line holds other headings, say in the job file, under 'roster:', what they mean."
                    .to_owned(),
            ),
        }
    }
    if facts.has_no_jess_accounts() {
        steps.push("Put the user name of the JESS account for all into it, under 'jess:'.".to_owned());
        steps.extend(steps_of_password_file(&job.with_file_name("secrets/jess.txt")));
    }
    steps
}

/// The commands that make a file with a password, which then stands in no history of a shell. None where it is there.
fn steps_of_password_file(file: &Path) -> Vec<String> {
    if file.exists() {
        return Vec::new();
    }
    let name = shown(&typed(file));
    let folder = file.parent().filter(|folder| !folder.exists());
    let folder = folder
        .map(|folder| step("A folder for passwords:", &format!("mkdir -m 700 {}", shown(&typed(folder)))));
    let file = [
        step("A password, Enter, Ctrl-D:", &format!("cat > {name}")),
        step("Only you are to open it:", &format!("chmod 600 {name}")),
    ];
    folder.into_iter().chain(file).collect()
}

/// What to do, and the command for it.
fn step(what: &str, command: &str) -> String {
    format!("{what:<32}{command}")
}

/// That the job file is there, and what to do next; `one` is an account to begin with.
pub(crate) fn new_job(path: &Path, one: &str, mut steps: Vec<String>) -> String {
    let (job, one) = (shown(&typed(path)), shown(&shell_word(one)));
    steps.push(step("Check, which sends nothing:", &format!("jess-batch check {job}")));
    steps.push(step("Rehearse, which sends nothing:", &format!("jess-batch run {job} --service sandbox")));
    steps.push(step("One account for real:", &format!("jess-batch run {job} --only {one}")));
    steps.push(step("All of them:", &format!("jess-batch run {job}")));
    let name = shown(&path.display().to_string());
    let mut text = format!("Wrote {name}, which only you can open. Next:");
    for (index, step) in steps.iter().enumerate() {
        text.push_str(&format!("\n  {}. {step}", index + 1));
    }
    text
}
