//! Exit codes: cron jobs depend on these numbers, so they are only ever added to.

use std::process::ExitCode;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// How the program ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub(crate) enum Exit {
    /// Every selected account succeeded, and is ready where that was asked.
    Success = 0,
    /// At least one did not, or a report could not be written.
    SomeFailed = 1,
    /// The command line, a job file or a report target cannot be used; nothing was sent.
    BadInput = 2,
    /// The service cannot be reached.
    ServiceDown = 3,
    /// Another run of this job is still going; nothing was sent.
    AlreadyRunning = 4,
    /// SIGINT.
    Interrupted = 130,
    /// SIGTERM.
    Terminated = 143,
}

impl Exit {
    /// What the code says, in words for a report.
    pub(super) fn meaning(self) -> &'static str {
        match self {
            Self::Success => "every selected account is as the job wants it",
            Self::SomeFailed => "at least one account is not as the job wants it",
            Self::BadInput => "the command line or a job file could not be used",
            Self::ServiceDown => "the service could not be reached, or went down",
            Self::AlreadyRunning => "another run of this job was still going",
            Self::Interrupted => "the run was interrupted (Ctrl-C)",
            Self::Terminated => "the run was ended from outside (SIGTERM)",
        }
    }
}

/// How a run came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// All accounts had their turn, or as many as were allowed to fail did.
    Whole,
    /// The same, but the journal could not be written.
    Unrecorded,
    /// Nobody answered, at first or any more.
    ServiceDown,
    /// A signal ended it, which stands for this exit code.
    Interrupted(Exit),
}

impl Ending {
    /// What the program ends with, where this is so of the accounts.
    pub(super) fn exit(self, all_good: bool) -> Exit {
        match self {
            Self::Whole if all_good => Exit::Success,
            Self::Whole | Self::Unrecorded => Exit::SomeFailed,
            Self::ServiceDown => Exit::ServiceDown,
            Self::Interrupted(exit) => exit,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

impl Serialize for Exit {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u8(*self as u8)
    }
}

impl<'de> Deserialize<'de> for Exit {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let code = u8::deserialize(deserializer)?;
        let all = [
            Self::Success,
            Self::SomeFailed,
            Self::BadInput,
            Self::ServiceDown,
            Self::AlreadyRunning,
            Self::Interrupted,
            Self::Terminated,
        ];
        let known = all.into_iter().find(|exit| *exit as u8 == code);
        known.ok_or_else(|| serde::de::Error::custom("this exit code is not known"))
    }
}
