//! A validated job whose passwords may not be resolved yet.

use std::path::Path;

use ensims_client::{EnsimsCredential, JessCredential};
use futures::{StreamExt, stream};

use super::account::{UnresolvedAccount, UnresolvedAccounts, UnresolvedJess};
use super::accounts;
use super::collector::Collector;
use super::jess_users::{jess_credentials, lint_passwords};
use super::model::{Account, Credentials, Job, ServicePlan, Settings};
use super::options::Overrides;
use super::parse::parse;
use super::passwords::Question;
use super::permissions;
use super::selection::{check_sandbox_names, select};
use super::settings;
use super::source::JobSource;
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::secret::{SecretContext, SecretError, SecretSource, TIME_LIMIT, first_line_of};

/// A validated job. Passwords that come from a command or that the user types may still be missing.
#[derive(Debug)]
pub struct UnresolvedJob {
    settings: Settings,
    accounts: UnresolvedAccounts,
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
        let settings = settings::validate(&mut file, source, overrides, &mut collector);
        let context = SecretContext { folder: source.folder(), in_roster: false, ask: overrides.ask };
        let mut accounts =
            accounts::validate(file.accounts, file.roster, file.jess, &context, &mut collector);
        select(&mut accounts.accounts, overrides, &mut collector);
        accounts.resolve_stored(&mut collector);
        lint_passwords(&accounts, &mut collector);

        let service = settings.as_ref().map(|settings| &settings.service);
        if let Some(ServicePlan::Sandbox(plan)) = service {
            check_sandbox_names(plan, &accounts.accounts, &mut collector);
        } else if !overrides.allow_readable_secrets {
            permissions::check(source, service, &accounts, &mut collector);
        }
        collector.sort();
        match settings {
            Some(settings) if !collector.diagnostics.has_errors() => {
                Ok(Self { settings, accounts, collector })
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

    /// The files of the rosters.
    pub fn rosters(&self) -> impl Iterator<Item = &Path> {
        self.collector.rosters.iter().map(|roster| &*roster.path)
    }

    /// An error about a path of the job file, or about a flag.
    pub(super) fn error(&self, path: &str, message: String) -> Diagnostic {
        self.collector.diagnostic(path, message)
    }

    /// Runs the commands that passwords come from, as many at the same time as accounts.
    ///
    /// # Errors
    /// When a command gives no password. All commands are run nevertheless.
    pub async fn run_commands(&mut self) -> Result<(), Diagnostics> {
        let folder = self.settings.source.folder();
        let mut commands = Vec::new();
        for (owner, password) in self.accounts.needed_passwords() {
            if let SecretSource::Command(command) = &password.source {
                let command = command.clone();
                commands.push(
                    async move { (owner, password, first_line_of(&command, folder, TIME_LIMIT).await) },
                );
            }
        }
        let results: Vec<_> =
            stream::iter(commands).buffered(self.settings.limits.concurrency).collect().await;
        let mut errors = Vec::new();
        for (owner, password, result) in results {
            match result {
                Ok(secret) => password.secret = Some(secret),
                Err(message) => errors.push((owner, SecretError { key: "password_command", message })),
            }
        }
        for (owner, error) in errors {
            owner.report(error, &self.accounts.accounts, &mut self.collector);
        }
        let errors = std::mem::take(&mut self.collector.diagnostics.errors);
        if errors.is_empty() { Ok(()) } else { Err(Diagnostics { errors, warnings: Vec::new() }) }
    }

    /// The passwords that the user has to type.
    pub fn questions(&mut self) -> impl Iterator<Item = Question<'_>> {
        self.accounts.questions().into_iter()
    }

    /// The job with all its passwords; nothing if one is missing.
    pub fn into_job(self) -> Option<Job> {
        let numbers = jess_credentials(&self.accounts);
        let mut users = vec![0_usize; numbers.len()];
        for number in &numbers {
            users[*number] += 1;
        }
        let UnresolvedAccounts { accounts, shared_jess } = self.accounts;
        let mut resolved = Vec::with_capacity(accounts.len());
        for (account, number) in accounts.into_iter().zip(numbers) {
            resolved.push(into_account(account, shared_jess.as_ref(), number, users[number] > 1)?);
        }
        let warnings = self.collector.diagnostics.warnings;
        Some(Job { settings: self.settings, warnings, accounts: resolved })
    }
}

/// The account; nothing if a password is missing that it needs.
fn into_account(
    account: UnresolvedAccount,
    shared_jess: Option<&UnresolvedJess>,
    jess_credential: usize,
    shares_jess_credential: bool,
) -> Option<Account> {
    let name = account.name().to_owned();
    let UnresolvedAccount { email, ensims, jess, is_selected, .. } = account;
    let UnresolvedJess { username, password } = jess.or_else(|| shared_jess.cloned())?;
    let credentials = if is_selected {
        Some(Credentials {
            ensims: EnsimsCredential::new(&*email, ensims.secret?).ok()?,
            jess: JessCredential::new(&*username, password.secret?).ok()?,
        })
    } else {
        None
    };
    Some(Account {
        name,
        email,
        jess_username: username,
        ensims_source: ensims.source,
        jess_source: password.source,
        jess_credential,
        shares_jess_credential,
        credentials,
    })
}

#[cfg(test)]
mod tests {
    use ensims_client::ExposeSecret;
    use proptest::collection::vec;
    use proptest::prelude::{prop_assert_eq, proptest};

