//! Accounts that hand over the same JESS user.

use std::collections::{HashMap, HashSet};

use super::accounts::{DraftAccount, JessLogin, label};
use super::noting::{Noting, Part};

/// A number for each account's JESS credential: accounts with the same user name and password have the same one. Of an
/// account that is left out only a password that is there already is compared.
pub(super) fn jess_groups(accounts: &[DraftAccount], shared_jess: Option<&JessLogin>) -> Vec<usize> {
    let mut firsts: HashMap<(&str, &str), usize> = HashMap::new();
    let mut numbers = Vec::with_capacity(accounts.len());
    for (index, account) in accounts.iter().enumerate() {
        let known = account.jess(shared_jess).and_then(JessLogin::known);
        numbers.push(known.map_or(index, |known| *firsts.entry(known).or_insert(index)));
    }
    numbers
}

/// Whether one of the accounts to be done hands over the JESS credential of the job.
pub(super) fn use_shared_jess(accounts: &[DraftAccount]) -> bool {
    accounts.iter().any(|account| account.selected && account.jess.is_none())
}

/// Warns, once for each JESS user, where two accounts give different passwords for it: one is probably mistyped.
pub(super) fn doubt_passwords(
    accounts: &[DraftAccount],
    shared_jess: Option<&JessLogin>,
    noting: &mut Noting,
) {
    let mut firsts: HashMap<&str, (&DraftAccount, &str)> = HashMap::new();
    let mut doubted = HashSet::new();
    for account in accounts.iter().filter(|account| account.selected) {
        let Some((username, password)) = account.jess(shared_jess).and_then(JessLogin::known) else {
            continue;
        };
        let (first, its_password) = *firsts.entry(username).or_insert((account, password));
        if password != its_password && doubted.insert(username) {
            let other = match label(&first.name, &first.email) {
                "" => "another account".to_owned(),
                label => format!("the account {label}"),
            };
            let line = noting.line_of(first.origin).map_or_else(String::new, |line| format!(" ({line})"));
            let problem = format!(
                "{other}{line} has the same JESS user with another password; one of the two is probably wrong"
            );
            noting.warn_of(account.origin, label(&account.name, &account.email), Part::Jess(""), problem);
        }
    }
}
