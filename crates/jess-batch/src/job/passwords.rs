//! The passwords that a job needs, each once and with its owner.

use secrecy::SecretString;

use super::account::{UnresolvedAccount, UnresolvedAccounts};
use super::accounts::shared_jess_path;
use super::collector::Collector;
use super::origin::Field;
use crate::secret::{Password, SecretError, SecretSource, validate};

/// Whose a password is.
#[derive(Clone, Copy, Debug)]
pub(super) enum Owner {
    /// The JESS credential of the job.
    SharedJess,
    /// The ENSIMS credential of the account with this index.
    Ensims(usize),
    /// The JESS credential of the account with this index.
    Jess(usize),
}

/// A password that the user has to type.
#[derive(Debug)]
pub struct Question<'a> {
    /// What the user is asked, such as `ENSIMS password of ada (ada@uni.example): `.
    pub prompt: String,
    password: &'a mut Password,
}

impl Question<'_> {
    /// Takes what the user typed.
    ///
    /// # Errors
    /// When it cannot be a password; the words go after "the password", such as "is empty".
    pub fn answer(&mut self, typed: &str) -> Result<(), &'static str> {
        self.password.secret = Some(SecretString::from(validate(typed)?));
        Ok(())
    }
}

impl Owner {
    /// Reports why the password cannot be resolved.
    pub(super) fn report(
        self,
        error: SecretError,
        accounts: &[UnresolvedAccount],
        collector: &mut Collector,
    ) {
        let SecretError { key, message } = error;
        match self {
            Self::SharedJess => collector.error(&shared_jess_path(key), message),
            Self::Ensims(index) => collector.account_error(&accounts[index], Field::Ensims(key), message),
            Self::Jess(index) => collector.account_error(&accounts[index], Field::Jess(key), message),
        }
    }
}

impl UnresolvedAccounts {
    /// The passwords that the selected accounts need: that of the job's JESS credential if one of them has it, and their
    /// own.
    pub(super) fn needed_passwords(&mut self) -> Vec<(Owner, &mut Password)> {
        let uses_shared_jess = self.uses_shared_jess();
        let mut passwords = Vec::with_capacity(2 * self.accounts.len());
        if let Some(jess) = self.shared_jess.as_mut().filter(|_| uses_shared_jess) {
            passwords.push((Owner::SharedJess, &mut jess.password));
        }
        for (index, account) in self.accounts.iter_mut().enumerate().filter(|(_, one)| one.is_selected) {
            passwords.push((Owner::Ensims(index), &mut account.ensims));
            if let Some(jess) = &mut account.jess {
                passwords.push((Owner::Jess(index), &mut jess.password));
            }
        }
        passwords
    }

    /// Resolves the passwords that need no waiting, and reports those that cannot be resolved.
    pub(super) fn resolve_stored(&mut self, collector: &mut Collector) {
        let mut errors = Vec::new();
        for (owner, password) in self.needed_passwords() {
            if let Err(error) = password.resolve_stored() {
                errors.push((owner, error));
            }
        }
        for (owner, error) in errors {
            owner.report(error, &self.accounts, collector);
        }
    }

    /// The passwords that the user has to type.
    pub(super) fn questions(&mut self) -> Vec<Question<'_>> {
        let uses_shared_jess = self.uses_shared_jess();
        let mut questions = Vec::new();
        if let Some(jess) = self.shared_jess.as_mut().filter(|_| uses_shared_jess) {
            let prompt = format!("JESS password of {} (for all accounts): ", jess.username);
            questions.push(Question { prompt, password: &mut jess.password });
        }
        for account in self.accounts.iter_mut().filter(|account| account.is_selected) {
            let name = account.name().to_owned();
            let prompt = match &account.email {
                email if name == *email => format!("ENSIMS password of {email}: "),
                email => format!("ENSIMS password of {name} ({email}): "),
            };
            questions.push(Question { prompt, password: &mut account.ensims });
            if let Some(jess) = &mut account.jess {
                let prompt = format!("JESS password of {} ({name}): ", jess.username);
                questions.push(Question { prompt, password: &mut jess.password });
            }
        }
        questions.retain(|question| question.password.source == SecretSource::Prompt);
        questions
    }
}
