//! The command line, and nothing else.

use std::collections::HashSet;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use clap::{Args, Parser, Subcommand};
use jiff::Timestamp;

use crate::console::{LogFormat, ProgressMode};
use crate::job::{Choices, Format, Rate, Verify};

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
    /// Write a job file to begin with, alone or for a roster. Replaces nothing.
    Init(InitArguments),
    /// Show, convert or compare JSON reports.
    Report {
        #[command(subcommand)]
        command: ReportCommand,
    },
    /// Print the JSON Schema of the job file, with which editors help to write it.
    Schema,
    /// Print a completion script for a shell.
    Completions { shell: clap_complete::Shell },
    /// Print the manual page, in the form that `man` reads.
    Man {
        /// Of this command, such as `run` or `report-show`; of the program as a whole otherwise.
        command: Option<String>,
    },
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
    /// Accounts at once.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1000))]
    concurrency: Option<u16>,
    /// Requests to the service: 10/s, 600/min or unlimited.
    #[arg(long, value_name = "R", value_parser = Rate::parse)]
    rate: Option<Rate>,
    /// Type the passwords that the job does not give, at the terminal.
    #[arg(long)]
    ask: bool,
    /// Use files with passwords even if other people can open them.
    #[arg(long)]
    allow_readable_secrets: bool,
}

impl JobArguments {
    /// What these flags say, at this moment. It is one moment for all jobs and reports, so that the names which are
    /// checked are those which are written.
    fn choices(&self) -> Choices {
        Choices {
            only: self.only.clone(),
            skip: self.skip.clone(),
            service: self.service.clone(),
            reports: None,
            now: Timestamp::now(),
            concurrency: self.concurrency.map(usize::from),
            rate: self.rate,
            verify: None,
            ask: self.ask,
            allow_readable_secrets: self.allow_readable_secrets,
        }
    }

    /// Whether this path is one of the job files.
    pub(crate) fn names(&self, path: &Path) -> bool {
        let whole = |path: &Path| path.canonicalize().ok();
        whole(path).is_some_and(|path| self.jobs.iter().any(|job| whole(job).as_ref() == Some(&path)))
    }

