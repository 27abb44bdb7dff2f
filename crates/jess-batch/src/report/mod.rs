//! What happened: the one [`Report`] of a run, and how it is written.

mod csv;
mod diff;
mod exit;
mod hint;
mod html;
mod json;
mod junit;
mod markdown;
mod outcome;
mod prom;
mod read;
mod run_report;
mod shell;
mod status;
mod status_csv;
mod step;
mod visible;
mod write;

pub(crate) use diff::Difference;
pub(crate) use exit::{Ending, Exit};
pub(crate) use outcome::{FailureKind, NotReady, Outcome, Readiness, SkipReason, StopReason};
pub(crate) use read::read;
pub(crate) use run_report::{
    AccountReport, JobFacts, REHEARSAL, Report, ServiceFacts, StepReport, Times, Totals,
};
pub(crate) use shell::shell_word;
pub(crate) use status::{AccountStatus, Standing, StatusJob, StatusReport};
pub(crate) use step::Step;
pub(crate) use visible::{beginning, visible, works_unseen};
pub(crate) use write::{write, write_status};
