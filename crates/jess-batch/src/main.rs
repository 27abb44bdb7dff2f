//! `jess-batch`: updates the JESS sessions of many ENSIMS accounts from a job file.

mod batch;
mod cli;
mod commands;
mod console;
mod job;
mod report;
mod state;

use std::process::ExitCode;

use clap::Parser;

use cli::{Cli, Command};

fn main() -> ExitCode {
    let exit = match Cli::parse().command {
        Command::Run(arguments) => commands::run(&arguments),
        Command::Status(arguments) => commands::status(&arguments),
        Command::Init(arguments) => commands::init(&arguments),
        Command::Report { command } => commands::report(&command),
        Command::Check(arguments) => commands::check(&arguments),
        Command::Schema => commands::schema(),
        Command::Completions { shell } => commands::completions(shell),
        Command::Man { command } => commands::man(command.as_deref()),
        Command::Sandbox(arguments) => commands::sandbox(&arguments),
    };
    exit.into()
}
