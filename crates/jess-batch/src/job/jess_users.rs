//! Accounts that hand over the same JESS user.

use std::collections::HashMap;

use super::accounts::{DraftAccount, DraftJess, JessLogin};

/// A number for each account's JESS credential: accounts with the same user name and password have the same one. Of an
/// account that is left out only a password that is there already is compared.
pub(super) fn jess_groups(accounts: &[DraftAccount], shared_jess: Option<&JessLogin>) -> Vec<usize> {
    let mut firsts: HashMap<(&str, &str), usize> = HashMap::new();
    let mut numbers = Vec::with_capacity(accounts.len());
    for (index, account) in accounts.iter().enumerate() {
        let known = login(account, shared_jess).and_then(JessLogin::known);
        numbers.push(known.map_or(index, |known| *firsts.entry(known).or_insert(index)));
    }
    numbers
}

fn login<'a>(account: &'a DraftAccount, shared_jess: Option<&'a JessLogin>) -> Option<&'a JessLogin> {
    match &account.jess {
        DraftJess::Own(jess) => Some(jess),
        DraftJess::Shared => shared_jess,
        DraftJess::Mistaken => None,
    }
}
