//! What the command line says about a job.

use clap::Args;
use jiff::Timestamp;

use super::file::SANDBOX;
use super::options::{CONCURRENCY, Rate, Verify, in_range};
use super::sandbox_plan::SandboxPlan;

/// What the command line says about a job; it overrides the job file. The first comments are the help.
#[derive(Clone, Debug, Default, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
pub struct Overrides {
    /// Select only this account (name or e-mail address). Can be repeated.
    #[arg(long, value_name = "NAME")]
    pub only: Vec<String>,
    /// Leave this account out (name or e-mail address). Can be repeated.
    #[arg(long, value_name = "NAME")]
    pub skip: Vec<String>,
    /// Use this address instead of the job's, or `sandbox` for a rehearsal.
    #[arg(long, value_name = "URL|sandbox")]
    pub service: Option<String>,
    /// Accounts in progress at the same time, 1 to 1000.
    #[arg(long, value_name = "N", value_parser = parse_concurrency)]
    pub concurrency: Option<usize>,
    /// Requests to the service: 10/s, 600/min or unlimited.
    #[arg(long, value_name = "RATE", value_parser = Rate::parse)]
    pub rate: Option<Rate>,
    /// Rehearse the job on the embedded sandbox, whatever its service is. Sends nothing; the same as --service sandbox.
    #[arg(long)]
    pub dry_run: bool,
    /// Type the passwords that the job does not give, at the terminal.
    #[arg(long)]
    pub ask: bool,
    /// Accept files with passwords even if other users can read them.
    #[arg(long)]
    pub allow_readable_secrets: bool,
    /// Replaces the reports of the job file.
    #[arg(skip)]
    pub reports: Option<Vec<String>>,
    /// Whether these reports come from a variable, and so are for every run, not typed for this one.
    #[arg(skip)]
    pub reports_from_variable: bool,
    /// What is verified after an update.
    #[arg(skip)]
    pub verify: Option<Verify>,
    /// What `{date}` and `{time}` in the names of reports stand for. It is one moment for all jobs and reports, so that the
    /// names that are checked are the names that are written.
    #[arg(skip = Timestamp::now())]
    pub now: Timestamp,
    /// What goes wrong on the sandbox, besides what the job file says.
    #[arg(skip)]
    pub sandbox: SandboxPlan,
}

impl Overrides {
    /// The service instead of the job's: an address or `sandbox`.
    pub fn service(&self) -> Option<&str> {
        if self.dry_run { Some(SANDBOX) } else { self.service.as_deref() }
    }
}

fn parse_concurrency(text: &str) -> Result<usize, String> {
    // What is no number is out of range too.
    in_range(text.parse().unwrap_or(0), &CONCURRENCY)
}
