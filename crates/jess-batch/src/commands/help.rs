//! `completions`, `man`, `messages` and `schema`: what the program contains, in other forms.

use clap::Command;
use clap_complete::Shell;
use clap_mangen::Man;

use super::error::{CommandError, CommandResult};
use crate::cli::Cli;
use crate::console::data;
use crate::job;
use crate::outcome::ExitCode;
use crate::remedies::Language;

pub(super) fn completions(shell: Shell) -> CommandResult {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::with_variables(), "jess-batch", &mut script);
    print(&script)
}

pub(super) fn man(command: Option<&str>) -> CommandResult {
    let mut program = Cli::with_variables();
    // Gives each command its full name, such as "jess-batch run".
    program.build();
    let Some(command) = find(&program, command.unwrap_or_default()) else {
        let names: Vec<&str> = program.get_subcommands().map(Command::get_name).collect();
        return Err(CommandError::Usage(format!(
            "there is no such command; there are: {}",
            names.join(", ")
        )));
    };
    let mut page = Vec::new();
    // Without this the page of a command would name no version.
    let version = concat!("jess-batch ", env!("CARGO_PKG_VERSION"));
    Man::new(command.clone()).source(version).render(&mut page)?;
    print(&page)
}

/// The command of this name, such as "run", "report show" or "report-show"; the program if the name is empty.
fn find<'a>(program: &'a Command, name: &str) -> Option<&'a Command> {
    name.split([' ', '-']).filter(|word| !word.is_empty()).try_fold(program, Command::find_subcommand)
}

pub(super) fn messages(language: Language) -> CommandResult {
    print(language.file().as_bytes())
}

pub(super) fn schema() -> CommandResult {
    print((job::schema() + "\n").as_bytes())
}

fn print(bytes: &[u8]) -> CommandResult {
    data(bytes)?;
    Ok(ExitCode::Success)
}
