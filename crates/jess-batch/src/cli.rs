//! The command line, and nothing else.

mod sandbox;
mod variables;

use std::collections::HashSet;
use std::ffi::OsString;
use std::path::PathBuf;

use clap::error::{ContextKind, ErrorKind};
use clap::parser::ValueSource;
use clap::{Arg, ArgAction, Args, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};
use jiff::Timestamp;

pub use self::sandbox::SandboxArguments;
use self::variables::add_variables;
use crate::console::{ColorMode, LogFormat, ProgressMode};
use crate::job::{CONCURRENCY, Format, Overrides, Rate, SandboxPlan, Verify, in_range};
use crate::remedies::Language;

/// What the exit codes mean, at the end of the help.
const EXIT_CODES: &str = "\
Exit codes:
  0    every selected account succeeded, and is ready where that was asked
  1    at least one account did not, or the run history, a report or the log could not be written
  2    the command line, a variable, a job file or a path cannot be used; no password was sent
  3    the service cannot be reached, or went down
  4    another run of this job is still going; nothing was sent
  130  interrupted (Ctrl-C); the report is written
  143  terminated (SIGTERM); the report is written";

/// How options come from variables, before the exit codes.
const VARIABLES: &str = "\
Every option of 'run' can also be set by a variable, JESS_BATCH_ and its name: JESS_BATCH_CONCURRENCY=4.
The command line overrides the variable, and the variable overrides the job file.";

/// The version, and what this program was built from and for.
const BUILD: &str = concat!(
    env!("CARGO_PKG_VERSION"),
    "\ncommit: ",
    env!("BUILD_COMMIT"),
    "\ntarget: ",
    env!("BUILD_TARGET"),
    "\nbuilt by: ",
    env!("BUILD_RUST")
);

/// Update the JESS sessions of many ENSIMS accounts from a job file.
#[derive(Debug, Parser)]
#[command(
    name = "jess-batch",
    // Not that of the file: Windows adds .exe.
    bin_name = "jess-batch",
    version,
    disable_version_flag = true,
    arg = version_flag(),
    max_term_width = 100,
    after_help = format!("See it work, without the service: jess-batch demo\n\n{VARIABLES}\n\n{EXIT_CODES}")
)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
    /// Options of every command.
    #[command(flatten)]
    pub output: OutputArguments,
}

impl Cli {
    /// Reads the command line of this process and the variables of its options. Ends the process if they cannot be used,
    /// or if they ask for help.
    pub fn read() -> Self {
        let mut command = Self::with_variables();
        if VerboseVersion::try_parse().is_ok() {
            command = command.version(BUILD);
        }
        let matches = command
            .try_get_matches_from_mut(std::env::args_os())
            .unwrap_or_else(|error| without_useless_tip(variables::name_variable(error)).exit());
        let mut cli = Self::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
        let Some((name @ ("run" | "status" | "check"), options)) = matches.subcommand() else { return cli };
        // Not clap's conflict, which would count variables too.
        let is_typed = |option| options.value_source(option) == Some(ValueSource::CommandLine);
        if is_typed("dry_run") && is_typed("service") {
            let problem = "--dry-run cannot be used with --service; use one of them";
            command.error(ErrorKind::ArgumentConflict, problem).exit();
        }
        if let Some(problem) = variables::misspelled(&command) {
            command.error(ErrorKind::UnknownArgument, problem).exit();
        }
        if let Command::Run(RunArguments { plan, .. }) | Command::Check(CheckArguments { plan, .. }) =
            &mut cli.command
        {
            plan.reports_from_variable = options.value_source("report") == Some(ValueSource::EnvVariable);
        }
        if let (Command::Run(run), Some(command)) = (&mut cli.command, command.find_subcommand(name)) {
            run.words = std::env::args_os().skip(1).collect();
            run.from_variables = variables::words(command, options);
        }
        cli
    }

    /// The command line, in which each option of `run` can also come from a variable: `JESS_BATCH_` and its name.
    pub fn with_variables() -> clap::Command {
        add_variables(Self::command())
    }
}

/// An error about an option that a command does not have, without the tip to write it as the name of a file.
fn without_useless_tip(mut error: clap::Error) -> clap::Error {
    let is_of_command = std::env::args().nth(1).is_some_and(|word| !word.starts_with('-'));
    if error.kind() == ErrorKind::UnknownArgument && is_of_command {
        error.remove(ContextKind::Suggested);
    }
    error
}

