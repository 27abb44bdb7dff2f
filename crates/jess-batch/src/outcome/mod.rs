//! What can be said of an account after a run or a status check, and of the run as a whole.

mod exit_code;
mod outcomes;
mod readiness;
mod remedy;
mod result;

pub use exit_code::ExitCode;
pub use outcomes::{FailureKind, Outcome, SkipReason, StopReason};
pub use readiness::{NotReady, Readiness};
pub use result::{AccountResult, JessState, Step, StepResult, UsageRecord};
