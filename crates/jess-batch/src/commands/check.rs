//! `check`: all that can be known without the network.

use super::load::{load, say_warning};
use crate::cli::CheckArguments;
use crate::console::{give, plan};
use crate::report::Exit;

pub(crate) fn check(arguments: &CheckArguments) -> Exit {
    let jobs = match load(&arguments.job, &arguments.choices()) {
        Ok(jobs) => jobs,
        Err(exit) => return exit,
    };
    for job in &jobs {
        for warning in &job.warnings {
            say_warning(warning);
        }
        let selected = job.selected();
        let noun = if selected == 1 { "account" } else { "accounts" };
        let text = format!("{}: {selected} {noun}, no mistakes\n{}", job.source, plan(job));
        let given = give(&text);
        if given != Exit::Success {
            return given;
        }
    }
    Exit::Success
}
