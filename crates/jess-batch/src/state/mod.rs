//! What outlasts a run: one private folder for each job, with its lock and its journal.

mod folder;
mod journal;
mod lock;

pub(crate) use folder::{StateFolder, default_root};
pub(crate) use journal::{Earlier, Journal};
pub(crate) use lock::{Lock, NotLocked};
