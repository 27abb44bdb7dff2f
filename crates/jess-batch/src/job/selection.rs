//! Names that the user gives for accounts: in `--only`, `--skip` and the plan of a sandbox.

use super::account::UnresolvedAccount;
use super::collector::Collector;
use super::overrides::Overrides;
use super::sandbox_plan::SandboxPlan;

/// How many names a message suggests at most.
const MAX_SUGGESTIONS: usize = 3;

/// Selects accounts by `--only` and `--skip`, and reports names that no account has, or two.
pub(super) fn select(accounts: &mut [UnresolvedAccount], overrides: &Overrides, collector: &mut Collector) {
    for (flag, names) in [("--only", &overrides.only), ("--skip", &overrides.skip)] {
        check_flag(flag, names, accounts, collector);
    }
    for account in &mut *accounts {
        let is_only = overrides.only.is_empty() || overrides.only.iter().any(|name| account.is_called(name));
        account.is_selected = is_only && !overrides.skip.iter().any(|name| account.is_called(name));
    }
    let is_selection = !accounts.is_empty() && !collector.diagnostics.has_errors();
    if is_selection && !accounts.iter().any(|account| account.is_selected) {
        collector.error("--skip", "no account is left; skip fewer accounts");
    }
}

/// Adds the names of flags such as `--refuse-logon` to the plan of a sandbox, and reports names that no account has. `key`
/// is the place of the plan in the job file.
pub(super) fn plan_sandbox(
    plan: &mut SandboxPlan,
    key: &str,
    overrides: &Overrides,
    accounts: &[UnresolvedAccount],
    collector: &mut Collector,
) {
    let mut flags = overrides.sandbox.clone();
    for ((list, names), (_, from_flag)) in plan.names().into_iter().zip(flags.names()) {
        for (index, name) in names.iter().enumerate() {
            if !accounts.iter().any(|account| account.is_called(name)) {
                let path = format!("{key}.{list}[{index}]");
                collector.error(&path, "no account of this job has this name; correct or remove it");
            }
        }
        check_flag(&format!("--{}", list.replace('_', "-")), from_flag, accounts, collector);
        names.append(from_flag);
    }
}

/// Reports names in a flag that no account has, or two: the name of one can be the e-mail address of another.
fn check_flag(flag: &str, names: &[String], accounts: &[UnresolvedAccount], collector: &mut Collector) {
    for name in names {
        let mut called = accounts.iter().filter(|account| account.is_called(name));
        match (called.next(), called.next()) {
            (Some(_), None) => {}
            (Some(first), Some(second)) => {
                let [first, second] = [first, second]
                    .map(|account| format!("{:?}{}", account.label(), collector.place_of(account)));
                let message =
                    format!("{name:?} means two accounts, {first} and {second}; rename one of them");
                collector.error(flag, message);
            }
            (None, _) => {
                let suggestion = suggestion(name, accounts);
                collector.error(flag, format!("no account of this job is called {name:?}{suggestion}"));
            }
        }
    }
}

/// The names that were probably meant, as the end of a message.
fn suggestion(name: &str, accounts: &[UnresolvedAccount]) -> String {
    let wanted = name.to_lowercase();
    let mut suggestions = Vec::new();
    if let Some(nearest) = nearest(&wanted, accounts) {
        suggestions.push(format!("{nearest:?}"));
    } else {
        // A first name or a surname.
        for account in accounts {
            let mut words = account.label().split_whitespace();
            if suggestions.len() < MAX_SUGGESTIONS && words.any(|word| word.to_lowercase() == wanted) {
                suggestions.push(format!("{:?}", account.name()));
            }
        }
    }
    if suggestions.is_empty() {
        return String::new();
    }
    format!("; did you mean {}?", suggestions.join(" or "))
}

/// The name or address that differs only in case, or by a typing error in a word that is long enough for one.
fn nearest<'a>(wanted: &str, accounts: &'a [UnresolvedAccount]) -> Option<&'a str> {
    let length = wanted.chars().count();
    // What has no label may be a password.
    let labelled = accounts.iter().filter(|account| !account.label().is_empty());
    let names = labelled.flat_map(|account| [account.name(), &account.email]);
    let distances = names.map(|name| (strsim::osa_distance(wanted, &name.to_lowercase()), name));
    let near = distances.filter(|(distance, _)| *distance <= 2 && *distance * 4 <= length);
    near.min_by_key(|(distance, _)| *distance).map(|(_, name)| name)
}
