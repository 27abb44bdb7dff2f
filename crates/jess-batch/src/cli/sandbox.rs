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
    /// What else goes wrong.
    #[command(flatten)]
    pub plan: SandboxPlan,
}
