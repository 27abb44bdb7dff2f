//! The people on the page: who needs help with what, and everyone.

use std::collections::HashMap;

use super::sentence::sentence;
use super::state::State;
use super::time::span;
use super::{LONGEST, shown};
use crate::report::run_report::{AccountReport, Report};

/// Accounts for which the same thing is to be done.
pub(super) struct Group {
    pub(super) to_do: &'static str,
    pub(super) state: State,
    pub(super) people: Vec<Person>,
}

/// Someone who needs help.
pub(super) struct Person {
    pub(super) index: usize,
    pub(super) name: String,
    pub(super) email: String,
    pub(super) phrase: String,
    pub(super) detail: Option<String>,
    pub(super) said: Option<Quote>,
    /// A message for the person.
    pub(super) sentence: String,
}

/// The service's own words.
pub(super) struct Quote {
    pub(super) text: String,
    /// The number of all characters, where the text is only the beginning.
    pub(super) cut_from: Option<usize>,
}

/// A line of the table of everyone.
pub(super) struct Row {
    pub(super) number: usize,
    pub(super) name: String,
    pub(super) email: String,
    pub(super) jess_username: String,
    pub(super) state: State,
    pub(super) phrase: String,
    pub(super) duration_ms: u64,
    pub(super) duration: String,
}

/// Those who need help, at most so many, grouped by what is to be done; groups that wait for a new run come last.
pub(super) fn groups(report: &Report, most: usize) -> Vec<Group> {
    let mut users: HashMap<&str, usize> = HashMap::new();
    for account in &report.accounts {
        *users.entry(&account.jess_username).or_default() += 1;
    }
    let mut groups: Vec<Group> = Vec::new();
    for account in report.accounts.iter().filter(|account| !account.is_good()).take(most) {
        let to_do = account.hint().unwrap_or("Ask the service about it.");
        let shared = users.get(account.jess_username.as_str()).is_some_and(|count| *count > 1);
        let person = Person::new(account, shared);
        match groups.iter_mut().find(|group| group.to_do == to_do) {
            Some(group) => group.people.push(person),
            None => groups.push(Group { to_do, state: State::of(account), people: vec![person] }),
        }
    }
    groups.sort_by_key(|group| group.state);
    groups
}

impl Person {
    fn new(account: &AccountReport, shared: bool) -> Self {
        Self {
            index: account.index,
            name: shown(&account.name),
            email: shown(&account.email),
            phrase: phrase(account),
            detail: account.detail.as_deref().map(shown),
            // Words on an update that went through say nothing about why the account is not ready.
            said: account
                .service_message
                .as_deref()
                .filter(|_| account.not_ready().is_empty())
                .map(Quote::new),
            sentence: sentence(account, shared),
        }
    }
}

impl Quote {
    fn new(message: &str) -> Self {
        let length = message.chars().count();
        Self { text: shown(message), cut_from: (length > LONGEST).then_some(length) }
    }
}

impl Row {
    pub(super) fn new(account: &AccountReport) -> Self {
        Self {
            number: account.index.saturating_add(1),
            name: shown(&account.name),
            email: shown(&account.email),
            jess_username: shown(&account.jess_username),
            state: State::of(account),
            phrase: phrase(account),
            duration_ms: account.duration_ms,
            duration: if account.requests == 0 { "–".to_owned() } else { span(account.duration_ms) },
        }
    }
}

fn phrase(account: &AccountReport) -> String {
    let outcome = account.outcome.phrase();
    account.why_not_ready().map_or(outcome.clone(), |reasons| format!("{outcome}, not ready: {reasons}"))
}
