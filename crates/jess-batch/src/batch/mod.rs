//! Doing it: the concurrent run of a job. Out come [`Event`]s while it goes on, and one result an account.

mod account;
mod event;
mod findings;
mod gate;
mod kept;
mod patience;
mod reach;
mod retry;
mod run;
mod setback;
mod shared;
mod status;
mod stop;
mod visit;

pub(crate) use event::{Event, WaitReason};
pub(crate) use kept::Kept;
pub(crate) use reach::Reached;
pub(crate) use run::{Batch, NotStarted, nobody, run};
pub(crate) use status::{status, unknown};
pub(crate) use stop::{Signal, Stop};
