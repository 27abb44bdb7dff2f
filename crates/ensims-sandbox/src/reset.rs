//! Resets a connection from within one of its requests.

use std::sync::Arc;

use tokio::sync::Notify;

/// Makes a connection's task reset the connection. Each request carries the switch of its connection.
#[derive(Clone, Default)]
pub(crate) struct ResetSwitch(Arc<Notify>);

impl ResetSwitch {
    pub(crate) fn pull(&self) {
        self.0.notify_one();
    }

    pub(crate) async fn pulled(&self) {
        self.0.notified().await;
    }
}
