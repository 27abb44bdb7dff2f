//! Who needs help: what to do, and for whom, cause by cause.

use super::text::shown;
use crate::outcome::{AccountResult, Remedy};
use crate::report::causes::Cause;

/// Causes with the same remedy.
pub(super) struct Group<'a> {
    pub(super) remedy: Remedy,
    pub(super) entries: Vec<Entry<'a>>,
}

/// Accounts with the same cause.
pub(super) struct Entry<'a> {
    pub(super) cause: &'a Cause<'a>,
    /// Those of its accounts for which the page has room, at least one.
    pub(super) people: &'a [&'a AccountResult],
    /// A message for all of them, if nothing in it depends on the person.
    pub(super) message_to_all: Option<String>,
}

/// The causes grouped by remedy, with at most `most` accounts, in the order of the remedies, except that an outage comes first.
pub(super) fn groups<'a>(causes: &'a [Cause<'a>], most: usize) -> Vec<Group<'a>> {
    let mut groups: Vec<Group<'_>> = Vec::new();
    let mut room = most;
    for cause in causes {
        if room == 0 {
            break;
        }
        let entry = Entry::of(cause, room);
        room -= entry.people.len();
        match groups.iter_mut().find(|group| group.remedy == cause.remedy) {
            Some(group) => group.entries.push(entry),
            None => groups.push(Group { remedy: cause.remedy, entries: vec![entry] }),
        }
    }
    groups
}

impl<'a> Entry<'a> {
    fn of(cause: &'a Cause<'a>, room: usize) -> Self {
        let people = &cause.accounts[..cause.accounts.len().min(room)];
        let message = message(people[0], cause.remedy);
        let fits_all = cause.accounts.iter().all(|other| self::message(other, cause.remedy) == message);
        let message_to_all = (cause.accounts.len() > 1 && fits_all).then(|| format!("Hello, {message}"));
        Self { cause, people, message_to_all }
    }

    /// Whether what happened is shown once for several accounts.
    pub(super) fn has_title(&self) -> bool {
        self.cause.accounts.len() > 1
    }

    /// What to write to one of them.
    pub(super) fn message_to(&self, person: &AccountResult) -> String {
        format!("{} {}", greeting(&person.name), message(person, self.cause.remedy))
    }
}

/// A message to the person, to come after a greeting.
fn message(person: &AccountResult, remedy: Remedy) -> String {
    remedy.message(&shown(&person.email), &shown(&person.jess_username))
}

/// Names in job files are often short and in lower case ("ben"). Labels and e-mail addresses are not names, and nobody is
/// called "Moen, Sven".
fn greeting(name: &str) -> String {
    if !name.chars().all(|c| c.is_alphabetic() || matches!(c, ' ' | '-' | '.' | '\'' | '’')) {
        return "Hello,".to_owned();
    }
    let mut letters = name.chars();
    let first = letters.next().filter(|_| name.chars().all(char::is_alphabetic));
    let name = first.map_or_else(|| name.to_owned(), |first| first.to_uppercase().chain(letters).collect());
    format!("Hi {},", shown(&name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outcome::{NotReady, Outcome, Readiness};
    use crate::report::causes::causes;
    use crate::report::testing::{account, report};

    #[test]
    fn greeting_uses_only_what_is_a_name() {
        for (name, expected) in [
            ("ben", "Hi Ben,"),
            ("Zoë O'Hara-Löw Jr.", "Hi Zoë O'Hara-Löw Jr.,"),
            ("Moen, Sven", "Hello,"),
            ("ben@uni.example", "Hello,"),
            ("lab07", "Hello,"),
        ] {
            assert_eq!(greeting(name), expected);
        }
    }

    #[test]
    fn groups_list_only_as_many_as_there_is_room_for() {
        let mut accounts: Vec<_> = (0..5).map(|index| account(index, Outcome::Updated)).collect();
        for (index, account) in accounts.iter_mut().enumerate() {
            let reason = if index < 3 { NotReady::OtherJessUser } else { NotReady::Suspended };
            account.readiness = Readiness::NotReady(vec![reason]);
        }
        let report = report(accounts);
        let causes = causes(&report);
        let listed = |most| {
            groups(&causes, most).iter().map(|group| group.entries[0].people.len()).collect::<Vec<_>>()
        };
        assert_eq!([listed(9), listed(4), listed(3)], [vec![3, 2], vec![3, 1], vec![3]]);
    }
}