    /// What several job files cannot share.
    pub(crate) fn conflict(&self, choices: &Choices) -> Option<&'static str> {
        let several = self.jobs.len() > 1;
        if several && choices.reports.as_ref().is_some_and(|reports| !reports.is_empty()) {
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

/// How much is logged, how, and where to.
#[derive(Debug, Args)]
pub(crate) struct LogArguments {
    /// Log the run and each request; -vv logs more. Never a password or token.
    #[arg(short, long, action = clap::ArgAction::Count)]
    pub(crate) verbose: u8,
    /// How log lines are written.
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    pub(crate) log_format: LogFormat,
    /// Append log lines to this file, not to standard error. It implies -v, unless `RUST_LOG` is set.
    #[arg(long, value_name = "PATH")]
    pub(crate) log_file: Option<PathBuf>,
}

/// Where state is kept, if not in the usual place.
#[derive(Debug, Args)]
pub(crate) struct StateArguments {
    /// Each job's lock and journal are in this folder.
    #[arg(long, value_name = "FOLDER", env = "JESS_BATCH_STATE_DIR", hide_env_values = true)]
    pub(crate) state_dir: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct RunArguments {
    #[command(flatten)]
    pub(crate) job: JobArguments,
    #[command(flatten)]
    plan: PlanArguments,
    /// Take up the last run. If it was cut short: do what is left, and send nothing that was refused. If it came to
    /// its end: attempt all that did not succeed.
    #[arg(long)]
    pub(crate) resume: bool,
    /// Start no further account when this many did not succeed.
    #[arg(long, value_name = "N", value_parser = parse_count)]
    pub(crate) max_failures: Option<usize>,
    #[command(flatten)]
    pub(crate) state: StateArguments,
    /// How to show progress.
    #[arg(long, value_enum, default_value_t, value_name = "HOW")]
    pub(crate) progress: ProgressMode,
    /// Say nothing but errors and who did not succeed.
    #[arg(short, long)]
    pub(crate) quiet: bool,
    #[command(flatten)]
    pub(crate) log: LogArguments,
}

#[derive(Debug, Args)]
pub(crate) struct StatusArguments {
    #[command(flatten)]
    pub(crate) job: JobArguments,
    /// Write all that was found here, as .json or .csv; `-` is JSON on standard output, in place of the table. May be
    /// repeated.
    #[arg(long, value_name = "PATH")]
    pub(crate) report: Vec<String>,
    #[command(flatten)]
    pub(crate) state: StateArguments,
    /// Say nothing when all are ready.
    #[arg(short, long)]
    pub(crate) quiet: bool,
    /// How to show progress.
    #[arg(long, value_enum, default_value_t, value_name = "HOW")]
    pub(crate) progress: ProgressMode,
    #[command(flatten)]
    pub(crate) log: LogArguments,
}

#[derive(Debug, Args)]
pub(crate) struct CheckArguments {
    #[command(flatten)]
    pub(crate) job: JobArguments,
    #[command(flatten)]
    plan: PlanArguments,
}

/// What a run does besides the updates.
#[derive(Debug, Args)]
struct PlanArguments {
    #[arg(long, value_name = "PATH", help = report_help())]
    report: Vec<String>,
    /// What to look at after each update.
    #[arg(long, value_enum, value_name = "WHAT")]
    verify: Option<Verify>,
}

impl PlanArguments {
    fn choices(&self, job: &JobArguments) -> Choices {
        let reports = Some(self.report.clone()).filter(|reports| !reports.is_empty());
        Choices { reports, verify: self.verify, ..job.choices() }
    }
}

impl RunArguments {
    pub(crate) fn choices(&self) -> Choices {
        self.plan.choices(&self.job)
    }
}

impl CheckArguments {
    pub(crate) fn choices(&self) -> Choices {
        self.plan.choices(&self.job)
    }
}

impl StatusArguments {
    /// The job's own reports are those of its runs.
    pub(crate) fn choices(&self) -> Choices {
        Choices { reports: Some(self.report.clone()), ..self.job.choices() }
    }
}

#[derive(Debug, Args)]
pub(crate) struct InitArguments {
    /// The job file to write.
    #[arg(value_name = "JOB.yaml", default_value = "job.yaml")]
    pub(crate) path: PathBuf,
    /// Take the accounts from this CSV file; it is checked, and you are told what is in it.
    #[arg(long, value_name = "ROSTER.csv")]
    pub(crate) roster: Option<PathBuf>,
    /// What the job is called in its reports.
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<String>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ReportCommand {
    /// Show the summary of a report again.
    Show {
        #[arg(value_name = "REPORT.json")]
        file: PathBuf,
    },
    /// Write a JSON report in another format; the end of the new name tells which.
    Convert {
        #[arg(value_name = "REPORT.json")]
        from: PathBuf,
        #[arg(value_name = "PATH")]
        to: PathBuf,
    },
    /// Tell who began to fail, who recovered, and who is new or gone. Exit code 1 when somebody began to fail.
    Diff {
        #[arg(value_name = "OLD.json")]
        old: PathBuf,
        #[arg(value_name = "NEW.json")]
        new: PathBuf,
    },
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

/// Names the formats as [`Format`] has them.
fn report_help() -> String {
    format!(
        "Write the report here instead of where the job says, as {}; {{date}} and {{time}} may stand in the name; `-` is JSON on standard output. May be repeated",
        Format::known()
    )
}

fn parse_count(text: &str) -> Result<usize, String> {
    text.parse().ok().filter(|count| *count > 0).ok_or_else(|| "write a number from 1".to_owned())
}
