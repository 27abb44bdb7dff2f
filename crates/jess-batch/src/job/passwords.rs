//! The passwords that a job needs, each once and with its owner.

use std::iter;

use secrecy::SecretString;

use super::accounts::{DraftAccount, JessLogin, in_shared_jess, label};
use super::jess_users::use_shared_jess;
use super::noting::{Noting, Origin, Part};
use super::secret::{Password, sound};

/// A password, and whose it is.
pub(super) struct OwnedPassword<'a> {
    pub(super) owner: Owner<'a>,
    pub(super) password: &'a mut Password,
}

/// Whose password it is.
#[derive(Clone, Copy)]
pub(super) enum Owner<'a> {
    /// That of the job's JESS user.
    Shared {
        username: &'a str,
    },
    Ensims {
        origin: Origin,
        name: &'a str,
        email: &'a str,
    },
    Jess {
        origin: Origin,
        name: &'a str,
        username: &'a str,
    },
}

/// All that is needed: nothing for accounts that are left out, and the shared one where one of the others uses it.
pub(super) fn passwords<'a>(
    accounts: &'a mut [DraftAccount],
    shared_jess: Option<&'a mut JessLogin>,
) -> impl Iterator<Item = OwnedPassword<'a>> {
    let is_used = use_shared_jess(accounts);
    let shared = shared_jess.filter(|_| is_used).map(|JessLogin { username, password }| OwnedPassword {
        owner: Owner::Shared { username },
        password,
    });
    shared.into_iter().chain(accounts.iter_mut().filter(|account| account.selected).flat_map(of_account))
}

fn of_account(account: &mut DraftAccount) -> impl Iterator<Item = OwnedPassword<'_>> {
    let DraftAccount { origin, name, email, ensims, jess, .. } = account;
    let (origin, name) = (*origin, label(name, email));
    let ensims = OwnedPassword { owner: Owner::Ensims { origin, name, email }, password: ensims };
    let jess = jess.as_mut().map(|JessLogin { username, password }| OwnedPassword {
        owner: Owner::Jess { origin, name, username },
        password,
    });
    iter::once(ensims).chain(jess)
}

impl Owner<'_> {
    /// Notes why the password cannot be had.
    pub(super) fn note(self, key: &'static str, problem: String, noting: &mut Noting) {
        match self {
            Self::Shared { .. } => noting.note(&in_shared_jess(key), problem),
            Self::Ensims { origin, name, .. } => noting.note_of(origin, name, Part::Ensims(key), problem),
            Self::Jess { origin, name, .. } => noting.note_of(origin, name, Part::Jess(key), problem),
        }
    }

    /// What a person is asked.
    fn prompt(self) -> String {
        match self {
            Self::Shared { username } => format!("JESS password of {username} (for all accounts): "),
            Self::Ensims { name, email, .. } if name == email => format!("ENSIMS password of {email}: "),
            Self::Ensims { name, email, .. } => format!("ENSIMS password of {name} ({email}): "),
            Self::Jess { name, username, .. } => format!("JESS password of {username} ({name}): "),
        }
    }
}

/// A password that a person has to type.
pub(crate) struct Question<'a> {
    pub(crate) prompt: String,
    password: &'a mut Password,
}

impl<'a> Question<'a> {
    pub(super) fn about(OwnedPassword { owner, password }: OwnedPassword<'a>) -> Self {
        Self { prompt: owner.prompt(), password }
    }

    /// Takes what was typed, or says what is wrong with it.
    pub(crate) fn answer(&mut self, typed: &str) -> Result<(), &'static str> {
        self.password.secret = Some(SecretString::from(sound(typed)?));
        Ok(())
    }
}
