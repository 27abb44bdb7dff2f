//! What the sandbox and its connections share.

use std::sync::{Mutex, MutexGuard};

use crate::faults::Script;
use crate::seen::Log;
use crate::world::World;

/// The service's memory, the scripted faults, and the log of what was seen.
pub(crate) struct Shared {
    pub(crate) world: Mutex<World>,
    pub(crate) script: Mutex<Script>,
    pub(crate) log: Log,
}

/// Locks for a moment; never across an `await`.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().expect("no code panics while it holds one of the sandbox's locks")
}
