//! A job whose every word is checked, on its way to one whose passwords are all there. Checking collects every mistake,
//! so that one reading mends them all.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use ensims_client::{EnsimsCredential, ExposeSecret, JessCredential, SecretString};
use futures::{StreamExt, stream};
use url::Url;

use super::accounts::{self, JessPlan, Planned, WantedJess};
use super::checked::{Account, Credentials, Job, Source};
use super::file::JobFile;
use super::limits;
use super::mistake::Mistake;
use super::needed::{Needed, Question, needed};
use super::noting::{Noting, Part};
use super::readable::open_to_others;
use super::reports::{self, ReportTarget};
use super::roster::GivenElsewhere;
use super::secret::{SecretSource, Setting, TIME_LIMIT, output_of};
use super::service::{self, ServicePlan};
use super::wanted::{Choices, check_update, check_verify};
use super::yaml::Places;

/// A checked job. Passwords that need a command, or a person who types them, may still be missing.
#[derive(Debug)]
pub(crate) struct Draft {
    /// Without its accounts.
    job: Job,
    accounts: Vec<Planned>,
    shared_jess: Option<WantedJess>,
    noting: Noting,
}

impl Draft {
    /// Checks all that can be known at once: the words of the job file and its rosters, and passwords in files, variables
    /// and credentials.
    pub(crate) fn check(
        file: JobFile,
        places: Places,
        source: Source,
        choices: &Choices,
    ) -> Result<Self, Vec<Mistake>> {
        let folder = source.folder().to_owned();
        let mut noting = Noting::new(source.to_string(), places);
        if file.version != 1 {
            noting.note("version", "this version of the job file is not known; write version: 1");
        }
        let update = check_update(file.update.as_deref(), &mut noting);
        let verify = check_verify(file.verify.as_deref(), choices, &mut noting);
        let limits = limits::check(&file.limits, choices, &mut noting);
        let service = service::check(file.service, choices.service.as_deref(), &folder, &mut noting);
        let reports = reports::check(&file.reports, choices, &folder, &mut noting);

        let given = GivenElsewhere { passwords: choices.ask, jess: file.jess.is_some() };
        let entries = accounts::gather(file.accounts, file.roster, &folder, given, &mut noting);
        accounts::check_names(&entries, &mut noting);
        let setting = Setting { folder: &folder, in_roster: false, ask: choices.ask };
        let mut shared_jess = file.jess.and_then(|entry| accounts::shared_jess(entry, &setting, &mut noting));
        let mut accounts = accounts::plan(entries, &folder, given.jess, choices, &mut noting);
        fetch(&mut accounts, shared_jess.as_mut(), &mut noting);

        match &service {
            Some(ServicePlan::Sandbox(plan)) => accounts::check_sandbox_names(plan, &accounts, &mut noting),
            _ if choices.allow_readable_secrets => {}
            Some(ServicePlan::Remote { proxy: Some(proxy), .. }) if has_password(proxy) => {
                check_readable(&source, true, &accounts, shared_jess.as_ref(), &mut noting);
            }
            _ => check_readable(&source, false, &accounts, shared_jess.as_ref(), &mut noting),
        }
        let Some(service) = service.filter(|_| noting.mistakes.is_empty()) else {
            return Err(noting.in_order());
        };
        let name = file.name.unwrap_or_else(|| source.to_string());
        let rosters = noting.rosters.iter().map(|roster| roster.path.clone()).collect();
        let warnings =
            noting.rosters.iter_mut().flat_map(|roster| std::mem::take(&mut roster.warnings)).collect();
        let job = Job {
            name,
            source,
            service,
            update,
            verify,
            limits,
            reports,
            rosters,
            warnings,
            accounts: Vec::new(),
        };
        Ok(Self { job, accounts, shared_jess, noting })
    }

    pub(crate) fn source(&self) -> &Source {
        &self.job.source
    }

    pub(crate) fn reports(&self) -> &[ReportTarget] {
        &self.job.reports
    }

    pub(crate) fn rosters(&self) -> &[PathBuf] {
        &self.job.rosters
    }

    /// Runs the commands that passwords come from.
    pub(crate) async fn run_commands(&mut self) -> Result<(), Vec<Mistake>> {
        let folder = self.job.source.folder();
        let commands = needed(&mut self.accounts, self.shared_jess.as_mut()).filter_map(|needed| {
            let SecretSource::Command(command) = &needed.wanted.source else { return None };
            Some((command.clone(), needed))
        });
        let run = |(command, needed): (Vec<String>, _)| async move {
            (output_of(&command, folder, TIME_LIMIT).await, needed)
        };
        let ended: Vec<(Result<SecretString, String>, Needed<'_>)> =
            stream::iter(commands).map(run).buffered(self.job.limits.concurrency).collect().await;
        for (result, Needed { whose, wanted }) in ended {
            match result {
                Ok(secret) => wanted.secret = Some(secret),
                Err(problem) => whose.note("password_command", problem, &mut self.noting),
            }
        }
        if self.noting.mistakes.is_empty() { Ok(()) } else { Err(std::mem::take(&mut self.noting.mistakes)) }
    }

    /// The passwords that a person has to type.
    pub(crate) fn questions(&mut self) -> impl Iterator<Item = Question<'_>> {
        needed(&mut self.accounts, self.shared_jess.as_mut())
            .filter(|needed| needed.wanted.source == SecretSource::Terminal)
            .map(Question::about)
    }

