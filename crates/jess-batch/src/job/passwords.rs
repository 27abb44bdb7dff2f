//! The passwords that a job needs, each once and with its owner.

use std::collections::HashMap;

use secrecy::SecretString;

use super::account::{UnresolvedAccount, UnresolvedAccounts, UnresolvedJess};
use super::collector::{Collector, join};
use super::model::jess_user_key;
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

/// A password that selected accounts need.
#[derive(Debug)]
pub(super) struct NeededPassword<'a> {
    pub(super) owner: Owner,
    pub(super) password: &'a mut Password,
    /// The name of the account; empty for the JESS credential of the job.
    name: &'a str,
    /// The e-mail address or the JESS user name.
    user: &'a str,
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

impl UnresolvedAccounts {
    /// The passwords that the selected accounts need: that of the job's JESS credential if one of them has it, and their
    /// own.
    pub(super) fn needed_passwords(&mut self) -> impl Iterator<Item = NeededPassword<'_>> {
        let uses_shared_jess = self.uses_shared_jess();
        let shared_jess = self.shared_jess.as_mut().filter(|_| uses_shared_jess);
        let shared = shared_jess.map(|UnresolvedJess { username, password }| NeededPassword {
            owner: Owner::SharedJess,
            password,
            name: "",
            user: username,
        });
        let selected = self.accounts.iter_mut().enumerate().filter(|(_, account)| account.is_selected);
        shared.into_iter().chain(selected.flat_map(|(index, account)| own_passwords(index, account)))
    }

    /// Resolves the passwords that need no waiting, and reports those that cannot be resolved.
    pub(super) fn resolve_stored(&mut self, collector: &mut Collector) {
        let mut errors = Vec::new();
        for NeededPassword { owner, password, .. } in self.needed_passwords() {
            errors.extend(password.resolve_stored().err().map(|error| (owner, error)));
        }
        self.report(errors, collector);
    }

    /// Reports why passwords cannot be resolved.
    pub(super) fn report(&self, errors: Vec<(Owner, SecretError)>, collector: &mut Collector) {
        for (owner, SecretError { key, message }) in errors {
            match owner {
                Owner::SharedJess => collector.error(&join("jess", key), message),
                Owner::Ensims(index) => {
                    collector.account_error(&self.accounts[index], &join("ensims", key), message);
                }
                Owner::Jess(index) => {
                    collector.account_error(&self.accounts[index], &join("jess", key), message);
                }
            }
        }
    }

    /// The passwords that the user has to type.
    pub(super) fn questions(&mut self) -> impl Iterator<Item = Question<'_>> {
        let typed = self.needed_passwords().filter(|needed| needed.password.source == SecretSource::Prompt);
        typed.map(|needed| Question { prompt: needed.prompt(), password: needed.password })
    }

    /// The number of each account's JESS credential: accounts with the same user name and password have the number of the
    /// first of them. An unresolved password, as deselected accounts can have, is that of no other account.
    pub(super) fn jess_credentials(&self) -> Vec<usize> {
        let mut firsts: HashMap<(String, &str), usize> = HashMap::new();
        let mut numbers = Vec::with_capacity(self.accounts.len());
        for (index, account) in self.accounts.iter().enumerate() {
            numbers.push(match self.resolved_jess(account) {
                Some((username, password)) => {
                    *firsts.entry((jess_user_key(username), password)).or_insert(index)
                }
                None => index,
            });
        }
        numbers
    }
}

fn own_passwords(index: usize, account: &mut UnresolvedAccount) -> impl Iterator<Item = NeededPassword<'_>> {
    let UnresolvedAccount { given_name, email, ensims, jess, .. } = account;
    let name = given_name.as_deref().unwrap_or(email);
    let ensims = NeededPassword { owner: Owner::Ensims(index), password: ensims, name, user: email };
    let jess = jess.as_mut().map(|UnresolvedJess { username, password }| NeededPassword {
        owner: Owner::Jess(index),
        password,
        name,
        user: username,
    });
    [Some(ensims), jess].into_iter().flatten()
}

impl NeededPassword<'_> {
    fn prompt(&self) -> String {
        let Self { owner, name, user, .. } = self;
        match owner {
            Owner::SharedJess => format!("JESS password of {user} (for all accounts): "),
            Owner::Ensims(_) if name == user => format!("ENSIMS password of {user}: "),
            Owner::Ensims(_) => format!("ENSIMS password of {name} ({user}): "),
            Owner::Jess(_) => format!("JESS password of {user} ({name}): "),
        }
    }
}
