//! What changed from one report to another.

use std::collections::HashMap;

use super::model::Report;
use crate::outcome::AccountResult;

/// Accounts whose state changed from one report to another, each list in the order of its report.
///
/// Accounts are the same if their e-mail addresses are, in any case. A run and a status check can be compared: both say
/// whether an account needs attention.
#[derive(Debug, Default)]
pub struct Difference<'a> {
    /// Good in the old report, and not in the new one: the old and the new result.
    pub began_to_fail: Vec<(&'a AccountResult, &'a AccountResult)>,
    /// Good in the new report, and not in the old one: the old and the new result.
    pub recovered: Vec<(&'a AccountResult, &'a AccountResult)>,
    /// Good in neither: the new result.
    pub still_failing: Vec<&'a AccountResult>,
    /// Only in the new report.
    pub new: Vec<&'a AccountResult>,
    /// Only in the old report.
    pub gone: Vec<&'a AccountResult>,
    /// How many `--only` or `--skip` left out of one of the runs, so that nothing is known to have changed.
    pub not_compared: usize,
}

impl<'a> Difference<'a> {
    /// Compares two reports account by account.
    pub fn between(old: &'a Report, new: &'a Report) -> Self {
        let (in_old, in_new) = (by_email(old), by_email(new));
        let mut difference = Self::default();
        for now in &new.accounts {
            let Some(before) = in_old.get(&now.email.to_lowercase()) else {
                difference.new.push(now);
                continue;
            };
            if before.is_deselected() || now.is_deselected() {
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
        for before in &old.accounts {
            if !in_new.contains_key(&before.email.to_lowercase()) {
                difference.gone.push(before);
            }
        }
        difference
    }
}

fn by_email(report: &Report) -> HashMap<String, &AccountResult> {
    report.accounts.iter().map(|account| (account.email.to_lowercase(), account)).collect()
}