    /// The job with all its passwords.
    pub(crate) fn into_job(mut self) -> Result<Job, Vec<Mistake>> {
        let groups = jess_groups(&self.accounts, self.shared_jess.as_ref());
        let mut accounts = Vec::with_capacity(groups.len());
        for (planned, jess_group) in self.accounts.into_iter().zip(groups) {
            let origin = planned.origin;
            match account(planned, self.shared_jess.as_ref(), jess_group) {
                Some(account) => accounts.push(account),
                None => self.noting.note_of(origin, "", Part::Whole, "a password is missing"),
            }
        }
        if self.noting.mistakes.is_empty() {
            Ok(Job { accounts, ..self.job })
        } else {
            Err(self.noting.in_order())
        }
    }
}

/// Gets the passwords that need no waiting.
fn fetch(accounts: &mut [Planned], shared_jess: Option<&mut WantedJess>, noting: &mut Noting) {
    for needed in needed(accounts, shared_jess) {
        if let Err((key, problem)) = needed.wanted.fetch() {
            needed.whose.note(key, problem, noting);
        }
    }
}

/// Whether the address of a proxy holds a password.
fn has_password(proxy: &SecretString) -> bool {
    Url::parse(proxy.expose_secret()).is_ok_and(|address| address.password().is_some())
}

/// Notes each file with passwords that others can open, once. `proxy`: the job file has the password of one.
fn check_readable(
    source: &Source,
    proxy: bool,
    accounts: &[Planned],
    shared_jess: Option<&WantedJess>,
    noting: &mut Noting,
) {
    let shared = shared_jess.map(|jess| &jess.password);
    let mut all = shared.into_iter().chain(accounts.iter().flat_map(Planned::wanted));
    let in_job_file = proxy || all.any(|wanted| wanted.source == SecretSource::JobFile);
    let job_file = source.path().filter(|_| in_job_file).map(Path::to_owned);
    let rosters =
        noting.rosters.iter().filter(|roster| roster.holds_passwords).map(|roster| roster.path.clone());
    let selected = accounts.iter().filter(|account| account.selected).flat_map(Planned::wanted);
    let files = shared.into_iter().chain(selected).filter_map(|wanted| match &wanted.source {
        SecretSource::File(path) => Some(path.clone()),
        _ => None,
    });
    let mut seen = HashSet::new();
    let paths = job_file.into_iter().chain(rosters).chain(files).filter(|path| seen.insert(path.clone()));
    let mistakes: Vec<Mistake> = paths
        .filter_map(|path| {
            let problem = open_to_others(&path)?;
            Some(Mistake { file: path.display().to_string(), place: None, subject: String::new(), problem })
        })
        .collect();
    noting.mistakes.extend(mistakes);
}

/// A number for each account's JESS credential: accounts with the same user name and password have the same one. Of an
/// account that is left out only a password that is there already is compared.
fn jess_groups(accounts: &[Planned], shared_jess: Option<&WantedJess>) -> Vec<usize> {
    let mut firsts: HashMap<(&str, &str), usize> = HashMap::new();
    let mut numbers = Vec::with_capacity(accounts.len());
    for (index, account) in accounts.iter().enumerate() {
        let jess = match &account.jess {
            JessPlan::Own(jess) => Some(jess),
            JessPlan::Shared => shared_jess,
            JessPlan::Missing => None,
        };
        let known = jess.and_then(WantedJess::known);
        numbers.push(known.map_or(index, |known| *firsts.entry(known).or_insert(index)));
    }
    numbers
}

/// The account, unless a password is missing that it needs.
fn account(planned: Planned, shared_jess: Option<&WantedJess>, jess_group: usize) -> Option<Account> {
    let Planned { name, email, ensims, jess, selected, .. } = planned;
    let ensims = ensims?;
    let jess = match jess {
        JessPlan::Own(jess) => jess,
        JessPlan::Shared => shared_jess?.clone(),
        JessPlan::Missing => return None,
    };
    let credentials = if selected {
        let ensims = EnsimsCredential::new(&*email, ensims.secret?).ok()?;
        Some(Credentials { ensims, jess: JessCredential::new(&*jess.username, jess.password.secret?).ok()? })
    } else {
        None
    };
    let (jess_username, ensims_source, jess_source) = (jess.username, ensims.source, jess.password.source);
    Some(Account { name, email, jess_username, ensims_source, jess_source, jess_group, credentials })
}
