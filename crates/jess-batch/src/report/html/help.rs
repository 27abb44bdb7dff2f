//! Who needs help: what to do, and for whom, cause by cause.

use super::state::State;
use super::{LONGEST, counted, shown};
use crate::outcome::{AccountResult, Remedy};
use crate::report::causes::{Cause, CauseKind};

/// Up to so many names are unfolded below a message for all of them.
const UNFOLDED: usize = 8;

/// Causes with the same remedy.
pub(super) struct Group {
    remedy: Remedy,
    pub(super) heading: &'static str,
    pub(super) reason: &'static str,
    pub(super) entries: Vec<Entry>,
}

/// Accounts with the same cause.
pub(super) struct Entry {
    /// "12 accounts", or none for a single account.
    pub(super) title: Option<String>,
    pub(super) state: State,
    pub(super) phrase: String,
    pub(super) detail: Option<String>,
    pub(super) quote: Option<Quote>,
    /// The JESS user name to correct for all of them.
    pub(super) jess_username: Option<String>,
    /// A message for all of them, if nothing in it depends on the person.
    pub(super) message_to_all: Option<String>,
    pub(super) unfolded: bool,
    pub(super) people: Vec<Person>,
}

/// Someone who needs help.
pub(super) struct Person {
    pub(super) index: usize,
    pub(super) name: String,
    pub(super) email: String,
    pub(super) message: String,
}

/// The service's own words.
pub(super) struct Quote {
    pub(super) text: String,
    /// How many characters the message has, if the text is only its beginning.
    pub(super) cut_from: Option<usize>,
}

/// The causes grouped by remedy, with at most so many accounts. They come in the order of the remedies, but for an outage.
pub(super) fn groups(causes: &[Cause<'_>], most: usize) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    let mut room = most;
    for cause in causes {
        if room == 0 {
            break;
        }
        let entry = Entry::of(cause, room);
        room -= entry.people.len();
        match groups.iter_mut().find(|group| group.remedy == cause.remedy) {
            Some(group) => group.entries.push(entry),
            None => groups.push(Group {
                remedy: cause.remedy,
                heading: &cause.remedy.texts().heading,
                reason: &cause.remedy.texts().reason,
                entries: vec![entry],
            }),
        }
    }
    groups
}

/// How many accounts the groups list.
pub(super) fn listed(groups: &[Group]) -> usize {
    groups.iter().flat_map(|group| &group.entries).map(|entry| entry.people.len()).sum()
}

impl Entry {
    fn of(cause: &Cause<'_>, most: usize) -> Self {
        let first = cause.accounts[0];
        let count = cause.accounts.len();
        let jess_username = match cause.kind {
            CauseKind::SharedCredential { jess_username } => Some(shown(jess_username)),
            CauseKind::Outage | CauseKind::Stopped | CauseKind::Same => None,
        };
        let message = message_to(first, cause.remedy);
        let same_for_all = cause.accounts.iter().all(|other| message_to(other, cause.remedy) == message);
        Self {
            title: (count > 1).then(|| counted(count, "account", "accounts")),
            state: State::of(first),
            phrase: cause.phrase.clone(),
            detail: cause.detail.map(shown),
            quote: cause.service_message.map(Quote::new),
            jess_username,
            message_to_all: (count > 1 && same_for_all).then(|| format!("Hello, {message}")),
            unfolded: count <= UNFOLDED,
            people: cause.accounts.iter().take(most).map(|one| Person::of(one, cause.remedy)).collect(),
        }
    }

    /// The place of its first account in the job, which makes an id of the page unique.
    pub(super) fn first_index(&self) -> usize {
        self.people[0].index
    }
}

impl Person {
    fn of(account: &AccountResult, remedy: Remedy) -> Self {
        Self {
            index: account.index,
            name: shown(&account.name),
            email: shown(&account.email),
            message: format!("{} {}", greeting(&account.name), message_to(account, remedy)),
        }
    }
}

impl Quote {
    fn new(message: &str) -> Self {
        let length = message.chars().count();
        Self { text: shown(message), cut_from: (length > LONGEST).then_some(length) }
    }
}

/// A message to the person, to come after a greeting.
fn message_to(account: &AccountResult, remedy: Remedy) -> String {
    remedy.message(&shown(&account.email), &shown(&account.jess_username))
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
    use ensims_client::Api;

    use super::*;
    use crate::outcome::{NotReady, Outcome, Readiness};
    use crate::report::causes::causes;
    use crate::report::testing::{account, report};

    #[test]
    fn greeting_uses_only_what_is_a_name() {
        let names = ["ben", "Ada Lindqvist", "Zoë O'Hara-Löw Jr.", "Moen, Sven", "ben@uni.example", "lab07"];
        assert_eq!(
            names.map(greeting),
            ["Hi Ben,", "Hi Ada Lindqvist,", "Hi Zoë O'Hara-Löw Jr.,", "Hello,", "Hello,", "Hello,"]
        );
    }

    #[test]
    fn message_goes_to_all_only_if_it_names_nobody() {
        let mut accounts = Vec::new();
        for index in 0..2 {
            accounts.push(account(index, Outcome::Refused { refused_by: Api::Ensims }));
        }
        for index in 2..5 {
            let readiness = Readiness::NotReady(vec![NotReady::Suspended]);
            accounts.push(AccountResult { readiness, ..account(index, Outcome::Updated) });
        }
        let report = report(accounts);
        let groups = groups(&causes(&report), 4);
        assert_eq!(groups.len(), 2);
        let [refused, suspended] = [&groups[0].entries[0], &groups[1].entries[0]];
        assert_eq!((refused.title.as_deref(), &refused.message_to_all), (Some("2 accounts"), &None));
        assert!(refused.people[1].message.contains("lab1@uni.example"));
        assert!(suspended.message_to_all.as_ref().is_some_and(|message| message.starts_with("Hello, ")));
        // There was no room for the fifth.
        assert_eq!((suspended.title.as_deref(), suspended.people.len()), (Some("3 accounts"), 2));
        assert_eq!(listed(&groups), 4);
    }
}
