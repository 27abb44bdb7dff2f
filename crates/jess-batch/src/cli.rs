//! The command line, and nothing else.

use std::collections::HashSet;
use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::console::ProgressMode;
use crate::job::{Choices, Rate, Verify};

/// Update the JESS sessions of many ENSIMS accounts from a job file.
#[derive(Debug, Parser)]
#[command(
    version,
    max_term_width = 100,
    after_help = "Try it without the service: jess-batch run jobs/demo.yaml"
)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run job files: update every account's JESS session and report.
    Run(RunArguments),
    /// Show how the accounts of job files stand. Changes nothing.
    Status(StatusArguments),
    /// Check job files and show the plan. Sends nothing.
    Check(CheckArguments),
    /// Start a stand-in for the service on this machine, to try things with.
    Sandbox(SandboxArguments),
}

/// Which accounts, and which service.
#[derive(Debug, Args)]
pub(crate) struct JobArguments {
    /// Job files; `-` reads one from standard input.
    #[arg(required = true, value_name = "JOB.yaml")]
    pub(crate) jobs: Vec<PathBuf>,
    /// Do only this account (its name or e-mail). May be repeated.
    #[arg(long, value_name = "NAME")]
    only: Vec<String>,
    /// Leave this account out (its name or e-mail). May be repeated.
    #[arg(long, value_name = "NAME")]
    skip: Vec<String>,
    /// Use this address instead of the job's, or `sandbox` for a rehearsal.
    #[arg(long, value_name = "URL|sandbox")]
    service: Option<String>,
    /// Write the report here instead of where the job says, as .json or .prom; `-` is JSON on standard
    /// output. May be repeated.
    #[arg(long, value_name = "PATH")]
    pub(crate) report: Vec<String>,
    /// Accounts at once.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1000))]
    concurrency: Option<u16>,
    /// Requests to the service: 10/s, 600/min or unlimited.
    #[arg(long, value_name = "R", value_parser = Rate::parse)]
    rate: Option<Rate>,
}

impl JobArguments {
    /// What these flags say, and that of commands which have it: how closely to look.
    pub(crate) fn choices(&self, verify: Option<Verify>) -> Choices {
        Choices {
            only: self.only.clone(),
            skip: self.skip.clone(),
            service: self.service.clone(),
            reports: Some(self.report.clone()).filter(|reports| !reports.is_empty()),
            concurrency: self.concurrency.map(usize::from),
            rate: self.rate,
            verify,
        }
    }

    /// What several job files cannot share.
    pub(crate) fn conflict(&self) -> Option<&'static str> {
        let several = self.jobs.len() > 1;
        if several && !self.report.is_empty() {
            return Some("--report goes with one job file only");
        }
        if several && self.jobs.iter().any(|job| job.as_os_str() == "-") {
            return Some("'-' goes with no other job file");
        }
        let mut seen = HashSet::new();
        let twice =
            self.jobs.iter().any(|job| !seen.insert(job.canonicalize().unwrap_or_else(|_| job.clone())));
        twice.then_some("the same job file is given twice")
    }
}

#[derive(Debug, Args)]
pub(crate) struct RunArguments {
    #[command(flatten)]
    pub(crate) job: JobArguments,
    #[command(flatten)]
    pub(crate) verify: VerifyArguments,
    /// Take up the last run: do only the accounts that have no verdict yet, or did not succeed.
    #[arg(long)]
    pub(crate) resume: bool,
    /// Start no further account when this many did not succeed.
    #[arg(long, value_name = "N", value_parser = parse_count)]
    pub(crate) max_failures: Option<usize>,
    /// Keep each job's lock and journal in this folder.
    #[arg(long, value_name = "FOLDER", env = "JESS_BATCH_STATE_DIR", hide_env_values = true)]
    pub(crate) state_dir: Option<PathBuf>,
    /// How to show progress.
    #[arg(long, value_enum, default_value_t, value_name = "HOW")]
    pub(crate) progress: ProgressMode,
    /// Say nothing but errors and who did not succeed.
    #[arg(short, long)]
    pub(crate) quiet: bool,
    /// Log each request; -vv logs more. Never a password or token.
    #[arg(short, long, action = clap::ArgAction::Count)]
    pub(crate) verbose: u8,
}

#[derive(Debug, Args)]
pub(crate) struct StatusArguments {
    #[command(flatten)]
    pub(crate) job: JobArguments,
}

#[derive(Debug, Args)]
pub(crate) struct CheckArguments {
    #[command(flatten)]
    pub(crate) job: JobArguments,
    #[command(flatten)]
    pub(crate) verify: VerifyArguments,
}

/// How closely to look at an account.
#[derive(Debug, Args)]
pub(crate) struct VerifyArguments {
    /// What to look at after each update.
    #[arg(long, value_enum, value_name = "WHAT")]
    pub(crate) verify: Option<Verify>,
}

#[derive(Debug, Args)]
pub(crate) struct SandboxArguments {
    /// Address to listen on; this machine's own addresses only.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8080")]
    pub(crate) listen: SocketAddr,
    /// Know the accounts of this job file.
    #[arg(long, value_name = "JOB.yaml")]
    pub(crate) accounts: Option<PathBuf>,
}

fn parse_count(text: &str) -> Result<usize, String> {
    text.parse().ok().filter(|count| *count > 0).ok_or_else(|| "write a number from 1".to_owned())
}
