//! How the sandbox behaves in a rehearsal, so that people can practise what may go wrong.

use std::time::Duration;

/// How a sandbox behaves. The names are those of the job's accounts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SandboxPlan {
    /// How long each answer takes.
    pub latency: Duration,
    /// Accounts whose log-on is refused.
    pub refuse_logon: Vec<String>,
    /// Accounts whose JESS credential is refused.
    pub refuse_jess: Vec<String>,
    /// Accounts whose JESS account is suspended.
    pub suspended: Vec<String>,
    /// Accounts that have a valid session of their JESS user already.
    pub linked: Vec<String>,
    /// Accounts whose answers take a second longer.
    pub slow: Vec<String>,
}

impl SandboxPlan {
    /// The lists of names, each with its key in the job file.
    pub(super) fn names(&mut self) -> [(&'static str, &mut Vec<String>); 5] {
        [
            ("refuse_logon", &mut self.refuse_logon),
            ("refuse_jess", &mut self.refuse_jess),
            ("suspended", &mut self.suspended),
            ("linked", &mut self.linked),
            ("slow", &mut self.slow),
        ]
    }
}
