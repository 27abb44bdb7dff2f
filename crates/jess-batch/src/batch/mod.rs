//! Doing it: the concurrent run of a job. Out come [`Event`]s while it goes on, and one result an account.

mod account;
mod event;
mod gate;
mod reach;
mod retry;
mod run;
mod shared;
mod stop;

pub(crate) use event::{Event, WaitReason};
pub(crate) use gate::Gate;
pub(crate) use reach::{Reached, reach};
pub(crate) use retry::RetryPolicy;
pub(crate) use run::{Batch, nobody, run};
pub(crate) use stop::{Signal, Stop};
