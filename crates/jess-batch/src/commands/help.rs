//! `completions`, `man` and `schema`: the command line and the job file, told in other forms.

use clap::CommandFactory;
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
    let part = match command {
        None => Some(&whole),
        Some(name) => whole.find_subcommand(name),
    };
    let Some(part) = part else {
        let names: Vec<&str> = whole.get_subcommands().map(clap::Command::get_name).collect();
        say(&format!("error: there is no such command; there are: {}", names.join(", ")));
        return Exit::BadInput;
    };
    let mut page = Vec::new();
    match Man::new(part.clone()).render(&mut page) {
        Ok(()) => give_bytes(&page),
        Err(error) => {
            say(&format!("error: the page cannot be made: {error}"));
            Exit::SomeFailed
        }
    }
}

pub(crate) fn schema() -> Exit {
    give(&job::schema())
}
