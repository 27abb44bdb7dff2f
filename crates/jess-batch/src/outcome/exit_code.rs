//! Exit codes. Cron jobs depend on these numbers, so they are only ever added to.

use serde::{Deserialize, Serialize};

/// How the program ends. The greater of two codes is the one to report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, strum::FromRepr)]
#[serde(into = "u8", try_from = "u8")]
#[repr(u8)]
pub enum ExitCode {
    /// Every selected account succeeded, and is ready where that was asked.
    Success = 0,
    /// At least one account did not, or the run history, a report or the log could not be written.
    SomeFailed = 1,
    /// The command line, a variable, a job file or a path cannot be used; no password was sent.
    BadInput = 2,
    /// The service cannot be reached, or went down.
    ServiceDown = 3,
    /// Another run of this job is still going; nothing was sent.
    AlreadyRunning = 4,
    /// SIGINT.
    Interrupted = 130,
    /// SIGTERM.
    Terminated = 143,
}

impl ExitCode {
    /// The number that the operating system gets.
    pub fn number(self) -> u8 {
        self as u8
    }

    /// What the code of a run means, in words for a report.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Success => "every selected account succeeded",
            Self::SomeFailed => {
                "at least one account needs attention, or the run history or a report could not be written"
            }
            Self::BadInput => "the command line or a job file could not be used",
            Self::ServiceDown => "the service could not be reached, or went down",
            Self::AlreadyRunning => "another run of this job was still going",
            Self::Interrupted => "the run was interrupted (Ctrl-C)",
            Self::Terminated => "the run was terminated (SIGTERM)",
        }
    }
}

impl From<ExitCode> for u8 {
    fn from(code: ExitCode) -> Self {
        code.number()
    }
}

impl TryFrom<u8> for ExitCode {
    type Error = &'static str;

    fn try_from(number: u8) -> Result<Self, Self::Error> {
        Self::from_repr(number).ok_or("this exit code is not known")
    }
}

impl From<ExitCode> for std::process::ExitCode {
    fn from(code: ExitCode) -> Self {
        Self::from(code.number())
    }
}
