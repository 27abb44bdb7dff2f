//! Files with passwords that other users of the machine can read.

use std::collections::HashSet;
use std::path::Path;

use super::accounts::{DraftAccount, JessLogin};
use super::checked::Source;
use super::jess_users::use_shared_jess;
use super::mistake::Mistake;
use super::noting::Noting;
use super::secret::{Password, SecretSource};

/// Notes each file with passwords that others can open, once. `of_proxy`: the job file has the password of one.
pub(super) fn check_readable(
    source: &Source,
    of_proxy: bool,
    accounts: &[DraftAccount],
    shared_jess: Option<&JessLogin>,
    noting: &mut Noting,
) {
    let shared = || shared_jess.map(|jess| &jess.password).into_iter();
    let mut all = shared().chain(accounts.iter().flat_map(DraftAccount::passwords));
    let in_job_file = of_proxy || all.any(|password| password.source == SecretSource::JobFile);
    let job_file = source.path().filter(|_| in_job_file);
    let rosters = noting.rosters.iter().filter(|roster| roster.holds_passwords).map(|roster| &*roster.path);
    let selected = accounts.iter().filter(|account| account.selected).flat_map(DraftAccount::passwords);
    // It is read only if one of those that are not left out uses it.
    let all_selected = accounts.iter().all(|account| account.selected);
    let used = shared().filter(|_| all_selected || use_shared_jess(accounts));
    let files = used.chain(selected).filter_map(file_of);
    let mut seen = HashSet::new();
    let mistakes: Vec<Mistake> = job_file
        .into_iter()
        .chain(rosters)
        .chain(files)
        .filter(|path| seen.insert(*path))
        .filter(|path| is_open_to_others(path))
        .map(|path| {
            let problem = format!(
                "other people can open this file, and it holds passwords; type: chmod 600 {}",
                typed(path)
            );
            Mistake { file: path.display().to_string(), place: None, subject: String::new(), problem }
        })
        .collect();
    noting.mistakes.extend(mistakes);
}

fn file_of(password: &Password) -> Option<&Path> {
    match &password.source {
        SecretSource::File(path) => Some(path),
        _ => None,
    }
}

/// Whether others can open a file. What is no file on a disk is nobody else's: a pipe, or what
/// a shell makes of `<(…)`.
#[cfg(unix)]
pub(super) fn is_open_to_others(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    let handed_over = ["/dev/fd", "/dev/stdin", "/proc"].into_iter().any(|folder| path.starts_with(folder));
    let is_open = |file: std::fs::Metadata| file.is_file() && file.permissions().mode() & 0o077 != 0;
    !handed_over && path.metadata().is_ok_and(is_open)
}

#[cfg(not(unix))]
pub(super) fn is_open_to_others(_: &Path) -> bool {
    false
}

/// The path as it is typed into a shell.
pub(crate) fn typed(path: &Path) -> String {
    let path = path.display().to_string();
    let path = if path.starts_with('-') { format!("./{path}") } else { path };
    let plain = |c: char| c.is_alphanumeric() || "/._-+@%:,=".contains(c);
    if path.chars().all(plain) { path } else { format!("'{}'", path.replace('\'', "'\\''")) }
}
