//! The options of `run`, `status` and `check`.

use std::collections::HashSet;
use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::console::{LogFormat, ProgressMode};
use crate::job::{Format, Overrides, Verify};

/// Which accounts of which jobs, and which service.
#[derive(Debug, Args)]
pub struct JobArguments {
    /// Job files; `-` reads one from standard input.
    #[arg(required = true, value_name = "JOB.yaml")]
    pub jobs: Vec<PathBuf>,
    /// What overrides the job files.
    #[command(flatten)]
    overrides: Overrides,
}

impl JobArguments {
    /// The options that select accounts and the service, as words of a command line.
    pub fn selection(&self) -> Vec<String> {
        let Overrides { only, skip, .. } = &self.overrides;
        let service = self.overrides.service().map(str::to_owned);
        let mut words = Vec::new();
        for (option, values) in [("--only", only), ("--skip", skip), ("--service", &Vec::from_iter(service))]
        {
            for value in values {
                words.extend([option.to_owned(), value.clone()]);
            }
        }
        words
    }

    /// What several job files cannot share, if they try to.
    pub fn conflict(&self, overrides: &Overrides) -> Option<&'static str> {
        let is_one = self.jobs.len() == 1;
        if !is_one && !overrides.reports.as_deref().unwrap_or_default().is_empty() {
            return Some("--report can be used with one job file only");
        }
        if !is_one && self.jobs.iter().any(|job| job.as_os_str() == "-") {
            return Some("'-' cannot be combined with other job files");
        }
        let mut seen = HashSet::new();
        for job in &self.jobs {
            if !seen.insert(job.canonicalize().unwrap_or_else(|_| job.clone())) {
                return Some("the same job file is given twice");
            }
        }
        None
    }
}

/// What `run` and `status` keep and show.
#[derive(Debug, Args)]
pub struct WorkArguments {
    /// The folder for the lock and the run history of each job.
    #[arg(long, value_name = "FOLDER")]
    pub state_dir: Option<PathBuf>,
    /// How to show progress.
    #[arg(long, value_enum, default_value_t, value_name = "HOW")]
    pub progress: ProgressMode,
    /// The format of log lines.
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    pub log_format: LogFormat,
    /// Append log lines to this file instead of standard error. Implies -v, unless `RUST_LOG` is set.
    #[arg(long, value_name = "PATH")]
    pub log_file: Option<PathBuf>,
}

/// The options of `run`.
#[derive(Debug, Args)]
pub struct RunArguments {
    /// The jobs.
    #[command(flatten)]
    pub job: JobArguments,
    /// What a run does besides the updates.
    #[command(flatten)]
    pub(super) plan: PlanArguments,
    /// Continue the last run. If it was cut short, do the rest and send nothing that was refused. If it was finished,
    /// attempt every account that did not succeed.
    #[arg(long)]
    pub resume: bool,
    /// Open the HTML report when it is written.
    #[arg(long)]
    pub open: bool,
    /// Start no more accounts once this many need attention.
    #[arg(long, value_name = "N", value_parser = parse_count)]
    pub max_failures: Option<usize>,
    /// The command line as it was typed, after the name of the program.
    #[arg(skip)]
    pub words: Vec<OsString>,
    /// The options that came from variables, as words of a command line.
    #[arg(skip)]
    pub from_variables: Vec<String>,
    /// What it keeps and shows.
    #[command(flatten)]
    pub work: WorkArguments,
}

/// The options of `status`.
#[derive(Debug, Args)]
pub struct StatusArguments {
    /// The jobs.
    #[command(flatten)]
    pub job: JobArguments,
    /// Write a report of what was found; `-` is JSON on standard output, instead of the table. Can be repeated.
    #[arg(long, value_name = "PATH")]
    pub report: Vec<String>,
    /// Show the usage of each JESS account too.
    #[arg(long)]
    pub long: bool,
    /// What it keeps and shows.
    #[command(flatten)]
    pub work: WorkArguments,
}

/// The options of `check`.
#[derive(Debug, Args)]
pub struct CheckArguments {
    /// The jobs.
    #[command(flatten)]
    pub job: JobArguments,
    /// What a run does besides the updates.
    #[command(flatten)]
    pub(super) plan: PlanArguments,
    /// The format of the result.
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    pub format: CheckFormat,
}

/// The format in which `check` prints its result.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum CheckFormat {
    /// A table for people.
    #[default]
    Text,
    /// One JSON object: the accounts without passwords, or the mistakes.
    Json,
}

/// What a run does besides the updates.
#[derive(Debug, Args)]
pub(super) struct PlanArguments {
    #[arg(long, value_name = "PATH", help = report_help())]
    report: Vec<String>,
    /// Whether the reports come from a variable, so that they may be those of every run.
    #[arg(skip)]
    pub(super) reports_from_variable: bool,
    /// What to verify after each update.
    #[arg(long, value_enum, value_name = "WHAT")]
    verify: Option<Verify>,
}

impl PlanArguments {
    fn overrides(&self, job: &JobArguments) -> Overrides {
        let reports = Some(self.report.clone()).filter(|reports| !reports.is_empty());
        let reports_from_variable = self.reports_from_variable;
        Overrides { reports, reports_from_variable, verify: self.verify, ..job.overrides.clone() }
    }
}

impl RunArguments {
    /// What the command line says about the jobs.
    pub fn overrides(&self) -> Overrides {
        self.plan.overrides(&self.job)
    }
}

impl CheckArguments {
    /// What the command line says about the jobs.
    pub fn overrides(&self) -> Overrides {
        self.plan.overrides(&self.job)
    }
}

impl StatusArguments {
    /// What the command line says about the jobs. The reports of the job file are for its runs.
    pub fn overrides(&self) -> Overrides {
        Overrides { reports: Some(self.report.clone()), ..self.job.overrides.clone() }
    }
}

/// Lists the formats that [`Format`] knows.
fn report_help() -> String {
    format!(
        "Write the report here instead of where the job says, as {}; {{date}} and {{time}} are filled in; `-` is JSON on standard output. Can be repeated",
        Format::known_extensions()
    )
}

fn parse_count(text: &str) -> Result<usize, String> {
    text.parse().ok().filter(|count| *count > 0).ok_or_else(|| "give a number from 1".to_owned())
}
