//! The keys that say where a password comes from, of which exactly one must be there.

use std::path::Path;

use secrecy::{ExposeSecret, SecretString};

use super::password::{LOAD_CREDENTIAL, Password, SecretError, SecretSource, validate};

/// The sibling keys of one credential, in a job file or in a line of a roster.
#[derive(Debug, Default)]
pub struct SecretKeys {
    /// The password itself.
    pub password: Option<SecretString>,
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
        let mut given: Vec<(&'static str, Result<Password, String>)> = Vec::new();
        given.extend(self.password.map(|secret| ("password", written(secret, context))));
        given.extend(self.password_env.map(|name| ("password_env", variable(name))));
        given.extend(self.password_file.map(|path| {
            ("password_file", Ok(Password::unresolved(SecretSource::File(context.folder.join(path)))))
        }));
        given.extend(self.password_credential.map(|name| ("password_credential", credential(name))));
        given.extend(self.password_command.map(|words| ("password_command", command(words))));

        let (key, message) = match (given.len(), context.in_roster) {
            (1, _) => {
                let (key, password) = given.remove(0);
                return password.map_err(|message| SecretError { key, message });
            }
            (0, _) if context.ask => return Ok(Password::unresolved(SecretSource::Prompt)),
            (0, true) => ("", "no password; fill in this cell, or type it with --ask"),
            (0, false) => (
                "",
                "no password; give one of password, password_env, password_file, password_credential or password_command, or type it with --ask",
            ),
            (_, true) => (given[1].0, "this is a second password; keep one, and empty the other cell"),
            (_, false) => (
                "",
                "more than one password; keep one of password, password_env, password_file, password_credential, password_command",
            ),
        };
        Err(SecretError { key, message: message.to_owned() })
    }
}

/// Nothing is removed here: a line end in a job file or a roster is there because somebody wrote it.
fn written(secret: SecretString, context: &SecretContext<'_>) -> Result<Password, String> {
    validate(secret.expose_secret()).map_err(|flaw| format!("the password {flaw}"))?;
    let source = if context.in_roster { SecretSource::Roster } else { SecretSource::JobFile };
    Ok(Password { source, secret: Some(secret) })
}

fn variable(name: String) -> Result<Password, String> {
    if name.is_empty() || name.contains(['=', '\0']) {
        return Err("this cannot be the name of an environment variable".to_owned());
    }
    Ok(Password::unresolved(SecretSource::Variable(name)))
}

fn credential(name: String) -> Result<Password, String> {
    if Path::new(&name).file_name().is_none_or(|file| file != &*name) {
        return Err(format!("this cannot be the name of a credential; give the NAME of {LOAD_CREDENTIAL}"));
    }
    Ok(Password::unresolved(SecretSource::Credential(name)))
}

fn command(words: Vec<String>) -> Result<Password, String> {
    if words.first().is_none_or(String::is_empty) {
        return Err("there is no program; give [PROGRAM, ARGUMENT, …]".to_owned());
    }
    if words.iter().any(|word| word.contains('\0')) {
        return Err("a word of a command cannot contain a NUL character".to_owned());
    }
    Ok(Password::unresolved(SecretSource::Command(words)))
}
