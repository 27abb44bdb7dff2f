//! Records every request and connection.

use std::sync::Mutex;
use std::time::Duration;

use tokio::time::Instant;

use crate::lock::lock;
use crate::seen::{Seen, SeenRequest};

/// The record of requests and connections.
pub(crate) struct Recorder {
    started: Instant,
    entries: Mutex<Entries>,
}

#[derive(Default)]
struct Entries {
    seen: Seen,
    in_flight: usize,
}

impl Recorder {
    pub(crate) fn new() -> Self {
        Self { started: Instant::now(), entries: Mutex::default() }
    }

    pub(crate) fn snapshot(&self) -> Seen {
        lock(&self.entries).seen.clone()
    }

    pub(crate) fn connected(&self) {
        lock(&self.entries).seen.connections += 1;
    }

    pub(crate) fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    /// Records a request. It is in flight until the returned value is dropped.
    pub(crate) fn arrived(&self, request: SeenRequest) -> InFlight<'_> {
        let mut entries = lock(&self.entries);
        let index = entries.seen.requests.len();
        entries.seen.requests.push(request);
        entries.in_flight += 1;
        entries.seen.max_in_flight = entries.seen.max_in_flight.max(entries.in_flight);
        InFlight { recorder: self, index }
    }
}

/// A request in flight.
pub(crate) struct InFlight<'recorder> {
    recorder: &'recorder Recorder,
    index: usize,
}

impl InFlight<'_> {
    pub(crate) fn answered(self, status: u16) {
        lock(&self.recorder.entries).seen.requests[self.index].status = Some(status);
    }
}

impl Drop for InFlight<'_> {
    fn drop(&mut self) {
        lock(&self.recorder.entries).in_flight -= 1;
    }
}