fn version_flag() -> Arg {
    let help = "Print the version; with -v also the commit, the target and the version of Rust";
    Arg::new("version").short('V').long("version").action(ArgAction::Version).display_order(1000).help(help)
}

/// The command line `--version --verbose`.
#[derive(Debug, Parser)]
#[command(disable_version_flag = true)]
struct VerboseVersion {
    #[arg(short = 'V', long = "version", required = true)]
    _version: bool,
    #[arg(short = 'v', long = "verbose", required = true)]
    _verbose: bool,
}

/// A command of the program.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Show how it works: a class of 20 on the sandbox. Needs no file and no account.
    Demo {
        /// Open the HTML report when it is written.
        #[arg(long)]
        open: bool,
    },
    /// Run job files: update every account's JESS session and report.
    #[command(after_help = format!("{VARIABLES}\n\n{EXIT_CODES}"))]
    Run(RunArguments),
    /// Show whether the accounts of job files are ready. Changes nothing.
    #[command(after_help = EXIT_CODES)]
    Status(StatusArguments),
    /// Check job files and show what a run would do. Sends nothing.
    Check(CheckArguments),
    /// Create a job file, optionally from a roster. Never overwrites.
    Init(InitArguments),
    /// Show, convert or compare JSON reports.
    #[command(subcommand)]
    Report(ReportCommand),
    /// Print the messages to persons that the report's page contains, to make your own from them.
    Messages {
        /// The language.
        #[arg(long, value_enum, default_value_t, value_name = "LANGUAGE")]
        language: Language,
    },
    /// Print the JSON Schema of the job file, for editors.
    Schema,
    /// Print a completion script for a shell.
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
    /// Print the manual page, in the format that `man` reads.
    Man {
        /// The page of this command, such as `run` or `report-show`; of the whole program if none is given.
        command: Option<String>,
    },
    /// Start the sandbox: the service in memory, on this machine, to try things with.
    Sandbox(SandboxArguments),
}

/// How much is printed. These options go with every command.
#[derive(Debug, Args)]
pub struct OutputArguments {
    /// Log the run and each request; -vv logs more. Never a password or token.
    #[arg(short, long, global = true, display_order = 100, action = ArgAction::Count)]
    pub verbose: u8,
    /// Print nothing if all is well; otherwise only errors and the accounts that need attention.
    #[arg(short, long, global = true, display_order = 100)]
    pub quiet: bool,
    /// When to use colours; `auto` respects the variable `NO_COLOR`.
    #[arg(long, global = true, display_order = 100, value_enum, default_value_t, value_name = "WHEN")]
    pub color: ColorMode,
}

/// Which accounts of which jobs, and which service.
#[derive(Debug, Args)]
pub struct JobArguments {
    /// Job files; `-` reads one from standard input.
    #[arg(required = true, value_name = "JOB.yaml")]
    pub jobs: Vec<PathBuf>,
    /// Select only this account (name or e-mail address). Can be repeated.
    #[arg(long, value_name = "NAME")]
    only: Vec<String>,
    /// Leave this account out (name or e-mail address). Can be repeated.
    #[arg(long, value_name = "NAME")]
    skip: Vec<String>,
    /// Use this address instead of the job's, or `sandbox` for a rehearsal.
    #[arg(long, value_name = "URL|sandbox")]
    service: Option<String>,
    /// Accounts in progress at the same time, 1 to 1000.
    #[arg(long, value_name = "N", value_parser = parse_concurrency)]
    concurrency: Option<usize>,
    /// Requests to the service: 10/s, 600/min or unlimited.
    #[arg(long, value_name = "RATE", value_parser = Rate::parse)]
    rate: Option<Rate>,
    /// Rehearse the job on the embedded sandbox, whatever its service is. Sends nothing; the same as --service sandbox.
    #[arg(long)]
    dry_run: bool,
    /// Type the passwords that the job does not give, at the terminal.
    #[arg(long)]
    ask: bool,
    /// Accept files with passwords even if other users can read them.
    #[arg(long)]
    allow_readable_secrets: bool,
}

