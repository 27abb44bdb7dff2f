//! From the command line to the exit code.

use super::error::exit_code_of;
use super::{check, demo, help, init, report, run, sandbox, status};
use crate::cli::{Cli, Command};
use crate::console::set_color;
use crate::outcome::ExitCode;

/// Runs the command line of this process, prints what went wrong, and returns the exit code.
pub fn main() -> ExitCode {
    let Cli { command, output } = Cli::read();
    set_color(output.color);
    let done = match command {
        Command::Demo { open } => demo::demo(open, &output),
        Command::Run(arguments) => run::run(&arguments, &output),
        Command::Status(arguments) => status::status(&arguments, &output),
        Command::Check(arguments) => check::check(&arguments, &output),
        Command::Init(arguments) => init::init(&arguments, output.quiet),
        Command::Report(command) => report::report(&command, output.quiet),
        Command::Messages { language } => help::messages(language),
        Command::Schema => help::schema(),
        Command::Completions { shell } => help::completions(shell),
        Command::Man { command } => help::man(command.as_deref()),
        Command::Sandbox(arguments) => sandbox::sandbox(&arguments, output.quiet),
    };
    exit_code_of(done)
}
