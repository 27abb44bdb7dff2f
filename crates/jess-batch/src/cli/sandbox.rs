//! The options of `sandbox`.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;

use crate::job::SandboxPlan;

/// The options of `sandbox`.
#[derive(Debug, Args)]
pub struct SandboxArguments {
    /// The address to listen on; only this machine's own addresses.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,
    /// Know the accounts of this job file.
    #[arg(long, value_name = "JOB.yaml")]
    pub accounts: Option<PathBuf>,
    /// Refuse the log-on of this account (name or e-mail address). Can be repeated.
    #[arg(long, value_name = "NAME", requires = "accounts")]
    refuse_logon: Vec<String>,
    /// Refuse the JESS user name and password of this account. Can be repeated.
    #[arg(long, value_name = "NAME", requires = "accounts")]
    refuse_jess: Vec<String>,
    /// Suspend the JESS account of this account. Can be repeated.
    #[arg(long, value_name = "NAME", requires = "accounts")]
    suspended: Vec<String>,
    /// Give this account a valid session of its JESS user. Can be repeated.
    #[arg(long, value_name = "NAME", requires = "accounts")]
    linked: Vec<String>,
}

impl SandboxArguments {
    /// What these options add to the plan of the job.
    pub fn plan(&self) -> SandboxPlan {
        SandboxPlan {
            refuse_logon: self.refuse_logon.clone(),
            refuse_jess: self.refuse_jess.clone(),
            suspended: self.suspended.clone(),
            linked: self.linked.clone(),
            ..SandboxPlan::default()
        }
    }
}
