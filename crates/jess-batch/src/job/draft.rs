//! A job whose every word is checked, on its way to one whose passwords are all there. Checking collects every mistake,
//! so that one reading mends them all.

use std::path::Path;

use ensims_client::{EnsimsCredential, ExposeSecret, JessCredential, SecretString};
use futures::{StreamExt, stream};
use url::Url;

use super::accounts::{self, DraftAccount, EMPTY_NAME, JessLogin};
use super::checked::{Account, Credentials, Job, Settings, Source};
use super::choices::{Choices, check_update, check_verify};
use super::file::JobFile;
use super::jess_users::{doubt_passwords, jess_groups};
use super::limits;
use super::mistake::{Findings, Mistake};
use super::noting::Noting;
use super::passwords::{OwnedPassword, Question, passwords};
use super::readable::check_readable;
use super::reports::{self, ReportTarget};
use super::roster::GivenElsewhere;
use super::secret::{Context, SecretSource, TIME_LIMIT, output_of};
use super::service::{self, ServicePlan};
use super::yaml::Places;

/// A checked job. Passwords that need a command, or a person who types them, may still be missing.
#[derive(Debug)]
pub(crate) struct Draft {
    settings: Settings,
    accounts: Vec<DraftAccount>,
    shared_jess: Option<JessLogin>,
    noting: Noting,
}

impl Draft {
    /// Checks all that can be known at once: the words of the job file and its rosters, and passwords in files, variables
    /// and credentials.
    pub(crate) fn check(
        mut file: JobFile,
        places: Places,
        source: &Source,
        choices: &Choices,
    ) -> Result<Self, Findings> {
        let mut noting = Noting::new(source.to_string(), places);
        let settings = check_settings(&mut file, source, choices, &mut noting);

        let context = Context { folder: source.folder(), in_roster: false, ask: choices.ask };
        let given = GivenElsewhere { passwords: choices.ask, jess: file.jess.is_some() };
        let entries = accounts::gather(file.accounts, file.roster, context.folder, given, &mut noting);
        accounts::check_names(&entries, &mut noting);
        let mut shared_jess = file.jess.map(|entry| accounts::shared_jess(entry, &context, &mut noting));
        let mut accounts = accounts::plan(entries, context.folder, given.jess, choices, &mut noting);
        fetch(&mut accounts, shared_jess.as_mut(), &mut noting);
        doubt_passwords(&accounts, shared_jess.as_ref(), &mut noting);

        let service = settings.as_ref().map(|settings| &settings.service);
        if let Some(ServicePlan::Sandbox(plan)) = service {
            accounts::check_sandbox_names(plan, &accounts, &mut noting);
        } else if !choices.allow_readable_secrets {
            let of_proxy = service.is_some_and(has_password);
            check_readable(source, of_proxy, &accounts, shared_jess.as_ref(), &mut noting);
        }
        noting.sort();
        match settings {
            Some(settings) if noting.mistakes.is_empty() => {
                Ok(Self { settings, accounts, shared_jess, noting })
            }
            _ => Err(noting.into_findings()),
        }
    }

    pub(crate) fn source(&self) -> &Source {
        &self.settings.source
    }

    pub(crate) fn reports(&self) -> &[ReportTarget] {
        &self.settings.reports
    }

    /// The files that hold more accounts.
    pub(crate) fn rosters(&self) -> impl Iterator<Item = &Path> {
        self.noting.rosters.iter().map(|roster| &*roster.path)
    }

    /// What may be a mistake.
    pub(crate) fn warnings(&self) -> &[Mistake] {
        &self.noting.warnings
    }