    use super::*;
    use crate::job::yaml_text::yaml_text;

    const ACCOUNTS: &str = "version: 1
jess: { username: lab, password: shared }
accounts:
  - { name: Ada King, ensims: { email: ada@uni.example, password: a } }
  - { ensims: { email: ben@uni.example, password: b }, jess: { username: lab, password: shared } }
  - { ensims: { email: cem@uni.example, password: c }, jess: { username: cem, password: own } }
";

    fn read(text: &str, overrides: Overrides) -> Result<UnresolvedJob, Vec<String>> {
        let overrides = Overrides { allow_readable_secrets: true, ..overrides };
        let job = UnresolvedJob::read(&JobSource::StandardInput, text.as_bytes(), &overrides);
        job.map_err(|found| found.errors.iter().map(Diagnostic::text).collect())
    }

    fn errors(text: &str, overrides: Overrides) -> Vec<String> {
        read(text, overrides).err().unwrap_or_default()
    }

    fn only(name: &str) -> Overrides {
        Overrides { only: vec![name.to_owned()], ..Overrides::default() }
    }

    #[test]
    fn into_job_numbers_jess_credentials_by_their_first_account() {
        let job = read(ACCOUNTS, Overrides::default()).expect("a valid job");
        let job = job.into_job().expect("all passwords");
        let numbers: Vec<(usize, bool)> =
            job.accounts.iter().map(|one| (one.jess_credential, one.shares_jess_credential)).collect();
        assert_eq!(numbers, [(0, true), (0, true), (2, false)]);
    }

    #[test]
    fn selection_leaves_others_without_credentials() {
        let job = read(ACCOUNTS, only("BEN@uni.example")).expect("a valid job");
        let job = job.into_job().expect("all passwords");
        let names: Vec<&str> = job.selected_accounts().map(|account| &*account.name).collect();
        assert_eq!((names, job.accounts.len()), (vec!["ben@uni.example"], 3));
    }

    #[test]
    fn selection_suggests_names_that_were_probably_meant() {
        for (name, end) in [
            ("ada kin", "called \"ada kin\"; did you mean \"Ada King\"?"),
            ("king", "called \"king\"; did you mean \"Ada King\"?"),
            ("bem@uni.example", "did you mean \"ben@uni.example\"?"),
            ("dora", "no account of this job is called \"dora\""),
        ] {
            let errors = errors(ACCOUNTS, only(name));
            assert!(errors.len() == 1 && errors[0].ends_with(end), "{errors:?}");
        }
    }

    #[tokio::test]
    async fn questions_and_commands_complete_the_passwords_of_selected_accounts() {
        let text = "version: 1
accounts:
  - { name: ada, ensims: { email: ada@uni.example }, jess: { username: j, password_command: [echo, x] } }
  - { name: ben, ensims: { email: ben@uni.example }, jess: { username: j, password_command: ['false'] } }
";
        let mut job = read(text, Overrides { ask: true, ..only("ada") }).expect("a valid job");
        job.run_commands().await.expect("a password");
        let mut prompts = Vec::new();
        for mut question in job.questions() {
            assert_eq!(question.answer(""), Err("is empty"));
            question.answer("typed").expect("a password");
            prompts.push(question.prompt);
        }
        assert_eq!(prompts, ["ENSIMS password of ada (ada@uni.example): "]);
        let job = job.into_job().expect("all passwords");
        let credentials = job.accounts[0].credentials.as_ref().expect("a selected account");
        assert_eq!(credentials.ensims.password().expose_secret(), "typed");
        assert_eq!(credentials.jess.password().expose_secret(), "x");
    }

    #[test]
    fn rehearsal_by_flag_writes_reports_of_another_name() {
        let folder = tempfile::tempdir().expect("a folder");
        let source = JobSource::File(folder.path().join("lab.yaml"));
        let text = format!("reports: [lab.json]\n{ACCOUNTS}");
        let mut overrides = Overrides { allow_readable_secrets: true, ..Overrides::default() };
        for (service, name) in [(None, "lab.json"), (Some("sandbox".to_owned()), "lab-rehearsal.json")] {
            overrides.service = service;
            let job = UnresolvedJob::read(&source, text.as_bytes(), &overrides).expect("a valid job");
            assert_eq!(job.settings().reports[0].to_string(), folder.path().join(name).display().to_string());
        }
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
            let job = read(&text, Overrides::default()).expect("a valid job").into_job().expect("all passwords");
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
