//! A validated job whose passwords may not be resolved yet.

use std::path::{Path, PathBuf};

use ensims_client::{EnsimsCredential, JessCredential};
use futures::{StreamExt, stream};

use super::account::{Origin, UnresolvedAccount, UnresolvedAccounts, UnresolvedJess};
use super::accounts;
use super::collector::Collector;
use super::inputs::{ReservedPaths, inputs};
use super::model::{Account, Credentials, Job, ListedIn, Settings};
use super::overrides::Overrides;
use super::parse::parse;
use super::password_checks::{check_permissions, check_writers, lint_passwords};
use super::passwords::{NeededPassword, Question};
use super::paths::{JobSource, ReportTarget};
use super::reports::subject;
use super::selection::{plan_sandbox, select};
use super::settings;
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::secret::{SecretContext, SecretError, SecretSource, TIME_LIMIT, first_line_of};

/// A validated job. Passwords that come from a command or that the user types may still be missing.
#[derive(Debug)]
pub struct UnresolvedJob {
    settings: Settings,
    accounts: UnresolvedAccounts,
    /// The files that it reads.
    inputs: Vec<PathBuf>,
    collector: Collector,
}

impl UnresolvedJob {
    /// Reads a job file and its rosters, and the passwords in files, variables and credentials.
    ///
    /// # Errors
    /// When anything is wrong in them: all errors and warnings, in the order of the files.
    pub fn read(source: &JobSource, text: &[u8], overrides: &Overrides) -> Result<Self, Diagnostics> {
        let (mut file, tree) = parse(source, text)?;
        let mut collector = Collector::new(source.to_string(), tree);
        let sandbox_key = if file.sandbox.is_some() { "sandbox" } else { "service.sandbox" };
        let context = SecretContext { folder: source.folder(), in_roster: false, ask: overrides.ask };
        let (entries, jess) = (std::mem::take(&mut file.accounts), file.jess.take());
        let mut accounts = accounts::validate(entries, file.roster.as_ref(), jess, &context, &mut collector);
        let inputs = inputs(&file, source, &accounts);
        let mut settings = settings::validate(&mut file, source, overrides, &inputs, &mut collector);
        select(&mut accounts.accounts, overrides, &mut collector);
        accounts.resolve_stored(&mut collector);
        lint_passwords(&accounts, &mut collector);

        let is_rehearsal = settings.as_ref().is_some_and(|settings| settings.service.is_sandbox());
        check_writers(source, is_rehearsal, &accounts, &mut collector);
        if let Some(settings) = settings.as_mut().filter(|_| is_rehearsal) {
            let plan = &mut settings.sandbox;
            plan_sandbox(plan, sandbox_key, overrides, &accounts.accounts, &mut collector);
        } else if !overrides.allow_readable_secrets {
            let service = settings.as_ref().map(|settings| &settings.service);
            check_permissions(source, service, &accounts, &mut collector);
        }
        collector.sort();
        match settings {
            Some(settings) if !collector.diagnostics.has_errors() => {
                Ok(Self { settings, accounts, inputs, collector })
            }
            _ => Err(collector.diagnostics),
        }
    }

    /// What the job file says besides its accounts.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The warnings about the job file and its rosters.
    pub fn warnings(&self) -> &[Diagnostic] {
        &self.collector.diagnostics.warnings
    }

    /// Runs the commands that passwords come from, as many at the same time as accounts.
    ///
    /// # Errors
    /// When a command gives no password. All commands are run nevertheless.
    pub async fn run_commands(&mut self) -> Result<(), Diagnostics> {
        let folder = self.settings.source.folder();
        let mut commands = Vec::new();
        for NeededPassword { owner, password, .. } in self.accounts.needed_passwords() {
            if let SecretSource::Command(command) = &password.source {
                let command = command.clone();
                commands.push(
                    async move { (owner, password, first_line_of(&command, folder, TIME_LIMIT).await) },
                );
            }
        }
        let mut results = stream::iter(commands).buffered(self.settings.limits.concurrency);
        let mut errors = Vec::new();
        while let Some((owner, password, result)) = results.next().await {
            match result {
                Ok(secret) => password.secret = Some(secret),
                Err(message) => errors.push((owner, SecretError { key: "password_command", message })),
            }
        }
        drop(results);
        self.accounts.report(errors, &mut self.collector);
        let errors = std::mem::take(&mut self.collector.diagnostics.errors);
        if errors.is_empty() { Ok(()) } else { Err(Diagnostics { errors, warnings: Vec::new() }) }
    }

    /// The passwords that the user has to type.
    pub fn questions(&mut self) -> impl Iterator<Item = Question<'_>> {
        self.accounts.questions()
    }

    /// The job with all its passwords.
    ///
    /// # Errors
    /// When one is missing, or cannot be used.
    pub fn into_job(self) -> Result<Job, Diagnostic> {
        let numbers = self.accounts.jess_credentials();
        let mut users = vec![0_usize; numbers.len()];
        for number in &numbers {
            users[*number] += 1;
        }
        let UnresolvedAccounts { accounts, shared_jess } = self.accounts;
        let mut resolved = Vec::with_capacity(accounts.len());
        for (mut account, number) in accounts.into_iter().zip(numbers) {
            let (jess, credentials) = resolve(&mut account, shared_jess.as_ref())
                .map_err(|(key, message)| self.collector.account_diagnostic(&account, key, message))?;
            let listed_in = match account.origin {
                Origin::JobFile(_) => ListedIn::JobFile,
                Origin::Roster { .. } => ListedIn::Roster,
            };
            resolved.push(Account {
                name: account.name().to_owned(),
                email: account.email,
                jess_username: jess.username,
                listed_in,
                ensims_source: account.ensims.source,
                jess_source: jess.password.source,
                jess_credential: number,
                shares_jess_credential: users[number] > 1,
                credentials,
            });
        }
        let Collector { diagnostics, rosters, .. } = self.collector;
        Ok(Job { settings: self.settings, warnings: diagnostics.warnings, rosters, accounts: resolved })
    }
}

