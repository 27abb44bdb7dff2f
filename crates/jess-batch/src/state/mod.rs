//! What outlasts a run: one private folder for each job, with its lock and its journal.

mod earlier;
mod folder;
mod journal;
mod line;
mod lock;
mod refusals;

pub(crate) use earlier::Earlier;
pub(crate) use folder::{StateFolder, default_root};
pub(crate) use journal::Journal;
pub(crate) use lock::{Lock, NotLocked};
pub(crate) use refusals::Refusals;
