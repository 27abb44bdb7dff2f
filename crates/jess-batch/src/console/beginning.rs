//! What `init` tells somebody who begins.

use std::path::Path;

use super::shown;
use crate::job::{Mistake, RosterFacts, typed};
use crate::report::visible;

/// What is in a roster, then what may be wrong and what is.
pub(crate) fn roster_facts(roster: &Path, facts: &RosterFacts, mistakes: &[Mistake]) -> String {
    let mut lines = Vec::new();
    let columns = facts.columns();
    if !columns.is_empty() {
        let name = shown(&roster.display().to_string());
        let noun = if facts.accounts == 1 { "account" } else { "accounts" };
        lines.push(format!("{name}: {} {noun}, separated by {}", facts.accounts, facts.delimiter));
        lines.push(format!("  columns: {}", columns.join(", ")));
        lines.push(format!("  ENSIMS passwords: {}", facts.ensims_passwords()));
        lines.push(if facts.has_no_jess_accounts() {
            "  JESS accounts: none, so all share the one that the job gives".to_owned()
        } else {
            format!("  JESS passwords: {}", facts.jess_passwords())
        });
    }
    lines.extend(facts.warnings.iter().map(|warning| shown(&format!("warning: {warning}"))));
    lines.extend(mistakes.iter().map(|mistake| visible(&mistake.to_string())));
    match mistakes.len() {
        0 => lines.push("No mistakes in the roster.".to_owned()),
        1 => lines.push("1 mistake in the roster.".to_owned()),
        count => lines.push(format!("{count} mistakes in the roster.")),
    }
    lines.join("\n")
}

/// The first step with a file of examples.
pub(crate) const FILL_IN: &str = "Put your accounts into it, and their passwords where it says.";

/// The first steps with a roster.
pub(crate) fn steps_of_roster(facts: &RosterFacts, mistakes: &[Mistake]) -> Vec<&'static str> {
    let mut steps = Vec::new();
    let (of_mode, of_text): (Vec<&Mistake>, Vec<&Mistake>) =
        mistakes.iter().partition(|mistake| mistake.problem.contains("chmod "));
    if !of_mode.is_empty() {
        steps.push("Type the chmod above: others can open the list now.");
    }
    if !of_text.is_empty() {
        steps.push("Mend the mistakes above, and save the spreadsheet again.");
        if facts.columns().is_empty() {
            steps.push("Or leave the headings as they are, and say in the job file, under 'roster:', which ones count.");
        }
    }
    if facts.has_no_jess_accounts() {
        steps.push("Put the JESS account for all into it, under 'jess:'.");
    }
    steps
}

/// That the job file is there, and what to do next.
pub(crate) fn new_job(path: &Path, first_steps: &[&str]) -> String {
    let mut steps: Vec<String> = first_steps.iter().map(|step| (*step).to_owned()).collect();
    let job = shown(&typed(path));
    steps.push(format!("Check, which sends nothing:     jess-batch check {job}"));
    steps.push(format!("Rehearse, which sends nothing:  jess-batch run {job} --service sandbox"));
    steps.push(format!("One account for real:           jess-batch run {job} --only NAME"));
    steps.push(format!("All of them:                    jess-batch run {job}"));
    let name = shown(&path.display().to_string());
    let mut text = format!("Wrote {name}, which only you can open. Next:");
    for (index, step) in steps.iter().enumerate() {
        text.push_str(&format!("\n  {}. {step}", index + 1));
    }
    text
}