impl JobArguments {
    /// What these options say, at this moment. It is one moment for all jobs and reports, so that the names that are
    /// checked are the names that are written.
    fn overrides(&self) -> Overrides {
        Overrides {
            only: self.only.clone(),
            skip: self.skip.clone(),
            service: if self.dry_run { Some("sandbox".to_owned()) } else { self.service.clone() },
            reports: None,
            reports_from_variable: false,
            now: Timestamp::now(),
            concurrency: self.concurrency,
            rate: self.rate,
            verify: None,
            ask: self.ask,
            allow_readable_secrets: self.allow_readable_secrets,
            sandbox: SandboxPlan::default(),
        }
    }

    /// The options that select accounts and the service, as words of a command line.
    pub fn selection(&self) -> Vec<String> {
        let Overrides { only, skip, service, .. } = self.overrides();
        let mut words = Vec::new();
        for (option, values) in [("--only", only), ("--skip", skip), ("--service", Vec::from_iter(service))] {
            for value in values {
                words.extend([option.to_owned(), value]);
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
    plan: PlanArguments,
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
    plan: PlanArguments,
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
struct PlanArguments {
    #[arg(long, value_name = "PATH", help = report_help())]
    report: Vec<String>,
    /// Whether the reports come from a variable, so that they may be those of every run.
    #[arg(skip)]
    reports_from_variable: bool,
    /// What to verify after each update.
    #[arg(long, value_enum, value_name = "WHAT")]
    verify: Option<Verify>,
}

impl PlanArguments {
    fn overrides(&self, job: &JobArguments) -> Overrides {
        let reports = Some(self.report.clone()).filter(|reports| !reports.is_empty());
        let reports_from_variable = self.reports_from_variable;
        Overrides { reports, reports_from_variable, verify: self.verify, ..job.overrides() }
    }
}

impl RunArguments {
    /// The options of a command line that begins with `run`. Variables have no effect on it.
    ///
    /// # Panics
    /// When the program could not be started with it.
    pub fn of_words(words: Vec<OsString>) -> Self {
        let line = [OsString::from("jess-batch")].into_iter().chain(words.clone());
        match Cli::try_parse_from(line).map(|cli| cli.command) {
            Ok(Command::Run(run)) => Self { words, ..run },
            other => panic!("not the command line of a run: {other:?}"),
        }
    }

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
        Overrides { reports: Some(self.report.clone()), ..self.job.overrides() }
    }
}

/// The options of `init`.
#[derive(Debug, Args)]
pub struct InitArguments {
    /// The job file to create.
    #[arg(value_name = "JOB.yaml", default_value = "job.yaml")]
    pub path: PathBuf,
    /// Take the accounts from this spreadsheet or CSV file. It is checked, and its contents are summarized.
    #[arg(long, value_name = "ROSTER")]
    pub roster: Option<PathBuf>,
    /// The name of the job in reports.
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,
}

/// What to do with JSON reports.
#[derive(Debug, Subcommand)]
pub enum ReportCommand {
    /// Show the summary of a report again.
    Show {
        /// The report.
        #[arg(value_name = "REPORT.json")]
        file: PathBuf,
    },
    /// Write a JSON report in another format; the file extension decides which.
    Convert {
        /// The report.
        #[arg(value_name = "REPORT.json")]
        from: PathBuf,
        /// The new file.
        #[arg(value_name = "PATH")]
        to: PathBuf,
        /// Open the page, if it is one.
        #[arg(long)]
        open: bool,
    },
    /// Show which accounts began to fail, still fail, recovered, are new or gone. Exit code 1 if any began to fail.
    Diff {
        /// The older report.
        #[arg(value_name = "OLD.json")]
        old: PathBuf,
        /// The newer report.
        #[arg(value_name = "NEW.json")]
        new: PathBuf,
    },
}

/// Lists the formats that [`Format`] knows.
fn report_help() -> String {
    format!(
        "Write the report here instead of where the job says, as {}; {{date}} and {{time}} are filled in; `-` is JSON on standard output. Can be repeated",
        Format::known_extensions()
    )
}

fn parse_concurrency(text: &str) -> Result<usize, String> {
    // What is no number is out of range too.
    in_range(text.parse().unwrap_or(0), &CONCURRENCY)
}

fn parse_count(text: &str) -> Result<usize, String> {
    text.parse().ok().filter(|count| *count > 0).ok_or_else(|| "give a number from 1".to_owned())
}
