//! `--only` and `--skip`: which accounts are to be done.

use super::accounts::{DraftAccount, label};
use super::choices::Choices;
use super::noting::Noting;

/// Says of each account whether it is to be done, and notes names that no account has.
pub(super) fn select(accounts: &mut [DraftAccount], choices: &Choices, noting: &mut Noting) {
    for (flag, names) in [("--only", &choices.only), ("--skip", &choices.skip)] {
        for name in names {
            if !accounts.iter().any(|account| account.is_called(name)) {
                noting.note(
                    flag,
                    format!("no account of this job is called {name:?}{}", meant(name, accounts)),
                );
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

/// So many names are suggested at the most.
const MOST_LIKELY: usize = 3;

/// What was probably meant, as the end of a message.
fn meant(name: &str, accounts: &[DraftAccount]) -> String {
    let wanted = name.to_lowercase();
    let likely: Vec<String> = match nearest(&wanted, accounts) {
        Some(near) => vec![format!("{near:?}")],
        None => holding(&wanted, accounts).take(MOST_LIKELY).map(|name| format!("{name:?}")).collect(),
    };
    if likely.is_empty() { String::new() } else { format!("; did you mean {}?", likely.join(" or ")) }
}

/// Name and address of each account. What has no label may be a password in the wrong place.
fn called(accounts: &[DraftAccount]) -> impl Iterator<Item = [&str; 2]> {
    let labelled = accounts.iter().filter(|account| !label(&account.name, &account.email).is_empty());
    labelled.map(|account| [&*account.name, &*account.email])
}

/// The names that have this word, which is in lower case: a first name, or a surname.
fn holding<'a>(wanted: &str, accounts: &'a [DraftAccount]) -> impl Iterator<Item = &'a str> {
    let has_it = move |name: &&str| name.to_lowercase().split_whitespace().any(|word| word == wanted);
    called(accounts).map(|[name, _]| name).filter(has_it)
}

/// The name or address that differs by its case, or by a slip in a word long enough for one. `wanted` is in lower case.
fn nearest<'a>(wanted: &str, accounts: &'a [DraftAccount]) -> Option<&'a str> {
    let length = wanted.chars().count();
    called(accounts)
        .flatten()
        .map(|called| (strsim::osa_distance(wanted, &called.to_lowercase()), called))
        .filter(|(distance, _)| *distance <= 2 && distance * 4 <= length)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, called)| called)
}
