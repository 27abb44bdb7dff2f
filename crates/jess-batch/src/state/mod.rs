//! What outlasts a run: a private folder for each job file, with its lock and its run history.

mod folder;
mod history;
mod lock;
mod previous_run;
mod record;
mod run_state;

pub use lock::LockHolder;
pub use previous_run::HistoryError;
pub use run_state::{EarlierVerdicts, RunState, StateError};
