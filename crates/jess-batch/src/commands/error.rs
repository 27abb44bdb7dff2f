//! Why a command ends without doing its work. Printed once, in `commands::main`.

use std::io;

use crate::batch::Signal;
use crate::diagnostics::Diagnostics;
use crate::job::JobSource;
use crate::outcome::ExitCode;
use crate::state::StateError;

/// Why a command ends without doing its work.
#[derive(Debug)]
pub(super) enum CommandError {
    /// The command line, or what it names, cannot be used.
    Usage(String),
    /// A job file or a roster has errors.
    Invalid(Diagnostics),
    /// The work on one job cannot begin.
    Job { source: JobSource, problem: String },
    /// The state of one job cannot be used.
    State { source: JobSource, error: StateError },
    /// The user did not type a password.
    NoPassword,
    /// A signal came while a password was asked for.
    Interrupted(Signal),
    /// Standard output cannot be written.
    Output(io::Error),
}

impl CommandError {
    pub(super) fn exit_code(&self) -> ExitCode {
        match self {
            Self::Usage(_) | Self::Invalid(_) | Self::Job { .. } | Self::NoPassword => ExitCode::BadInput,
            Self::State { error, .. } => error.exit_code(),
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
