//! From the entries of a job file and its rosters to accounts, before any password is resolved.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::path::Path;

use super::account::{UnresolvedAccount, UnresolvedAccounts, UnresolvedJess};
use super::collector::Collector;
use super::file::{AccountEntry, JessEntry};
use super::origin::{Field, Origin};
use crate::diagnostics::looks_like_email;
use crate::roster::{GivenElsewhere, Roster, RosterKey, RosterRow};
use crate::secret::{Password, SecretContext, SecretError, SecretKeys};

/// The JESS user name in a new job file, which the user replaces.
pub(super) const USERNAME_PLACEHOLDER: &str = "YOUR-JESS-USER-NAME";

/// What is wrong with an empty name.
pub(super) const EMPTY_NAME: &str = "the name is empty; give one or remove the key";

/// The accounts that a job file and its rosters describe. Every problem with them is reported.
pub(super) fn validate(
    entries: Vec<AccountEntry>,
    roster: Option<RosterKey>,
    jess: Option<JessEntry>,
    context: &SecretContext<'_>,
    collector: &mut Collector,
) -> UnresolvedAccounts {
    if entries.is_empty() && roster.is_none() {
        collector.error("accounts", NO_ACCOUNTS);
    }
    let shared_jess = jess.map(|jess| {
        let (username, keys) = jess.into_parts();
        let (jess, errors) = resolve_jess(username, keys, context);
        for error in errors {
            collector.error(&shared_jess_path(error.key), error.message);
        }
        jess
    });
    let has_shared_jess = shared_jess.is_some();
    let mut accounts = Vec::with_capacity(entries.len());
    for (index, entry) in entries.into_iter().enumerate() {
        let origin = Origin::JobFile(index);
        accounts.push(account(origin, entry.into(), context, has_shared_jess, collector));
    }
    for (path, entry) in roster.map(RosterKey::entries).unwrap_or_default() {
        let given = GivenElsewhere { passwords: context.ask, jess: has_shared_jess };
        let problems = entry.problems();
        for (key, message) in &problems {
            collector.error(&format!("{path}.{key}"), message);
        }
        if !problems.is_empty() {
            continue;
        }
        let file = context.folder.join(&entry.file);
        if collector.rosters.iter().any(|roster| roster.path == file) {
            collector.error(&path, "this roster is listed twice; remove one");
            continue;
        }
        let Some(mut roster) = collector.value(&path, Roster::read(file, &entry, given)) else { continue };
        collector.diagnostics.extend(std::mem::take(&mut roster.diagnostics));
        let rows = std::mem::take(&mut roster.rows);
        let folder = roster.path.parent().unwrap_or(Path::new("")).to_owned();
        let context = SecretContext { folder: &folder, in_roster: true, ask: context.ask };
        collector.rosters.push(roster);
        for (row, entry) in rows.into_iter().enumerate() {
            let origin = Origin::Roster { roster: collector.rosters.len() - 1, row };
            accounts.push(account(origin, entry.into(), &context, has_shared_jess, collector));
        }
    }
    if accounts.is_empty() && !collector.diagnostics.has_errors() {
        collector.error("roster", NO_ACCOUNTS);
    }
    check_names(&accounts, collector);
    UnresolvedAccounts { accounts, shared_jess }
}

const NO_ACCOUNTS: &str = "there are no accounts; add one, or a roster";

/// An account as it is written, in the job file or a roster.
struct Entry {
    name: Option<String>,
    email: String,
    ensims: SecretKeys,
    /// User name and password.
    jess: Option<(String, SecretKeys)>,
}

impl From<AccountEntry> for Entry {
    fn from(entry: AccountEntry) -> Self {
        let (email, ensims) = entry.ensims.into_parts();
        Self { name: entry.name, email, ensims, jess: entry.jess.map(JessEntry::into_parts) }
    }
}

impl From<RosterRow> for Entry {
    fn from(row: RosterRow) -> Self {
        let jess = row.jess.map(|jess| (jess.username, jess.keys));
        Self { name: row.name, email: row.email, ensims: row.ensims, jess }
    }
}

fn account(
    origin: Origin,
    entry: Entry,
    context: &SecretContext<'_>,
    has_shared_jess: bool,
    collector: &mut Collector,
) -> UnresolvedAccount {
    let mut account = UnresolvedAccount {
        origin,
        given_name: entry.name,
        email: entry.email,
        ensims: Password::placeholder(),
        jess: None,
        is_selected: true,
    };
    match entry.ensims.choose(context) {
        Ok(password) => account.ensims = password,
        Err(error) => collector.account_error(&account, Field::Ensims(error.key), error.message),
    }
    match entry.jess {
        Some((username, keys)) => {
            let (jess, errors) = resolve_jess(username, keys, context);
            for error in errors {
                collector.account_error(&account, Field::Jess(error.key), error.message);
            }
            account.jess = Some(jess);
        }
        None if has_shared_jess => {}
        None if context.in_roster => {
            let message =
                "no JESS account; fill in this cell, or add 'jess:' for all accounts to the job file";
            collector.account_error(&account, Field::Jess("username"), message);
        }
        None => {
            let message = "no JESS account; add 'jess:' here, or for all accounts to the job file";
            collector.account_error(&account, Field::Account, message);
        }
    }
    account
}

/// A JESS credential, and what is wrong with its keys.
fn resolve_jess(
    username: String,
    keys: SecretKeys,
    context: &SecretContext<'_>,
) -> (UnresolvedJess, Vec<SecretError>) {
    let mut errors = Vec::new();
    let message = match &*username {
        "" => Some("the JESS user name is empty; give the one in the confirmation e-mail"),
        USERNAME_PLACEHOLDER => Some("replace this with the JESS user name"),
        _ => None,
    };
    errors.extend(message.map(|message| SecretError { key: "username", message: message.to_owned() }));
    let password = keys.choose(context).unwrap_or_else(|error| {
        errors.push(error);
        Password::placeholder()
    });
    (UnresolvedJess { username, password }, errors)
}

/// The path of a key of the job's JESS credential.
pub(super) fn shared_jess_path(key: &str) -> String {
    if key.is_empty() { "jess".to_owned() } else { format!("jess.{key}") }
}

/// Reports names and e-mail addresses that are not unique, empty names, and what is not an e-mail address.
fn check_names(accounts: &[UnresolvedAccount], collector: &mut Collector) {
    let mut names: HashSet<&str> = HashSet::with_capacity(accounts.len());
    let mut emails: HashMap<Cow<'_, str>, &UnresolvedAccount> = HashMap::with_capacity(accounts.len());
    for account in accounts {
        if account.given_name.as_deref() == Some("") {
            collector.account_error(account, Field::Name, EMPTY_NAME);
        }
        let first = emails.insert(to_lowercase(&account.email), account);
        // Without a name, the account is called by its e-mail address, whose repetition is reported below.
        if !names.insert(account.name()) && (first.is_none() || account.given_name.is_some()) {
            collector.account_error(
                account,
                Field::Name,
                "another account has this name; change one of them",
            );
        }
        if let Some(first) = first {
            let line = collector.line_of(first);
            let message =
                format!("another account{line} has this e-mail address; correct or remove one of them");
            collector.account_error(account, Field::Email, message);
        }
        if !looks_like_email(&account.email) {
            collector.account_error(account, Field::Email, "this is not an e-mail address");
        }
    }
}

fn to_lowercase(email: &str) -> Cow<'_, str> {
    if email.chars().any(char::is_uppercase) {
        Cow::Owned(email.to_lowercase())
    } else {
        Cow::Borrowed(email)
    }
}
