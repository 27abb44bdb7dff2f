//! `--only` and `--skip`: which accounts are to be done.

use super::accounts::{DraftAccount, label};
use super::choices::Choices;
use super::noting::Noting;

/// Says of each account whether it is to be done, and notes names that no account has.
pub(super) fn select(accounts: &mut [DraftAccount], choices: &Choices, noting: &mut Noting) {
    for (flag, names) in [("--only", &choices.only), ("--skip", &choices.skip)] {
        for name in names {
            if !accounts.iter().any(|account| account.is_called(name)) {
                let meant = nearest(name, accounts).map(|near| format!("; did you mean {near:?}?"));
                let meant = meant.unwrap_or_default();
                noting.note(flag, format!("no account of this job is called {name:?}{meant}"));
            }
        }
    }
    for account in &mut *accounts {
        let is_in = |names: &[String]| names.iter().any(|name| account.is_called(name));
        account.selected = (choices.only.is_empty() || is_in(&choices.only)) && !is_in(&choices.skip);
    }
    if !accounts.is_empty() && noting.mistakes.is_empty() && accounts.iter().all(|account| !account.selected)
    {
        noting.note("--skip", "no account is left to do");
    }
}

/// The name or address that was probably meant: one that differs by its case, or by a slip in a word long enough for one.
fn nearest<'a>(name: &str, accounts: &'a [DraftAccount]) -> Option<&'a str> {
    let wanted = name.to_lowercase();
    let length = wanted.chars().count();
    // What has no label may be a password in the wrong place.
    let labelled = accounts.iter().filter(|account| !label(&account.name, &account.email).is_empty());
    labelled
        .flat_map(|account| [&*account.name, &*account.email])
        .map(|called| (strsim::osa_distance(&wanted, &called.to_lowercase()), called))
        .filter(|(distance, _)| *distance <= 2 && distance * 4 <= length)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, called)| called)
}
