//! `check`: all that can be known without the network.

use super::load::load;
use crate::cli::CheckArguments;
use crate::console::{give, plan};
use crate::report::Exit;

pub(crate) fn check(arguments: &CheckArguments) -> Exit {
    let Some(jobs) = load(&arguments.job, &arguments.choices()) else { return Exit::BadInput };
    for job in &jobs {
        let selected = job.selected();
        let noun = if selected == 1 { "account" } else { "accounts" };
        let text = format!("{}: {selected} {noun}, no mistakes\n{}", job.source, plan(job));
        if give(&text).is_err() {
            return Exit::SomeFailed;
        }
    }
    Exit::Success
}
