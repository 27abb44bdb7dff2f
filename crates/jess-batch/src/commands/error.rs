//! Why a command ends without doing its work, and the one place where that is printed.

use std::io::{self, ErrorKind};

use crate::console::{job_error, print_diagnostics, status, usage_error};
use crate::diagnostics::Diagnostics;
use crate::job::{Job, JobSource};
use crate::outcome::ExitCode;
use crate::platform::Signal;
use crate::state::StateError;

/// What a command ends with.
pub(super) type CommandResult = Result<ExitCode, CommandError>;

/// Why a command ends without doing its work.
#[derive(Debug)]
pub(super) enum CommandError {
    /// The command line, or what it names, cannot be used.
    Usage(String),
    /// A job file or a roster has errors.
    Invalid(Diagnostics),
    /// The work on one job cannot begin.
    Job { source: JobSource, problem: String, exit_code: ExitCode },
    /// The user did not type a password.
    NoPassword,
    /// A signal came while a password was asked for.
    Interrupted(Signal),
    /// Standard output cannot be written.
    Output(io::Error),
}

impl CommandError {
    /// The work on this job cannot begin.
    pub(super) fn of_job(job: &Job, problem: impl Into<String>) -> Self {
        let (source, problem) = (job.settings.source.clone(), problem.into());
        Self::Job { source, problem, exit_code: ExitCode::BadInput }
    }

    /// The state of this job cannot be used.
    pub(super) fn of_state(job: &Job, error: &StateError) -> Self {
        let (source, problem) = (job.settings.source.clone(), error.to_string());
        Self::Job { source, problem, exit_code: error.exit_code() }
    }

    fn exit_code(&self) -> ExitCode {
        match self {
            Self::Usage(_) | Self::Invalid(_) | Self::NoPassword => ExitCode::BadInput,
            Self::Job { exit_code, .. } => *exit_code,
            Self::Interrupted(signal) => signal.exit_code(),
            Self::Output(_) => ExitCode::SomeFailed,
        }
    }
}

impl From<io::Error> for CommandError {
    /// The only errors of this type that commands pass on are those of standard output.
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

/// The exit code of a command, or of the work on one job. An error is printed here.
pub(super) fn exit_code_of(result: CommandResult) -> ExitCode {
    result.unwrap_or_else(|error| {
        print_error(&error);
        error.exit_code()
    })
}

fn print_error(error: &CommandError) {
    match error {
        CommandError::Usage(problem) => usage_error(problem),
        CommandError::Invalid(diagnostics) => print_diagnostics(diagnostics),
        CommandError::Job { source, problem, .. } => job_error(source, problem),
        CommandError::NoPassword => status("No password was typed; nothing was sent."),
        CommandError::Interrupted(Signal::Interrupt) => status("Interrupted; nothing was sent."),
        CommandError::Interrupted(Signal::Terminate) => status("Terminated; nothing was sent."),
        // A reader such as `head` that has enough needs no message.
        CommandError::Output(error) if error.kind() == ErrorKind::BrokenPipe => {}
        CommandError::Output(error) => usage_error(&format!("standard output cannot be written: {error}.")),
    }
}
