//! The accounts of a job while their passwords are not resolved yet.

use secrecy::ExposeSecret;

use crate::diagnostics::looks_like_email;
use crate::secret::Password;

/// Where an account is written.
#[derive(Clone, Copy, Debug)]
pub(super) enum Origin {
    /// The item of `accounts` with this index.
    JobFile(usize),
    /// A row of a roster, both by index.
    Roster { roster: usize, row: usize },
}

/// An account whose passwords may not be resolved yet.
#[derive(Debug)]
pub(super) struct UnresolvedAccount {
    pub(super) origin: Origin,
    /// The name, if one is given.
    pub(super) given_name: Option<String>,
    pub(super) email: String,
    /// Another e-mail address under which the service knows it.
    pub(super) known_as: Option<String>,
    pub(super) ensims: Password,
    /// Its own JESS credential; without one, it has that of the job.
    pub(super) jess: Option<UnresolvedJess>,
    pub(super) is_selected: bool,
}

/// A JESS credential whose password may not be resolved yet.
#[derive(Clone, Debug)]
pub(super) struct UnresolvedJess {
    pub(super) username: String,
    pub(super) password: Password,
}

/// The accounts of a job, and the JESS credential of those without their own.
#[derive(Debug)]
pub(super) struct UnresolvedAccounts {
    pub(super) accounts: Vec<UnresolvedAccount>,
    pub(super) shared_jess: Option<UnresolvedJess>,
}

impl UnresolvedAccount {
    /// The name, or the e-mail address.
    pub(super) fn name(&self) -> &str {
        self.given_name.as_deref().unwrap_or(&self.email)
    }

    /// The name as messages show it. An account without a name or a plausible address has none: what is in the place of
    /// the address may be a password.
    pub(super) fn label(&self) -> &str {
        let name = self.name();
        if name != self.email || looks_like_email(&self.email) { name } else { "" }
    }

    /// Whether a name that the user gives means the account: its name, or its e-mail address in any case.
    pub(super) fn is_called(&self, name: &str) -> bool {
        means(name, self.name(), &self.email)
    }

    /// Its own passwords.
    pub(super) fn passwords(&self) -> impl Iterator<Item = &Password> {
        [Some(&self.ensims), self.jess.as_ref().map(|jess| &jess.password)].into_iter().flatten()
    }
}

/// Whether a name that the user gives means the account with this name and address; the address counts in any case.
pub(super) fn means(given: &str, name: &str, email: &str) -> bool {
    given == name || given.eq_ignore_ascii_case(email)
}

impl UnresolvedAccounts {
    /// The JESS user name and password of an account, once that is resolved.
    pub(super) fn resolved_jess<'a>(&'a self, account: &'a UnresolvedAccount) -> Option<(&'a str, &'a str)> {
        let jess = account.jess.as_ref().or(self.shared_jess.as_ref())?;
        Some((&jess.username, jess.password.secret.as_ref()?.expose_secret()))
    }

    /// Whether a selected account has the JESS credential of the job.
    pub(super) fn uses_shared_jess(&self) -> bool {
        self.accounts.iter().any(|account| account.is_selected && account.jess.is_none())
    }
}
