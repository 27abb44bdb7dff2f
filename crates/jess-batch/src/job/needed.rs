//! The passwords that a job needs, each once and with whose it is.

use super::accounts::{JessPlan, Planned, WantedJess, in_shared_jess, label};
use secrecy::SecretString;

use super::noting::{Noting, Origin, Part};
use super::secret::{Wanted, sound};

/// A password that an account of the job needs.
pub(super) struct Needed<'a> {
    pub(super) whose: Whose<'a>,
    pub(super) wanted: &'a mut Wanted,
}

/// Whose password it is.
#[derive(Clone, Copy)]
pub(super) enum Whose<'a> {
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
pub(super) fn needed<'a>(
    accounts: &'a mut [Planned],
    shared_jess: Option<&'a mut WantedJess>,
) -> impl Iterator<Item = Needed<'a>> {
    let is_shared =
        accounts.iter().any(|account| account.selected && matches!(account.jess, JessPlan::Shared));
    let shared = shared_jess.filter(|_| is_shared).map(|WantedJess { username, password }| Needed {
        whose: Whose::Shared { username },
        wanted: password,
    });
    shared.into_iter().chain(accounts.iter_mut().filter(|account| account.selected).flat_map(of_account))
}

fn of_account(account: &mut Planned) -> impl Iterator<Item = Needed<'_>> {
    let Planned { origin, name, email, ensims, jess, .. } = account;
    let (origin, name) = (*origin, label(name, email));
    let ensims =
        ensims.as_mut().map(|wanted| Needed { whose: Whose::Ensims { origin, name, email }, wanted });
    let jess = match jess {
        JessPlan::Own(WantedJess { username, password }) => {
            Some(Needed { whose: Whose::Jess { origin, name, username }, wanted: password })
        }
        JessPlan::Shared | JessPlan::Missing => None,
    };
    ensims.into_iter().chain(jess)
}

impl Whose<'_> {
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
    wanted: &'a mut Wanted,
}

impl<'a> Question<'a> {
    pub(super) fn about(Needed { whose, wanted }: Needed<'a>) -> Self {
        Self { prompt: whose.prompt(), wanted }
    }

    /// Takes what was typed, or says what is wrong with it.
    pub(crate) fn answer(&mut self, typed: &str) -> Result<(), &'static str> {
        self.wanted.secret = Some(SecretString::from(sound(typed)?));
        Ok(())
    }
}