/// The JESS credential of an account, and both credentials if it is selected; or the key that they lack and why.
fn resolve(
    account: &mut UnresolvedAccount,
    shared_jess: Option<&UnresolvedJess>,
) -> Result<(UnresolvedJess, Option<Credentials>), (&'static str, String)> {
    let missing = |key| (key, "the password is missing".to_owned());
    let jess = account.jess.take().or_else(|| shared_jess.cloned());
    let mut jess = jess.ok_or_else(|| ("jess", "the JESS account is missing".to_owned()))?;
    if !account.is_selected {
        return Ok((jess, None));
    }
    let ensims_password = account.ensims.secret.take().ok_or_else(|| missing("ensims"))?;
    let jess_password = jess.password.secret.take().ok_or_else(|| missing("jess"))?;
    let ensims = EnsimsCredential::new(&*account.email, ensims_password);
    let mut ensims = ensims.map_err(|error| ("ensims", error.to_string()))?;
    if let Some(alias) = &account.known_as {
        ensims = ensims.known_as(alias);
    }
    let credential = JessCredential::new(&*jess.username, jess_password);
    let credential = credential.map_err(|error| ("jess", error.to_string()))?;
    Ok((jess, Some(Credentials { ensims, jess: credential })))
}

/// Checks that a log would not be written into a file that one of the jobs reads, or into one of their reports.
///
/// # Errors
/// When it would; the words say what to do.
pub fn check_log(log: &Path, jobs: &[UnresolvedJob]) -> Result<(), &'static str> {
    let mut reserved = ReservedPaths::default();
    for job in jobs {
        job.inputs.iter().for_each(|path| reserved.insert(path));
        job.settings.reports.iter().filter_map(ReportTarget::path).for_each(|path| reserved.insert(path));
    }
    let is_free = reserved.reserve(log).is_ok();
    is_free.then_some(()).ok_or("it is a file that the job reads, or a report; give another name")
}

/// The errors of reports that would replace a report or an input of another job. What overlaps within one job is an error
/// of that job already.
pub fn overlapping_reports(jobs: &[UnresolvedJob], overrides: &Overrides) -> Vec<Diagnostic> {
    let mut reserved = ReservedPaths::default();
    jobs.iter().flat_map(|job| &job.inputs).for_each(|path| reserved.insert(path));
    let mut errors = Vec::new();
    for job in jobs {
        for (index, target) in job.settings().reports.iter().enumerate() {
            let ReportTarget::File { path, .. } = target else { continue };
            if let Err(message) = reserved.reserve(path) {
                let path = subject(overrides.reports.is_some(), index);
                errors.push(job.collector.diagnostic(&path, message));
            }
        }
    }
    errors
}

#[cfg(test)]
mod tests {
    use ensims_client::ExposeSecret;
    use proptest::collection::vec;
    use proptest::prelude::{prop_assert_eq, proptest};

    use super::*;
    use crate::job::new_file::yaml_text;

    const ACCOUNTS: &str = "version: 1
jess: { username: lab, password: shared }
accounts:
  - { name: Ada King, ensims: { email: ada@uni.example, password: a } }
  - { ensims: { email: ben@uni.example, password: b }, jess: { username: lab, password: shared } }
  - { ensims: { email: cem@uni.example, password: c }, jess: { username: cem, password: own } }
";

    fn read(text: &str) -> Job {
        let job = UnresolvedJob::read(&JobSource::StandardInput, text.as_bytes(), &Overrides::default());
        job.expect("a valid job").into_job().expect("all passwords")
    }

    #[test]
    fn into_job_numbers_jess_credentials_by_their_first_account() {
        let job = read(ACCOUNTS);
        let numbers: Vec<(usize, bool)> =
            job.accounts.iter().map(|one| (one.jess_credential, one.shares_jess_credential)).collect();
        assert_eq!(numbers, [(0, true), (0, true), (2, false)]);
    }

    proptest! {
        #[test]
        fn read_gives_the_accounts_that_were_written(
            name in "\\PC{0,9}",
            passwords in vec("[ -~äß漢#:'\"{}]{1,12}", 1..5),
            concurrency in 1..=1000_usize,
        ) {
            let mut text = format!("version: 1\nlimits: {{ concurrency: {concurrency} }}\naccounts:\n");
            for (index, password) in passwords.iter().enumerate() {
                let name = yaml_text(&format!("{name}{index}"));
                let password = password.replace('\'', "''");
                text += &format!("  - name: {name}\n    ensims: {{ email: a{index}@uni.example, password: '{password}' }}\n");
                text += &format!("    jess: {{ username: a, password: '{password}' }}\n");
            }
            let job = read(&text);
            prop_assert_eq!(job.settings.limits.concurrency, concurrency);
            prop_assert_eq!(job.accounts.len(), passwords.len());
            for (index, account) in job.accounts.iter().enumerate() {
                prop_assert_eq!(&account.name, &format!("{name}{index}"));
                let credentials = account.credentials.as_ref().expect("a selected account");
                prop_assert_eq!(credentials.ensims.password().expose_secret(), &*passwords[index]);
                prop_assert_eq!(credentials.jess.password().expose_secret(), &*passwords[index]);
            }
        }
    }
}
