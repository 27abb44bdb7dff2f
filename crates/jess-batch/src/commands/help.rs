//! `completions`, `man` and `schema`: the command line and the job file, told in other forms.

use clap::{Command, CommandFactory};
use clap_complete::Shell;
use clap_mangen::Man;

use crate::cli::Cli;
use crate::console::{give, give_bytes, say};
use crate::job;
use crate::report::Exit;

pub(crate) fn completions(shell: Shell) -> Exit {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "jess-batch", &mut script);
    give_bytes(&script)
}

pub(crate) fn man(command: Option<&str>) -> Exit {
    let mut whole = Cli::command();
    // Gives each command its full name, such as "jess-batch run".
    whole.build();
    let Some(part) = part(&whole, command.unwrap_or_default()) else {
        let names: Vec<&str> = whole.get_subcommands().map(Command::get_name).collect();
        say(&format!("error: there is no such command; there are: {}", names.join(", ")));
        return Exit::BadInput;
    };
    let mut page = Vec::new();
    // Without this the page of a command would name no version.
    let program = concat!("jess-batch ", env!("CARGO_PKG_VERSION"));
    match Man::new(part.clone()).source(program).render(&mut page) {
        Ok(()) => give_bytes(&page),
        Err(error) => {
            say(&format!("error: the page cannot be made: {error}"));
            Exit::SomeFailed
        }
    }
}

/// The command of this name, such as "run", "report show" or "report-show"; of no name, the program.
fn part<'a>(whole: &'a Command, name: &str) -> Option<&'a Command> {
    name.split([' ', '-']).filter(|word| !word.is_empty()).try_fold(whole, Command::find_subcommand)
}

pub(crate) fn schema() -> Exit {
    give(&job::schema())
}
