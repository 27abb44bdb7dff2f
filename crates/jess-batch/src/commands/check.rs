//! `check`: all that can be known without the network.

use super::load::{load, say_warning};
use crate::cli::CheckArguments;
use crate::console::{give, plan};
use crate::job::Job;
use crate::report::Exit;

pub(crate) fn check(arguments: &CheckArguments) -> Exit {
    let jobs = match load(&arguments.job, &arguments.choices()) {
        Ok(jobs) => jobs,
        Err(exit) => return exit,
    };
    for job in &jobs {
        let given = give(&format!("{}: {}\n{}", job.source, found(job), plan(job)));
        if given != Exit::Success {
            return given;
        }
        // Below the table, where they are seen.
        for warning in &job.warnings {
            say_warning(warning);
        }
    }
    Exit::Success
}

/// How many accounts there are to do, and what else was found.
fn found(job: &Job) -> String {
    let selected = job.selected();
    let accounts = if selected == 1 { "account" } else { "accounts" };
    let warnings = match job.warnings.len() {
        0 => String::new(),
        1 => ", 1 warning".to_owned(),
        count => format!(", {count} warnings"),
    };
    format!("{selected} {accounts}, no mistakes{warnings}")
}
