//! The keys that say where a password comes from, of which exactly one must be there.

use std::path::Path;

use secrecy::{ExposeSecret, SecretString};

use super::fetch::LOAD;
use super::{Password, SecretSource, sound};
use crate::job::file::{EnsimsEntry, JessEntry, SecretText};

/// What is wrong with a password: the key it is about (empty for the entry as a whole) and why.
pub(in crate::job) type SecretProblem = (&'static str, String);

/// Where the keys stand.
#[derive(Clone, Copy)]
pub(in crate::job) struct Context<'a> {
    /// What paths are relative to.
    pub(in crate::job) folder: &'a Path,
    /// In a roster the keys are columns.
    pub(in crate::job) in_roster: bool,
    /// Whether a person types what is missing.
    pub(in crate::job) ask: bool,
}

/// The sibling keys.
pub(in crate::job) struct SecretKeys {
    password: Option<SecretText>,
    env: Option<String>,
    file: Option<String>,
    credential: Option<String>,
    command: Option<Vec<String>>,
}

impl SecretKeys {
    /// The e-mail address of an `ensims` entry, and its keys.
    pub(in crate::job) fn of_ensims(entry: EnsimsEntry) -> (String, Self) {
        let keys = Self {
            password: entry.password,
            env: entry.password_env,
            file: entry.password_file,
            credential: entry.password_credential,
            command: entry.password_command,
        };
        (entry.email, keys)
    }

    /// The user name of a `jess` entry, and its keys.
    pub(in crate::job) fn of_jess(entry: JessEntry) -> (String, Self) {
        let keys = Self {
            password: entry.password,
            env: entry.password_env,
            file: entry.password_file,
            credential: entry.password_credential,
            command: entry.password_command,
        };
        (entry.username, keys)
    }

    /// The one that is there. Only what stands in the file itself is looked at.
    pub(in crate::job) fn choose(self, context: &Context<'_>) -> Result<Password, SecretProblem> {
        let file = |path| Ok(Password::awaited(SecretSource::File(context.folder.join(path))));
        let given = [
            ("password", self.password.map(|text| here(text.0, context))),
            ("password_env", self.env.map(variable)),
            ("password_file", self.file.map(file)),
            ("password_credential", self.credential.map(credential)),
            ("password_command", self.command.map(command)),
        ];
        let mut given = given.into_iter().filter_map(|(key, password)| Some((key, password?)));
        let (key, problem) = match (given.next(), given.next()) {
            (Some((_, only)), None) => return only,
            (None, _) if context.ask => return Ok(Password::awaited(SecretSource::Terminal)),
            // In a roster the place says which cell.
            (None, _) if context.in_roster => ("", "no password; fill this cell, or type it with --ask"),
            (Some(_), Some((second, _))) if context.in_roster => {
                (second, "this is a second password; keep one, and empty the other cell")
            }
            (None, _) => (
                "",
                "no password; give one of password, password_env, password_file, password_credential or password_command, or type it with --ask",
            ),
            (Some(_), Some(_)) => (
                "",
                "more than one password; keep one of password, password_env, password_file, password_credential, password_command",
            ),
        };
        Err((key, problem.to_owned()))
    }
}

/// Nothing is removed here: in a file of ours a line end is there because somebody wrote it.
fn here(secret: SecretString, context: &Context<'_>) -> Result<Password, SecretProblem> {
    sound(secret.expose_secret()).map_err(|flaw| ("password", format!("the password {flaw}")))?;
    let source = if context.in_roster { SecretSource::Roster } else { SecretSource::JobFile };
    Ok(Password { source, secret: Some(secret) })
}

fn variable(name: String) -> Result<Password, SecretProblem> {
    if name.is_empty() || name.contains(['=', '\0']) {
        return Err(("password_env", "this cannot be the name of an environment variable".to_owned()));
    }
    Ok(Password::awaited(SecretSource::Variable(name)))
}

fn credential(name: String) -> Result<Password, SecretProblem> {
    if Path::new(&name).file_name().is_none_or(|file| file != &*name) {
        let problem = format!("this is not the name of a credential; write the NAME of {LOAD}");
        return Err(("password_credential", problem));
    }
    Ok(Password::awaited(SecretSource::Credential(name)))
}

fn command(command: Vec<String>) -> Result<Password, SecretProblem> {
    let problem = match command.first().map(String::as_str) {
        None | Some("") => "there is no program; write [PROGRAM, ARGUMENT, …]",
        _ if command.iter().any(|word| word.contains('\0')) => {
            "a word of a command cannot hold a NUL character"
        }
        _ => return Ok(Password::awaited(SecretSource::Command(command))),
    };
    Err(("password_command", problem.to_owned()))
}