    /// Runs the commands that passwords come from.
    pub(crate) async fn run_commands(&mut self) -> Result<(), Vec<Mistake>> {
        let folder = self.settings.source.folder();
        let commands = passwords(&mut self.accounts, self.shared_jess.as_mut()).filter_map(|one| {
            let SecretSource::Command(command) = &one.password.source else { return None };
            Some((command.clone(), one))
        });
        let run = |(command, one): (Vec<String>, _)| async move {
            (output_of(&command, folder, TIME_LIMIT).await, one)
        };
        let ended: Vec<(Result<SecretString, String>, OwnedPassword<'_>)> =
            stream::iter(commands).map(run).buffered(self.settings.limits.concurrency).collect().await;
        for (result, OwnedPassword { owner, password }) in ended {
            match result {
                Ok(secret) => password.secret = Some(secret),
                Err(problem) => owner.note("password_command", problem, &mut self.noting),
            }
        }
        if self.noting.mistakes.is_empty() { Ok(()) } else { Err(std::mem::take(&mut self.noting.mistakes)) }
    }

    /// The passwords that a person has to type.
    pub(crate) fn questions(&mut self) -> impl Iterator<Item = Question<'_>> {
        passwords(&mut self.accounts, self.shared_jess.as_mut())
            .filter(|one| one.password.source == SecretSource::Terminal)
            .map(Question::about)
    }

    /// The job with all its passwords; nothing where one was not typed.
    pub(crate) fn into_job(self) -> Option<Job> {
        let groups = jess_groups(&self.accounts, self.shared_jess.as_ref());
        let complete = |(draft, group)| account(draft, self.shared_jess.as_ref(), group);
        let accounts = self.accounts.into_iter().zip(groups).map(complete).collect::<Option<Vec<_>>>()?;
        Some(Job { settings: self.settings, warnings: self.noting.warnings, accounts })
    }
}

/// What the job file says besides its accounts. Nothing where the service has a mistake.
fn check_settings(
    file: &mut JobFile,
    source: &Source,
    choices: &Choices,
    noting: &mut Noting,
) -> Option<Settings> {
    let folder = source.folder();
    if file.version != 1 {
        noting.note("version", "this version of the job file is not known; write version: 1");
    }
    if file.name.as_deref() == Some("") {
        noting.note("name", EMPTY_NAME);
    }
    let update = check_update(file.update.as_deref(), noting);
    let verify = check_verify(file.verify.as_deref(), choices, noting);
    let limits = limits::check(&file.limits, choices, noting);
    let rehearsal =
        choices.service.as_deref() == Some("sandbox") && !service::is_sandbox(file.service.as_ref());
    let service = service::check(file.service.take(), choices.service.as_deref(), folder, noting);
    let reports = reports::check(file, source, choices, rehearsal, noting);
    let name = file.name.take().unwrap_or_else(|| source.to_string());
    Some(Settings { name, source: source.clone(), service: service?, update, verify, limits, reports })
}

/// Gets the passwords that need no waiting.
fn fetch(accounts: &mut [DraftAccount], shared_jess: Option<&mut JessLogin>, noting: &mut Noting) {
    for OwnedPassword { owner, password } in passwords(accounts, shared_jess) {
        if let Err((key, problem)) = password.fetch() {
            owner.note(key, problem, noting);
        }
    }
}

/// Whether the job file holds the password of a proxy.
fn has_password(service: &ServicePlan) -> bool {
    let ServicePlan::Remote { proxy: Some(proxy), .. } = service else { return false };
    Url::parse(proxy.expose_secret()).is_ok_and(|address| address.password().is_some())
}

/// The account, unless a password is missing that it needs.
fn account(draft: DraftAccount, shared_jess: Option<&JessLogin>, jess_group: usize) -> Option<Account> {
    let DraftAccount { name, email, ensims, jess, selected, .. } = draft;
    let jess = jess.or_else(|| shared_jess.cloned())?;
    let credentials = if selected {
        let ensims = EnsimsCredential::new(&*email, ensims.secret?).ok()?;
        Some(Credentials { ensims, jess: JessCredential::new(&*jess.username, jess.password.secret?).ok()? })
    } else {
        None
    };
    let (jess_username, ensims_source, jess_source) = (jess.username, ensims.source, jess.password.source);
    Some(Account { name, email, jess_username, ensims_source, jess_source, jess_group, credentials })
}
