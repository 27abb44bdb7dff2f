//! The keys that say where a password comes from, of which exactly one must be there.

use std::path::Path;

use secrecy::{ExposeSecret, SecretString};

use super::error::SecretError;
use super::line::validate;
use super::password::Password;
use super::source::SecretSource;
use super::stored::LOAD_CREDENTIAL;
use super::text::SecretText;

/// The sibling keys of one credential, in a job file or in a line of a roster.
#[derive(Debug, Default)]
pub struct SecretKeys {
    /// The password itself.
    pub password: Option<SecretText>,
    /// The name of an environment variable.
    pub password_env: Option<String>,
    /// The path of a file.
    pub password_file: Option<String>,
    /// The name of a systemd credential.
    pub password_credential: Option<String>,
    /// A program and its arguments.
    pub password_command: Option<Vec<String>>,
}

/// Where the keys are written, which decides about paths and wording.
#[derive(Clone, Copy, Debug)]
pub struct SecretContext<'a> {
    /// What paths are relative to.
    pub folder: &'a Path,
    /// Whether the keys are columns of a roster.
    pub in_roster: bool,
    /// Whether the user types what is missing.
    pub ask: bool,
}

impl SecretKeys {
    /// The one source that is given. Nothing is read yet.
    ///
    /// # Errors
    /// When no key or more than one is given, or its value cannot be used.
    pub fn choose(self, context: &SecretContext<'_>) -> Result<Password, SecretError> {
        let mut given = Vec::new();
        given.extend(self.password.map(|text| ("password", written(text.0, context))));
        given.extend(self.password_env.map(|name| ("password_env", variable(name))));
        given.extend(self.password_file.map(|path| {
            ("password_file", Ok(Password::unresolved(SecretSource::File(context.folder.join(path)))))
        }));
        given.extend(self.password_credential.map(|name| ("password_credential", credential(name))));
        given.extend(self.password_command.map(|words| ("password_command", command(words))));

        match given.len() {
            1 => given.remove(0).1,
            0 if context.ask => Ok(Password::unresolved(SecretSource::Prompt)),
            0 if context.in_roster => {
                Err(SecretError::new("", "no password; fill in this cell, or type it with --ask"))
            }
            0 => Err(SecretError::new(
                "",
                "no password; give one of password, password_env, password_file, password_credential or password_command, or type it with --ask",
            )),
            _ if context.in_roster => Err(SecretError::new(
                given[1].0,
                "this is a second password; keep one, and empty the other cell",
            )),
            _ => Err(SecretError::new(
                "",
                "more than one password; keep one of password, password_env, password_file, password_credential, password_command",
            )),
        }
    }
}

/// Nothing is removed here: a line end in a job file or a roster is there because somebody wrote it.
fn written(secret: SecretString, context: &SecretContext<'_>) -> Result<Password, SecretError> {
    validate(secret.expose_secret())
        .map_err(|flaw| SecretError::new("password", format!("the password {flaw}")))?;
    let source = if context.in_roster { SecretSource::Roster } else { SecretSource::JobFile };
    Ok(Password { source, secret: Some(secret) })
}

fn variable(name: String) -> Result<Password, SecretError> {
    if name.is_empty() || name.contains(['=', '\0']) {
        return Err(SecretError::new("password_env", "this cannot be the name of an environment variable"));
    }
    Ok(Password::unresolved(SecretSource::Variable(name)))
}

fn credential(name: String) -> Result<Password, SecretError> {
    if Path::new(&name).file_name().is_none_or(|file| file != &*name) {
        let message = format!("this cannot be the name of a credential; give the NAME of {LOAD_CREDENTIAL}");
        return Err(SecretError::new("password_credential", message));
    }
    Ok(Password::unresolved(SecretSource::Credential(name)))
}

fn command(words: Vec<String>) -> Result<Password, SecretError> {
    let message = match words.first().map(String::as_str) {
        None | Some("") => "there is no program; give [PROGRAM, ARGUMENT, …]",
        _ if words.iter().any(|word| word.contains('\0')) => {
            "a word of a command cannot contain a NUL character"
        }
        _ => return Ok(Password::unresolved(SecretSource::Command(words))),
    };
    Err(SecretError::new("password_command", message))
}
