//! The people on the page: who needs help with what, and everyone.

use std::collections::{BTreeMap, HashMap};

use ensims_client::Api;

use super::sentence::{sentence, sentence_to_all};
use super::state::State;
use super::time::span;
use super::to_do::ToDo;
use super::{LONGEST, shown};
use crate::report::outcome::Outcome;
use crate::report::run_report::{AccountReport, Report};

/// Accounts for which the same thing is to be done.
pub(super) struct Group {
    pub(super) to_do: ToDo,
    pub(super) shared: Vec<Shared>,
    pub(super) people: Vec<Person>,
}

/// Someone who needs help.
pub(super) struct Person {
    pub(super) index: usize,
    pub(super) name: String,
    pub(super) email: String,
    pub(super) state: State,
    pub(super) phrase: String,
    pub(super) detail: Option<String>,
    pub(super) said: Option<Quote>,
    /// A message for the person.
    pub(super) sentence: String,
}

/// A JESS user name that was refused for several accounts: it is mended once for all of them.
pub(super) struct Shared {
    /// Of the first account.
    pub(super) index: usize,
    pub(super) jess_username: String,
    /// How many accounts of the job have it.
    pub(super) sharing: usize,
    pub(super) phrase: String,
    pub(super) said: Option<Quote>,
    /// For whom it was refused: name and e-mail address.
    pub(super) members: Vec<(String, String)>,
    /// A message for all of them.
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

/// Those who need help, at most so many, grouped by what is to be done.
pub(super) fn groups(report: &Report, most: usize) -> Vec<Group> {
    let sharing = count_by_jess_user(report.accounts.iter());
    let refused = count_by_jess_user(report.accounts.iter().filter(|account| is_refused_by_jess(account)));
    let mut groups: BTreeMap<ToDo, Group> = BTreeMap::new();
    for account in report.accounts.iter().filter(|account| !account.is_good()).take(most) {
        let to_do = ToDo::of(account);
        let group = groups.entry(to_do).or_insert_with(|| Group::new(to_do));
        let user = account.jess_username.as_str();
        if is_refused_by_jess(account) && refused[user] > 1 {
            group.add_shared(account, sharing[user]);
        } else {
            group.people.push(Person::new(account, sharing[user] > 1));
        }
    }
    groups.into_values().collect()
}

/// Whether it was refused in this run: then the state says all that the detail does.
fn is_refused_now(account: &AccountReport) -> bool {
    matches!(account.outcome, Outcome::Refused { .. }) && account.requests > 0
}

fn is_refused_by_jess(account: &AccountReport) -> bool {
    account.outcome == Outcome::Refused { refused_by: Api::Jess }
}

fn count_by_jess_user<'a>(accounts: impl Iterator<Item = &'a AccountReport>) -> HashMap<&'a str, usize> {
    let mut counts = HashMap::new();
    for account in accounts {
        *counts.entry(account.jess_username.as_str()).or_default() += 1;
    }
    counts
}

impl Group {
    fn new(to_do: ToDo) -> Self {
        Self { to_do, shared: Vec::new(), people: Vec::new() }
    }

    /// How many accounts are in it.
    pub(super) fn len(&self) -> usize {
        self.people.len() + self.shared.iter().map(|shared| shared.members.len()).sum::<usize>()
    }

    fn add_shared(&mut self, account: &AccountReport, sharing: usize) {
        let user = shown(&account.jess_username);
        let member = (shown(&account.name), shown(&account.email));
        if let Some(shared) = self.shared.iter_mut().find(|shared| shared.jess_username == user) {
            shared.members.push(member);
            return;
        }
        self.shared.push(Shared {
            index: account.index,
            jess_username: user,
            sharing,
            phrase: phrase(account),
            said: account.service_message.as_deref().map(Quote::new),
            members: vec![member],
            sentence: sentence_to_all(account),
        });
    }
}

impl Person {
    fn new(account: &AccountReport, shared: bool) -> Self {
        Self {
            index: account.index,
            name: shown(&account.name),
            email: shown(&account.email),
            state: State::of(account),
            phrase: phrase(account),
            detail: account.detail.as_deref().filter(|_| !is_refused_now(account)).map(shown),
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
    let state = State::of(account);
    match (state, account.why_not_ready()) {
        (State::ReadyBefore | State::DoneBefore | State::LeftOut, _) => state.words().to_owned(),
        (_, None) => account.outcome.phrase(),
        (_, Some(reasons)) => format!("{}, not ready: {reasons}", account.outcome.phrase()),
    }
}
