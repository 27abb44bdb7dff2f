//! A job that is known to make sense. Checking collects every mistake, so that one reading mends them all.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::path::{Path, PathBuf};

use ensims_client::{EnsimsCredential, ExposeSecret, JessCredential};

use super::credential;
use super::file::{AccountEntry, JessEntry, JobFile, LimitsEntry};
use super::limits::{Limits, Rate, parse_duration};
use super::mistake::Mistake;
use super::reports::{self, ReportTarget};
use super::secret::SecretSource;
use super::service;
pub(crate) use super::service::{SandboxPlan, ServicePlan};
use super::wanted::{Choices, Update, Verify};
use super::yaml::Places;

/// Where a job's text came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    StandardInput,
    File(PathBuf),
}

impl Source {
    /// The job file, where there is one.
    pub(crate) fn path(&self) -> Option<&Path> {
        match self {
            Self::StandardInput => None,
            Self::File(path) => Some(path),
        }
    }

    /// The folder that paths in the job are relative to.
    fn folder(&self) -> &Path {
        match self {
            Self::StandardInput => Path::new(""),
            Self::File(path) => path.parent().unwrap_or(Path::new("")),
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::StandardInput => formatter.write_str("standard input"),
            Self::File(path) => write!(formatter, "{}", path.display()),
        }
    }
}

/// One entry of a job.
#[derive(Debug)]
pub(crate) struct Account {
    /// The label, or the e-mail address.
    pub(crate) name: String,
    pub(crate) ensims: EnsimsCredential,
    pub(crate) ensims_source: SecretSource,
    pub(crate) jess: JessCredential,
    pub(crate) jess_source: SecretSource,
    /// Accounts with the same JESS user name and password have the same number.
    pub(crate) jess_group: usize,
    pub(crate) selected: bool,
}

impl Account {
    /// Whether a name that a person gives means this account: its label, or its e-mail address in any case.
    fn is_called(&self, name: &str) -> bool {
        self.name == name || self.ensims.email().eq_ignore_ascii_case(name)
    }

    /// Whether one of these names means this account.
    pub(crate) fn is_in(&self, names: &[String]) -> bool {
        names.iter().any(|name| self.is_called(name))
    }
}

/// A checked job.
#[derive(Debug)]
pub(crate) struct Job {
    pub(crate) name: String,
    pub(crate) source: Source,
    pub(crate) service: ServicePlan,
    pub(crate) update: Update,
    pub(crate) verify: Verify,
    pub(crate) limits: Limits,
    pub(crate) reports: Vec<ReportTarget>,
    pub(crate) accounts: Vec<Account>,
}

/// The mistakes so far, and what their places are found by.
pub(super) struct Noting<'a> {
    file: String,
    places: &'a Places,
    mistakes: Vec<Mistake>,
}

impl Noting<'_> {
    pub(super) fn note(&mut self, path: &str, problem: impl Into<String>) {
        self.note_of("", path, problem);
    }

    pub(super) fn keep<T, E: fmt::Display>(&mut self, path: &str, result: Result<T, E>) -> Option<T> {
        result.map_err(|error| self.note(path, error.to_string())).ok()
    }

    fn note_of(&mut self, account: &str, path: &str, problem: impl Into<String>) {
        let subject = if account.is_empty() { path.to_owned() } else { format!("{account}, {path}") };
        // A flag stands in no file.
        let place = if path.starts_with('-') { None } else { self.places.find(path) };
        self.mistakes.push(Mistake { file: self.file.clone(), place, subject, problem: problem.into() });
    }
}

