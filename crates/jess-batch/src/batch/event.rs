//! What happens during a batch, for whoever listens.

use std::time::Duration;

use crate::outcome::AccountResult;

/// Something that happened during a batch.
#[derive(Debug)]
pub enum Event<'a> {
    /// Somebody waits before the next request.
    Waiting {
        /// The account that waits; none if it is about the service as a whole.
        account: Option<&'a str>,
        /// Why it waits.
        reason: WaitReason,
        /// How long.
        wait: Duration,
    },
    /// An account has ended.
    Finished {
        /// How.
        result: &'a AccountResult,
    },
}

/// Why somebody waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WaitReason {
    /// The rate limit of the job.
    Rate,
    /// The service asked everybody to wait.
    Hold,
    /// A request failed and will be sent again.
    Retry,
}

/// Called for every event of a batch, in order.
pub type Listener<'a> = dyn Fn(Event<'_>) + 'a;
