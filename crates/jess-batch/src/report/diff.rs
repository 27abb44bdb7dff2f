//! What changed from one run to another.

use std::collections::HashMap;

use super::outcome::{Outcome, SkipReason};
use super::run_report::{AccountReport, Report};

/// Accounts whose state changed, each list in the order of its report. Accounts are the same by their e-mail address.
#[derive(Debug, Default)]
pub(crate) struct Difference<'a> {
    /// As wanted in the old report, and not in the new one: the old and the new state.
    pub(crate) began_to_fail: Vec<(&'a AccountReport, &'a AccountReport)>,
    pub(crate) recovered: Vec<(&'a AccountReport, &'a AccountReport)>,
    pub(crate) still_failing: Vec<&'a AccountReport>,
    pub(crate) new: Vec<&'a AccountReport>,
    pub(crate) gone: Vec<&'a AccountReport>,
    /// Left out of one of the runs on purpose: nobody looked, so nothing is known to have changed.
    pub(crate) not_compared: usize,
}

impl<'a> Difference<'a> {
    pub(crate) fn between(old: &'a Report, new: &'a Report) -> Self {
        let by_email = |report: &'a Report| -> HashMap<String, &'a AccountReport> {
            report.accounts.iter().map(|account| (account.email.to_lowercase(), account)).collect()
        };
        let (in_old, in_new) = (by_email(old), by_email(new));
        let mut difference = Self::default();
        for now in &new.accounts {
            let Some(before) = in_old.get(&now.email.to_lowercase()) else {
                difference.new.push(now);
                continue;
            };
            if was_left_out(before) || was_left_out(now) {
                difference.not_compared += 1;
                continue;
            }
            match (before.is_good(), now.is_good()) {
                (true, false) => difference.began_to_fail.push((before, now)),
                (false, true) => difference.recovered.push((before, now)),
                (false, false) => difference.still_failing.push(now),
                (true, true) => {}
            }
        }
        let gone = |account: &&AccountReport| !in_new.contains_key(&account.email.to_lowercase());
        difference.gone = old.accounts.iter().filter(gone).collect();
        difference
    }
}

fn was_left_out(account: &AccountReport) -> bool {
    account.outcome == Outcome::Skipped { reason: SkipReason::NotSelected }
}
