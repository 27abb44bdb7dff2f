//! Options that can also come from a variable: `JESS_BATCH_` and their name.

use clap::{Arg, ArgAction, Command};

/// Options without a variable: `run` does not have them.
const NO_VARIABLE: [&str; 4] = ["help", "version", "format", "long"];

/// Gives each option of `run` its variable, in every command that has it.
pub(super) fn add_variables(command: Command) -> Command {
    command.mut_args(with_variable).mut_subcommands(|command| match command.get_name() {
        "run" | "check" => command.mut_args(with_variable),
        // The variable of --report is for the reports of runs.
        "status" => command
            .mut_args(|option| if option.get_id() == "report" { option } else { with_variable(option) }),
        _ => command,
    })
}

/// An option with its variable.
fn with_variable(option: Arg) -> Arg {
    let Some(name) = option.get_long().filter(|name| !NO_VARIABLE.contains(name)) else { return option };
    let variable = format!("JESS_BATCH_{}", name.to_uppercase().replace('-', "_"));
    // An empty variable is as good as none.
    if std::env::var_os(&variable).is_none_or(|value| value.is_empty()) {
        return option;
    }
    let option = match option.get_action() {
        ArgAction::SetTrue => option.value_parser(parse_flag),
        ArgAction::Count => option.value_parser(parse_verbosity),
        _ => option,
    };
    option.env(variable).hide_env(true)
}

fn parse_flag(text: &str) -> Result<bool, String> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "yes" | "on" | "1" => Ok(true),
        "false" | "no" | "off" | "0" => Ok(false),
        _ => Err("give true or false".to_owned()),
    }
}

fn parse_verbosity(text: &str) -> Result<u8, String> {
    text.parse().ok().filter(|verbosity| *verbosity <= 2).ok_or_else(|| "give 0, 1 or 2".to_owned())
}
