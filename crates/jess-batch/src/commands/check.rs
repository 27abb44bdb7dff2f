//! `check`: everything that can be known without the network.

use super::error::{CommandError, CommandResult};
use super::load::{read_jobs, resolve};
use crate::cli::{CheckArguments, CheckFormat, OutputArguments};
use crate::console::{check_json, check_text, data_line, print_warnings};
use crate::diagnostics::Diagnostics;
use crate::outcome::ExitCode;

pub(super) fn check(arguments: &CheckArguments, output: &OutputArguments) -> CommandResult {
    let loaded = read_jobs(&arguments.job, &arguments.overrides()).and_then(resolve);
    match (arguments.format, loaded) {
        (CheckFormat::Json, Ok(jobs)) => data_line(&check_json(&jobs, &Diagnostics::default()))?,
        (CheckFormat::Json, Err(CommandError::Invalid(found))) => {
            data_line(&check_json(&[], &found))?;
            return Ok(ExitCode::BadInput);
        }
        (_, loaded) => {
            for job in &loaded? {
                if !output.quiet {
                    data_line(&check_text(job))?;
                }
                // Below the table, where they are seen.
                print_warnings(&job.warnings);
            }
        }
    }
    Ok(ExitCode::Success)
}
