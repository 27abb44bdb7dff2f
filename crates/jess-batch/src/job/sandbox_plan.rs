//! How the sandbox behaves in a rehearsal, so that people can practise what may go wrong.

use std::time::Duration;

use clap::Args;

/// How a sandbox behaves. The names are those of the job's accounts. Most comments are the help of `sandbox`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Args)]
pub struct SandboxPlan {
    /// How long each answer takes.
    #[arg(skip)]
    pub latency: Duration,
    /// Refuse the log-on of this account (name or e-mail address). Can be repeated.
    #[arg(long, value_name = "NAME", requires = "accounts")]
    pub refuse_logon: Vec<String>,
    /// Refuse the JESS user name and password of this account. Can be repeated.
    #[arg(long, value_name = "NAME", requires = "accounts")]
    pub refuse_jess: Vec<String>,
    /// Suspend the JESS account of this account. Can be repeated.
    #[arg(long, value_name = "NAME", requires = "accounts")]
    pub suspended: Vec<String>,
    /// Give this account a valid session of its JESS user. Can be repeated.
    #[arg(long, value_name = "NAME", requires = "accounts")]
    pub linked: Vec<String>,
    /// Accounts whose answers take a second longer.
    #[arg(skip)]
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
