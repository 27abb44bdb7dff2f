//! Accounts that have the same JESS user.

use std::collections::{HashMap, HashSet};

use super::account::{UnresolvedAccount, UnresolvedAccounts};
use super::collector::Collector;
use super::origin::Field;

/// The number of each account's JESS credential: accounts with the same user name and password have the number of the
/// first of them. An unresolved password, as deselected accounts can have, is that of no other account.
pub(super) fn jess_credentials(accounts: &UnresolvedAccounts) -> Vec<usize> {
    let mut firsts: HashMap<(&str, &str), usize> = HashMap::new();
    let mut numbers = Vec::with_capacity(accounts.accounts.len());
    for (index, account) in accounts.accounts.iter().enumerate() {
        let number = match accounts.resolved_jess(account) {
            Some(credential) => *firsts.entry(credential).or_insert(index),
            None => index,
        };
        numbers.push(number);
    }
    numbers
}

/// Warns, once for each JESS user, if two accounts give different passwords for it: one is probably mistyped.
pub(super) fn lint_passwords(accounts: &UnresolvedAccounts, collector: &mut Collector) {
    let mut firsts: HashMap<&str, (&UnresolvedAccount, &str)> = HashMap::new();
    let mut reported = HashSet::new();
    for account in accounts.accounts.iter().filter(|account| account.is_selected) {
        let Some((username, password)) = accounts.resolved_jess(account) else { continue };
        let (first, first_password) = *firsts.entry(username).or_insert((account, password));
        if password != first_password && reported.insert(username) {
            let other = match first.label() {
                "" => "another account".to_owned(),
                label => format!("the account {label}"),
            };
            let line = collector.line_of(first);
            let message = format!(
                "{other}{line} gives another password for the same JESS user; one of the two is probably wrong"
            );
            collector.account_warning(account, Field::Jess(""), message);
        }
    }
}
