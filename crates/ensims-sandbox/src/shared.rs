//! The state that the sandbox shares with its connections.

use std::sync::Mutex;

use crate::recorder::Recorder;
use crate::script::Script;
use crate::world::World;

/// The service's memory, the scripted faults, and the record of requests.
pub(crate) struct Shared {
    pub(crate) world: Mutex<World>,
    pub(crate) script: Mutex<Script>,
    pub(crate) recorder: Recorder,
    pub(crate) poses_as_service: bool,
}
