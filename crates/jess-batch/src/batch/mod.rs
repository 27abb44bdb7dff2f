//! Doing it: all accounts of a job concurrently. [`Event`]s come out while it goes on, and one result for each account.

mod account_run;
mod circuit_breaker;
mod connection;
mod context;
mod credential;
mod event;
mod gate;
mod next_step;
mod observed;
mod preflight;
mod prior;
mod retry;
mod run;
mod step_error;
mod stop;

pub use context::ServiceInfo;
pub use event::{Event, Listener, WaitReason};
pub use next_step::Goal;
pub use prior::PriorVerdict;
pub use run::{Batch, BatchResult, Ending};
pub use stop::Stop;
