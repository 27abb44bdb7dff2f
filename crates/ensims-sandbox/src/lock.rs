//! The one way to lock the sandbox's state.

use std::sync::{Mutex, MutexGuard};

/// Locks for a moment, never across an `await`.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().expect("no code panics while it holds one of the sandbox's locks")
}
