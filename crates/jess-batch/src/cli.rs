//! The command line, and nothing else.

mod job;
mod sandbox;
mod variables;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::error::{ContextKind, ErrorKind};
use clap::parser::ValueSource;
use clap::{Arg, ArgAction, Args, CommandFactory, FromArgMatches, Parser, Subcommand};

pub use self::job::{
    CheckArguments, CheckFormat, JobArguments, RunArguments, StatusArguments, WorkArguments,
};
pub use self::sandbox::SandboxArguments;
use self::variables::add_variables;
use crate::console::ColorMode;
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

    /// The options of a command line that begins with `run`. Variables have no effect on it.
    ///
    /// # Panics
    /// When the program could not be started with it.
    pub fn run_arguments(words: Vec<OsString>) -> RunArguments {
        let line = [OsString::from("jess-batch")].into_iter().chain(words.clone());
        match Self::try_parse_from(line).map(|cli| cli.command) {
            Ok(Command::Run(run)) => RunArguments { words, ..run },
            other => panic!("not the command line of a run: {other:?}"),
        }
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
