//! The script: which request meets which fault.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use crate::faults::{Fault, Target};
use crate::operation::Operation;

/// The scripted faults, and the latency of every answer.
pub(crate) struct Script {
    pub(crate) latency: Duration,
    queues: HashMap<(Option<String>, Operation), Queue>,
}

#[derive(Default)]
struct Queue {
    once: VecDeque<Fault>,
    always: Option<Fault>,
}

impl Script {
    pub(crate) fn new(latency: Duration) -> Self {
        Self { latency, queues: HashMap::new() }
    }

    pub(crate) fn append(
        &mut self,
        target: Target,
        operation: Operation,
        faults: impl IntoIterator<Item = Fault>,
    ) {
        self.queue(target, operation).once.extend(faults);
    }

    pub(crate) fn set_always(&mut self, target: Target, operation: Operation, fault: Fault) {
        self.queue(target, operation).always = Some(fault);
    }

    fn queue(&mut self, target: Target, operation: Operation) -> &mut Queue {
        let email = match target {
            Target::Anyone => None,
            Target::Account(email) => Some(email.to_lowercase()),
        };
        self.queues.entry((email, operation)).or_default()
    }

    /// Takes the fault that a request meets. The account's own come before anyone's, and queues before `always`.
    pub(crate) fn next(&mut self, email: Option<&str>, operation: Operation) -> Option<Fault> {
        let mut keys = Vec::new();
        if let Some(email) = email {
            keys.push((Some(email.to_lowercase()), operation));
        }
        keys.push((None, operation));
        for key in &keys {
            if let Some(fault) = self.queues.get_mut(key).and_then(|queue| queue.once.pop_front()) {
                return Some(fault);
            }
        }
        keys.iter().find_map(|key| self.queues.get(key)?.always.clone())
    }
}
