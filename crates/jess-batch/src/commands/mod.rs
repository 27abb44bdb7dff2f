//! One short file for each command: wiring, no decisions.

mod check;
mod connect;
mod error;
mod help;
mod init;
mod load;
mod log;
mod passwords;
mod proxy;
mod rehearsal;
mod report;
mod rerun;
mod roster_name;
mod run;
mod runtime;
mod sandbox;
mod signals;
mod status;

use std::io::ErrorKind;

use clap::Parser;

use crate::cli::{Cli, Command};
use crate::console::{self, job_error, set_color, usage_error};
use crate::diagnostics::{Diagnostic, Diagnostics, escape_invisible};
use crate::outcome::ExitCode;
use error::CommandError;

/// Runs the command line of this process, prints what went wrong, and returns the exit code.
#[must_use]
pub fn main() -> ExitCode {
    let Cli { command, output } = Cli::parse();
    set_color(output.color);
    let done = match command {
        Command::Run(arguments) => run::run(&arguments, &output),
        Command::Status(arguments) => status::status(&arguments, &output),
        Command::Check(arguments) => check::check(&arguments, &output),
        Command::Init(arguments) => init::init(&arguments),
        Command::Report { command } => report::report(&command),
        Command::Schema => help::schema(),
        Command::Completions { shell } => help::completions(shell),
        Command::Man { command } => help::man(command.as_deref()),
        Command::Sandbox(arguments) => sandbox::sandbox(&arguments),
    };
    done.unwrap_or_else(|error| {
        print_error(&error);
        error.exit_code()
    })
}

/// The one place where errors are printed.
fn print_error(error: &CommandError) {
    match error {
        CommandError::Usage(problem) => usage_error(problem),
        CommandError::Invalid(diagnostics) => print_diagnostics(diagnostics),
        CommandError::Job { source, problem } => job_error(source, problem),
        CommandError::State { source, error } => job_error(source, &error.to_string()),
        CommandError::NoPassword => console::status("No password was typed; nothing was sent."),
        CommandError::Interrupted(batch) => console::status(match batch {
            crate::batch::Signal::Interrupt => "Interrupted; nothing was sent.",
            crate::batch::Signal::Terminate => "Terminated; nothing was sent.",
        }),
        // A reader such as `head` that has enough needs no message.
        CommandError::Output(error) if error.kind() == ErrorKind::BrokenPipe => {}
        CommandError::Output(error) => usage_error(&format!("standard output cannot be written: {error}.")),
    }
}

fn print_diagnostics(diagnostics: &Diagnostics) {
    print_warnings(&diagnostics.warnings);
    for error in &diagnostics.errors {
        // Not shortened: what to do stands at the end.
        console::status(&escape_invisible(&error.to_string()));
    }
    let count = diagnostics.errors.len();
    let noun = if count == 1 { "mistake" } else { "mistakes" };
    tracing::error!(target: "jess_batch::run", mistakes = count, "no run");
    console::status(&format!("{count} {noun}; nothing was sent."));
}

fn print_warnings(warnings: &[Diagnostic]) {
    for warning in warnings {
        console::status(&escape_invisible(&format!("warning: {warning}")));
    }
}
