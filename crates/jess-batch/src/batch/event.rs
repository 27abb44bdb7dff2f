//! What the workers tell. They never print.

use std::time::Duration;

use crate::report::{AccountReport, AccountStatus};

/// Something that happened in a run.
#[derive(Debug)]
pub(crate) enum Event<'a> {
    /// Someone waits before the next request; `account` is none where it is about the service as a whole.
    Waiting { account: Option<&'a str>, reason: WaitReason, wait: Duration },
    /// An account ended.
    Finished { account: &'a AccountReport },
    /// An account was looked at, and nothing was to be changed.
    Looked { account: &'a AccountStatus },
}

/// Why someone waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WaitReason {
    /// The rate limit of the job.
    Rate,
    /// The service asked everyone to wait.
    Held,
    /// The request failed and will be sent again.
    Retry,
}

/// Who is told.
pub(crate) type Listener<'a> = dyn Fn(Event<'_>) + 'a;
