//! Options that can also come from a variable: `JESS_BATCH_` and their name.

use clap::builder::StyledStr;
use clap::error::{ContextKind, ContextValue};
use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgMatches, Command, Error};

const PREFIX: &str = "JESS_BATCH_";

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
    let variable = variable_of(name);
    // An empty variable counts as unset.
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

/// The variable of the option with this name.
fn variable_of(option: &str) -> String {
    format!("{PREFIX}{}", option.to_uppercase().replace('-', "_"))
}

/// What is wrong if a variable is nearly that of an option of `run`: it would be ignored, and the run be another than
/// was meant.
pub(super) fn misspelled(command: &Command) -> Option<String> {
    let options = command.find_subcommand("run")?.get_arguments().filter_map(Arg::get_long);
    let known: Vec<String> = options.filter(|name| !NO_VARIABLE.contains(name)).map(variable_of).collect();
    for (variable, _) in std::env::vars_os() {
        let variable = variable.to_string_lossy();
        if !variable.starts_with(PREFIX) || known.iter().any(|name| *name == variable) {
            continue;
        }
        for name in &known {
            // In a short name, two other letters make another word.
            let allowed = 1 + (name.len() - PREFIX.len()) / 8;
            if strsim::osa_distance(name, &variable) <= allowed {
                return Some(format!("{variable} is not a variable of jess-batch; did you mean {name}?"));
            }
        }
    }
    None
}

/// Adds the name of the variable to an error about its value.
pub(super) fn name_variable(mut error: Error) -> Error {
    let variable = match (error.get(ContextKind::InvalidArg), error.get(ContextKind::InvalidValue)) {
        (Some(ContextValue::String(option)), Some(ContextValue::String(value))) => {
            let name = option.trim_start_matches('-').split(' ').next().unwrap_or_default();
            Some(variable_of(name)).filter(|variable| std::env::var(variable).as_ref() == Ok(value))
        }
        _ => None,
    };
    if let Some(variable) = variable {
        let tip = StyledStr::from(format!("the value comes from the variable {variable}"));
        error.insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![tip]));
    }
    error
}

/// The options of a command that came from variables, as words of a command line. How it prints is left out.
pub(super) fn words(command: &Command, matches: &ArgMatches) -> Vec<String> {
    let mut words = Vec::new();
    for option in command.get_arguments().filter(|option| !option.is_global_set()) {
        let id = option.get_id().as_str();
        let Some(name) = option.get_long().filter(|name| *name != "resume") else { continue };
        // A rehearsal ignores the service, and both cannot be typed.
        let is_ignored = name == "service" && matches.get_flag("dry_run");
        if is_ignored || matches.value_source(id) != Some(ValueSource::EnvVariable) {
            continue;
        }
        if matches!(option.get_action(), ArgAction::SetTrue) {
            words.extend(matches.get_flag(id).then(|| format!("--{name}")));
            continue;
        }
        for value in matches.get_raw(id).into_iter().flatten() {
            words.extend([format!("--{name}"), value.to_string_lossy().into_owned()]);
        }
    }
    words
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