impl Job {
    /// Checks all that can be known without the network, secrets included.
    pub(crate) fn check(
        file: JobFile,
        places: &Places,
        source: Source,
        choices: &Choices,
    ) -> Result<Self, Vec<Mistake>> {
        let folder = source.folder().to_owned();
        let mut noting = Noting { file: source.to_string(), places, mistakes: Vec::new() };
        if file.version != 1 {
            noting.note("version", "this version of the job file is not known; write version: 1");
        }
        let update = check_update(file.update.as_deref(), &mut noting);
        let verify = check_verify(file.verify.as_deref(), choices, &mut noting);
        let limits = check_limits(&file.limits, choices, &mut noting);
        let service = service::check(file.service, choices.service.as_deref(), &folder, &mut noting);
        let reports = reports::check(&file.reports, choices, &folder, &mut noting);
        let accounts = check_accounts(&file.accounts, file.jess.as_ref(), &folder, &mut noting);
        let accounts = select(accounts, choices, &mut noting);
        if let Some(ServicePlan::Sandbox(plan)) = &service {
            check_sandbox_names(plan, &accounts, &mut noting);
        }
        match service {
            Some(service) if noting.mistakes.is_empty() => {
                let name = file.name.unwrap_or_else(|| source.to_string());
                Ok(Self { name, source, service, update, verify, limits, reports, accounts })
            }
            _ => Err(noting.mistakes),
        }
    }

    /// How many accounts the run is to attempt.
    pub(crate) fn selected(&self) -> usize {
        self.accounts.iter().filter(|account| account.selected).count()
    }
}

fn check_update(word: Option<&str>, noting: &mut Noting<'_>) -> Update {
    match word {
        None | Some("always") => Update::Always,
        Some("when-invalid") => Update::WhenInvalid,
        Some(_) => {
            noting.note("update", "write always or when-invalid");
            Update::Always
        }
    }
}

fn check_verify(word: Option<&str>, choices: &Choices, noting: &mut Noting<'_>) -> Verify {
    let from_file = match word {
        None | Some("none") => Verify::None,
        Some("session") => Verify::Session,
        Some("account") => Verify::Account,
        Some(_) => {
            noting.note("verify", "write none, session or account");
            Verify::None
        }
    };
    choices.verify.unwrap_or(from_file)
}

fn check_limits(entry: &LimitsEntry, choices: &Choices, noting: &mut Noting<'_>) -> Limits {
    let mut limits = Limits::default();
    if let Some(concurrency) = entry.concurrency {
        match usize::try_from(concurrency) {
            Ok(concurrency @ 1..=1000) => limits.concurrency = concurrency,
            _ => noting.note("limits.concurrency", "write a number from 1 to 1000"),
        }
    }
    if let Some(attempts) = entry.attempts {
        match u32::try_from(attempts) {
            Ok(attempts @ 1..=20) => limits.attempts = attempts,
            _ => noting.note("limits.attempts", "write a number from 1 to 20"),
        }
    }
    if let Some(accounts) = entry.give_up_after {
        match usize::try_from(accounts) {
            Ok(accounts @ 1..=100_000) => limits.give_up_after = accounts,
            _ => noting.note("limits.give_up_after", "write a number from 1 to 100000"),
        }
    }
    if let Some(rate) = &entry.rate {
        limits.rate = noting.keep("limits.rate", Rate::parse(rate)).unwrap_or(limits.rate);
    }
    for (path, text, limit) in [
        ("limits.timeout", &entry.timeout, &mut limits.timeout),
        ("limits.budget", &entry.budget, &mut limits.budget),
    ] {
        match text.as_deref().map(parse_duration) {
            None => {}
            Some(Ok(duration)) if !duration.is_zero() => *limit = duration,
            Some(Ok(_)) => noting.note(path, "this must be more than 0"),
            Some(Err(problem)) => noting.note(path, problem),
        }
    }
    limits.concurrency = choices.concurrency.unwrap_or(limits.concurrency);
    limits.rate = choices.rate.unwrap_or(limits.rate);
    limits
}

