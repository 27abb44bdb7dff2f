//! From the entries of a job file and its rosters to accounts, before any password is resolved.

use std::borrow::Cow;
use std::collections::HashMap;
use std::path::{Path, PathBuf};

use super::account::{Origin, UnresolvedAccount, UnresolvedAccounts, UnresolvedJess};
use super::collector::{Collector, join};
use super::file::{AccountEntry, JessEntry};
use crate::diagnostics::{Diagnostic, looks_like_email};
use crate::platform::show_path;
use crate::roster::{
    GivenElsewhere, Roster, RosterEntry, RosterError, RosterKey, WrittenAccount, WrittenJess,
};
use crate::secret::{Password, SecretContext, SecretKeys};

/// The JESS user name in a new job file, which the user replaces.
pub(super) const USERNAME_PLACEHOLDER: &str = "YOUR-JESS-USER-NAME";

/// What is wrong with an empty name.
pub(super) const EMPTY_NAME: &str = "the name is empty; give one or remove the key";

const NO_ACCOUNTS: &str = "there are no accounts; add one, or a roster";

/// The accounts that a job file and its rosters describe. Every problem with them is reported.
pub(super) fn validate(
    entries: Vec<AccountEntry>,
    roster: Option<&RosterKey>,
    jess: Option<JessEntry>,
    context: &SecretContext<'_>,
    collector: &mut Collector,
) -> UnresolvedAccounts {
    if entries.is_empty() && roster.is_none() {
        collector.error("accounts", NO_ACCOUNTS);
    }
    let mut errors = Vec::new();
    let shared_jess = jess.map(|jess| unresolved_jess(jess.into(), context, &mut errors));
    for (path, message) in errors {
        collector.error(&path, message);
    }
    let given = GivenElsewhere { passwords: context.ask, jess: shared_jess.is_some() };
    let mut accounts = Vec::with_capacity(entries.len());
    for (index, entry) in entries.into_iter().enumerate() {
        accounts.push(account(Origin::JobFile(index), entry.into(), context, given, collector));
    }
    for (path, entry) in roster.map(RosterKey::entries).unwrap_or_default() {
        let problems = entry.problems();
        if !problems.is_empty() {
            for (key, message) in problems {
                collector.error(&join(&path, &key), message);
            }
            continue;
        }
        let file = context.folder.join(&entry.file);
        if collector.rosters.iter().any(|roster| roster.path == file) {
            collector.error(&path, "this roster is listed twice; remove one");
            continue;
        }
        let Some(mut roster) = read_roster(file, &path, &entry, given, collector) else { continue };
        collector.diagnostics.extend(std::mem::take(&mut roster.diagnostics));
        let rows = std::mem::take(&mut roster.rows);
        let folder = roster.path.parent().unwrap_or(Path::new("")).to_owned();
        let context = SecretContext { folder: &folder, in_roster: true, ask: context.ask };
        collector.rosters.push(roster);
        for (row, written) in rows.into_iter().enumerate() {
            let origin = Origin::Roster { roster: collector.rosters.len() - 1, row };
            accounts.push(account(origin, written, &context, given, collector));
        }
    }
    if accounts.is_empty() && !collector.diagnostics.has_errors() {
        collector.error("roster", NO_ACCOUNTS);
    }
    check_names(&accounts, collector);
    UnresolvedAccounts { accounts, shared_jess }
}

fn read_roster(
    file: PathBuf,
    path: &str,
    entry: &RosterEntry,
    given: GivenElsewhere,
    collector: &mut Collector,
) -> Option<Roster> {
    let shown = show_path(&file);
    match Roster::read(file, entry, given) {
        Ok(roster) => return Some(roster),
        Err(RosterError::Unreadable(error)) => {
            collector.error(path, format!("the file {shown} cannot be read: {error}"));
        }
        Err(RosterError::Key(key, message)) => collector.error(&join(path, key), message),
        Err(RosterError::File(message)) => {
            collector.diagnostics.errors.push(Diagnostic::of_file(shown, message));
        }
    }
    None
}

/// What is wrong with an account: the key, as a path below the account, and the message.
type AccountErrors = Vec<(String, String)>;

fn account(
    origin: Origin,
    written: WrittenAccount,
    context: &SecretContext<'_>,
    given: GivenElsewhere,
    collector: &mut Collector,
) -> UnresolvedAccount {
    let mut errors = Vec::new();
    let ensims = password(written.ensims, "ensims", context, &mut errors);
    let jess = written.jess.map(|jess| unresolved_jess(jess, context, &mut errors));
    if jess.is_none() && !given.jess {
        let (key, message) = if context.in_roster {
            (
                "jess.username",
                "no JESS account; fill in this cell, or add 'jess:' for all accounts to the job file",
            )
        } else {
            ("", "no JESS account; add 'jess:' here, or for all accounts to the job file")
        };
        errors.push((key.to_owned(), message.to_owned()));
    }
    if written.known_as.as_ref().is_some_and(|alias| !looks_like_email(alias)) {
        errors.push(("ensims.known_as".to_owned(), "this is not an e-mail address".to_owned()));
    }
    let account = UnresolvedAccount {
        origin,
        given_name: written.name,
        email: written.email,
        known_as: written.known_as,
        ensims,
        jess,
        is_selected: true,
    };
    for (key, message) in errors {
        collector.account_error(&account, &key, message);
    }
    account
}

fn unresolved_jess(
    WrittenJess { username, keys }: WrittenJess,
    context: &SecretContext<'_>,
    errors: &mut AccountErrors,
) -> UnresolvedJess {
    let message = match &*username {
        "" => Some("the JESS user name is empty; give the one in the confirmation e-mail"),
        USERNAME_PLACEHOLDER => Some("replace this with the JESS user name"),
        _ => None,
    };
    errors.extend(message.map(|message| ("jess.username".to_owned(), message.to_owned())));
    let password = password(keys, "jess", context, errors);
    UnresolvedJess { username, password }
}

/// The password that the keys of a credential give.
fn password(
    keys: SecretKeys,
    credential: &str,
    context: &SecretContext<'_>,
    errors: &mut AccountErrors,
) -> Password {
    keys.choose(context).unwrap_or_else(|error| {
        errors.push((join(credential, error.key), error.message));
        Password::placeholder()
    })
}

/// Reports names and e-mail addresses that are not unique, empty names, and what is not an e-mail address.
fn check_names(accounts: &[UnresolvedAccount], collector: &mut Collector) {
    let mut names: HashMap<&str, &UnresolvedAccount> = HashMap::with_capacity(accounts.len());
    let mut emails: HashMap<Cow<'_, str>, &UnresolvedAccount> = HashMap::with_capacity(accounts.len());
    for account in accounts {
        if account.given_name.as_deref() == Some("") {
            collector.account_error(account, "name", EMPTY_NAME);
        }
        let same_email = emails.insert(to_lowercase(&account.email), account);
        // A row that repeats the e-mail address too is reported once, below.
        if let Some(other) = names.insert(account.name(), account)
            && same_email.is_none()
        {
            let line = collector.place_of(other);
            let message = format!("another account{line} has this name; change one of them");
            collector.account_error(account, "name", message);
        }
        if let Some(other) = same_email {
            let line = collector.place_of(other);
            let message =
                format!("another account{line} has this e-mail address; correct or remove one of them");
            collector.account_error(account, "ensims.email", message);
        }
        if !looks_like_email(&account.email) {
            collector.account_error(account, "ensims.email", "this is not an e-mail address");
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
