//! What may be wrong with passwords besides their text: files that others can read, and two for one JESS user.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::Path;

use secrecy::ExposeSecret;
use url::Url;

use super::account::{UnresolvedAccount, UnresolvedAccounts};
use super::collector::Collector;
use super::model::{ServicePlan, jess_user_key};
use super::paths::JobSource;
use crate::diagnostics::{Diagnostic, shell_quote_path};
use crate::platform::{is_readable_by_others, is_writable_by_others, show_path};
use crate::secret::{Password, SecretSource};

/// Warns, once for each JESS user, if two accounts give different passwords for it: one is probably mistyped.
pub(super) fn lint_passwords(accounts: &UnresolvedAccounts, collector: &mut Collector) {
    let mut firsts: HashMap<String, (&UnresolvedAccount, &str)> = HashMap::new();
    let mut reported = HashSet::new();
    for account in accounts.accounts.iter().filter(|account| account.is_selected) {
        let Some((username, password)) = accounts.resolved_jess(account) else { continue };
        let (first, first_password) = *firsts.entry(jess_user_key(username)).or_insert((account, password));
        if password != first_password && reported.insert(jess_user_key(username)) {
            let other = match first.label() {
                "" => "another account".to_owned(),
                label => format!("the account {label}"),
            };
            let line = collector.place_of(first);
            let message = format!(
                "{other}{line} gives another password for the same JESS user; one of the two is probably wrong"
            );
            let warning = collector.account_diagnostic(account, "jess", message);
            collector.diagnostics.warnings.push(warning);
        }
    }
}

/// Reports each file with passwords that other users can read. Password files that only deselected accounts need are not
/// read, so they do not count.
pub(super) fn check_permissions(
    source: &JobSource,
    service: Option<&ServicePlan>,
    accounts: &UnresolvedAccounts,
    collector: &mut Collector,
) {
    let everybody_is_selected = accounts.accounts.iter().all(|account| account.is_selected);
    let shared_is_needed = everybody_is_selected || accounts.uses_shared_jess();
    let shared = accounts.shared_jess.iter().map(|jess| (&jess.password, shared_is_needed));
    let own = accounts
        .accounts
        .iter()
        .flat_map(|account| account.passwords().map(|password| (password, account.is_selected)));
    let mut files: BTreeSet<&Path> = BTreeSet::new();
    let mut job_file_holds_passwords = service.is_some_and(has_proxy_password);
    for (password, is_needed) in shared.chain(own) {
        match &password.source {
            SecretSource::JobFile => job_file_holds_passwords = true,
            SecretSource::File(path) if is_needed => {
                files.insert(path);
            }
            _ => {}
        }
    }
    files.extend(source.path().filter(|_| job_file_holds_passwords));
    for roster in collector.rosters.iter().filter(|roster| roster.holds_passwords) {
        files.insert(&roster.path);
    }
    for path in files.into_iter().filter(|path| is_readable_by_others(path)) {
        let message = format!(
            "other users can read this file, and it contains passwords; type: chmod 600 {}",
            shell_quote_path(path)
        );
        collector.diagnostics.errors.push(Diagnostic::of_file(show_path(path), message));
    }
}

/// Reports a job file that other users can change: they could lead the passwords elsewhere. A rehearsal sends none, but its
/// job may run commands.
pub(super) fn check_writers(
    source: &JobSource,
    is_rehearsal: bool,
    accounts: &UnresolvedAccounts,
    collector: &mut Collector,
) {
    let shared = accounts.shared_jess.iter().map(|jess| &jess.password);
    let mut passwords = shared.chain(accounts.accounts.iter().flat_map(UnresolvedAccount::passwords));
    let is_command = |password: &Password| matches!(password.source, SecretSource::Command(_));
    let Some(path) = source.path().filter(|path| is_writable_by_others(path)) else { return };
    if !is_rehearsal || passwords.any(is_command) {
        let message = format!("other users can change this file; type: chmod o-w {}", shell_quote_path(path));
        collector.diagnostics.errors.push(Diagnostic::of_file(show_path(path), message));
    }
}

/// Whether the address of the proxy contains a password, which is in the job file then.
fn has_proxy_password(service: &ServicePlan) -> bool {
    let ServicePlan::Remote { proxy: Some(proxy), .. } = service else { return false };
    Url::parse(proxy.expose_secret()).is_ok_and(|address| address.password().is_some())
}