fn check_accounts(
    entries: &[AccountEntry],
    shared: Option<&JessEntry>,
    folder: &Path,
    noting: &mut Noting<'_>,
) -> Vec<Account> {
    if entries.is_empty() {
        noting.note("accounts", "there is no account; add one");
    }
    let mut names = HashSet::new();
    let mut emails = HashSet::new();
    let mut groups = JessGroups::default();
    let mut accounts = Vec::new();
    let shared = shared.map(|entry| (entry, credential::jess(entry, folder)));
    if let Some((_, Err((key, problem)))) = &shared {
        noting.note(&join("jess", key), problem.clone());
    }
    for (index, entry) in entries.iter().enumerate() {
        let path = format!("accounts[{index}]");
        let email = &entry.ensims.email;
        let name = entry.name.clone().unwrap_or_else(|| email.clone());
        if entry.name.as_deref() == Some("") {
            noting.note(&format!("{path}.name"), "the name is empty; give one or remove the key");
        }
        // What stands in the place of an e-mail address and is none may be a password.
        let label = if entry.name.is_some() || looks_like_email(email) { &*name } else { "" };
        if !names.insert(name.clone()) {
            noting.note_of(label, &path, "another account has this name; give it another one");
        }
        if !emails.insert(email.to_lowercase()) {
            let problem = "another account has this e-mail address; keep one of them";
            noting.note_of(label, &format!("{path}.ensims.email"), problem);
        }
        if !looks_like_email(email) {
            let problem = "this is not an e-mail address";
            noting.note_of("", &format!("{path}.ensims.email"), problem);
        }
        let ensims = credential::ensims(&entry.ensims, folder)
            .map_err(|(key, problem)| {
                noting.note_of(label, &join(&format!("{path}.ensims"), key), problem);
            })
            .ok();
        let jess = match (&entry.jess, &shared) {
            (Some(own), _) => credential::jess(own, folder)
                .map_err(|(key, problem)| {
                    noting.note_of(label, &join(&format!("{path}.jess"), key), problem);
                })
                .ok(),
            (None, Some((_, credential))) => credential.as_ref().ok().cloned(),
            (None, None) => {
                let problem = "no JESS credential; add 'jess:' here or, for all accounts, to the job";
                noting.note_of(label, &path, problem);
                None
            }
        };
        let (Some((ensims_source, ensims)), Some((jess_source, jess))) = (ensims, jess) else { continue };
        let jess_group = groups.number_of(&jess, &accounts);
        let selected = true;
        accounts.push(Account { name, ensims, ensims_source, jess, jess_source, jess_group, selected });
    }
    accounts
}

/// Finds accounts with the same JESS credential, without a copy of any password: for each user name, the
/// first account with each of its passwords.
#[derive(Default)]
struct JessGroups(HashMap<String, Vec<usize>>);

impl JessGroups {
    /// The group of the account that comes next.
    fn number_of(&mut self, jess: &JessCredential, accounts: &[Account]) -> usize {
        let firsts = self.0.entry(jess.username().to_owned()).or_default();
        let password = jess.password().expose_secret();
        let same = firsts.iter().find(|first| accounts[**first].jess.password().expose_secret() == password);
        if let Some(first) = same {
            return accounts[*first].jess_group;
        }
        firsts.push(accounts.len());
        accounts.len()
    }
}

/// Just enough to catch a name or a password in the wrong place: the service decides about the rest.
fn looks_like_email(email: &str) -> bool {
    let plain = email.chars().all(|c| !c.is_whitespace() && !c.is_control());
    plain && email.split_once('@').is_some_and(|(user, host)| !user.is_empty() && !host.is_empty())
}

fn select(mut accounts: Vec<Account>, choices: &Choices, noting: &mut Noting<'_>) -> Vec<Account> {
    for (flag, names) in [("--only", &choices.only), ("--skip", &choices.skip)] {
        for name in names {
            if !accounts.iter().any(|account| account.is_called(name)) {
                noting.note(flag, format!("no account of this job is called {name:?}"));
            }
        }
    }
    for account in &mut accounts {
        let wanted = choices.only.is_empty() || account.is_in(&choices.only);
        account.selected = wanted && !account.is_in(&choices.skip);
    }
    if !accounts.is_empty() && noting.mistakes.is_empty() && accounts.iter().all(|account| !account.selected)
    {
        noting.note("--skip", "no account is left to do");
    }
    accounts
}

fn check_sandbox_names(plan: &SandboxPlan, accounts: &[Account], noting: &mut Noting<'_>) {
    for (key, names) in [
        ("refuse_logon", &plan.refuse_logon),
        ("refuse_jess", &plan.refuse_jess),
        ("suspended", &plan.suspended),
        ("slow", &plan.slow),
    ] {
        for (index, name) in names.iter().enumerate() {
            if !accounts.iter().any(|account| account.is_called(name)) {
                let path = format!("service.sandbox.{key}[{index}]");
                noting.note(&path, "no account of this job has this name");
            }
        }
    }
}

fn join(path: &str, key: &str) -> String {
    if key.is_empty() { path.to_owned() } else { format!("{path}.{key}") }
}
