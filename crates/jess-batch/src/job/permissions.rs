//! Files with passwords that other users of the machine can read.

use std::collections::BTreeSet;
use std::path::Path;

use secrecy::ExposeSecret;
use url::Url;

use super::account::UnresolvedAccounts;
use super::collector::Collector;
use super::model::ServicePlan;
use super::source::JobSource;
use crate::diagnostics::{Diagnostic, shell_quote_path};
use crate::secret::{SecretSource, is_readable_by_others};

/// Reports each file with passwords that other users can read. Password files that only deselected accounts need are not
/// read, so they do not count.
pub(super) fn check(
    source: &JobSource,
    service: Option<&ServicePlan>,
    accounts: &UnresolvedAccounts,
    collector: &mut Collector,
) {
    let everybody_is_selected = accounts.accounts.iter().all(|account| account.is_selected);
    let shared_is_needed = everybody_is_selected || accounts.uses_shared_jess();
    let mut passwords = Vec::with_capacity(2 * accounts.accounts.len() + 1);
    passwords.extend(accounts.shared_jess.iter().map(|jess| (&jess.password, shared_is_needed)));
    for account in &accounts.accounts {
        passwords.extend(account.passwords().map(|password| (password, account.is_selected)));
    }

    let mut files: BTreeSet<&Path> = BTreeSet::new();
    let mut job_file_holds_passwords = service.is_some_and(has_proxy_password);
    for (password, is_needed) in passwords {
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
        collector.diagnostics.errors.push(Diagnostic::of_file(path.display().to_string(), message));
    }
}

/// Whether the address of the proxy contains a password, which is in the job file then.
fn has_proxy_password(service: &ServicePlan) -> bool {
    let ServicePlan::Remote { proxy: Some(proxy), .. } = service else { return false };
    Url::parse(proxy.expose_secret()).is_ok_and(|address| address.password().is_some())
}
