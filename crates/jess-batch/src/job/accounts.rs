//! The accounts of a job, from the job file and its rosters, before any password is looked for.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::iter;
use std::path::{Path, PathBuf};

use secrecy::ExposeSecret;

use super::checked::is_called;
use super::choices::Choices;
use super::file::{AccountEntry, JessEntry};
use super::noting::{Noting, Origin, Part};
use super::roster::{GivenElsewhere, Roster, RosterKey};
use super::secret::{Context, Password, SecretKeys};
use super::selection::select;
use super::service::SandboxPlan;

/// An account whose passwords are still to be had.
#[derive(Debug)]
pub(super) struct DraftAccount {
    pub(super) origin: Origin,
    /// The label, or the e-mail address.
    pub(super) name: String,
    pub(super) email: String,
    pub(super) ensims: Password,
    /// The JESS credential of its own; without one, that of the job.
    pub(super) jess: Option<JessLogin>,
    pub(super) selected: bool,
}

/// A JESS credential whose password is still to be had.
#[derive(Clone, Debug)]
pub(super) struct JessLogin {
    pub(super) username: String,
    pub(super) password: Password,
}

impl DraftAccount {
    /// Whether a name that a person gives means this account: its label, or its e-mail address in any case.
    pub(super) fn is_called(&self, name: &str) -> bool {
        is_called(&self.name, &self.email, name)
    }

    /// The passwords of its own.
    pub(super) fn passwords(&self) -> impl Iterator<Item = &Password> {
        iter::once(&self.ensims).chain(self.jess.as_ref().map(|jess| &jess.password))
    }

    /// The JESS credential that it hands over.
    pub(super) fn jess<'a>(&'a self, shared: Option<&'a JessLogin>) -> Option<&'a JessLogin> {
        self.jess.as_ref().or(shared)
    }
}

impl JessLogin {
    /// User name and password, once that is there.
    pub(super) fn known(&self) -> Option<(&str, &str)> {
        Some((&self.username, self.password.secret.as_ref()?.expose_secret()))
    }
}

/// Reads the rosters into `noting`, and gives each account of the job with its origin.
pub(super) fn gather(
    accounts: Vec<AccountEntry>,
    roster: Option<RosterKey>,
    folder: &Path,
    given: GivenElsewhere,
    noting: &mut Noting,
) -> Vec<(Origin, AccountEntry)> {
    if accounts.is_empty() && roster.is_none() {
        noting.note("accounts", "there is no account; add one, or a roster");
    }
    let in_job_file = |(index, entry)| (Origin::JobFile(index), entry);
    let mut entries: Vec<(Origin, AccountEntry)> =
        accounts.into_iter().enumerate().map(in_job_file).collect();
    for (path, entry) in roster.map(RosterKey::entries).unwrap_or_default() {
        if !entry.is_sound(&path, noting) {
            continue;
        }
        let file = folder.join(&entry.file);
        if noting.rosters.iter().any(|roster| roster.path == file) {
            noting.note(&path, "this roster is named twice; remove one");
            continue;
        }
        let read = Roster::read(file, &entry, given);
        let Some(mut read) = noting.keep(&path, read) else { continue };
        noting.mistakes.append(&mut read.mistakes);
        noting.warnings.append(&mut read.warnings);
        let roster = noting.rosters.len();
        let in_roster = |(entry, account)| (Origin::Roster { roster, entry }, account);
        entries.extend(std::mem::take(&mut read.entries).into_iter().enumerate().map(in_roster));
        noting.rosters.push(read);
    }
    if entries.is_empty() && noting.mistakes.is_empty() {
        noting.note("roster", "there is no account; add one, or a roster");
    }
    entries
}

/// Notes names and e-mail addresses that two accounts have, and what is no e-mail address.
pub(super) fn check_names(entries: &[(Origin, AccountEntry)], noting: &mut Noting) {
    let mut names: HashSet<&str> = HashSet::with_capacity(entries.len());
    let mut emails: HashMap<Cow<'_, str>, Origin> = HashMap::with_capacity(entries.len());
    for (origin, entry) in entries {
        let email = &*entry.ensims.email;
        let name = entry.name.as_deref().unwrap_or(email);
        let label = label(name, email);
        if name.is_empty() && entry.name.is_some() {
            noting.note_of(*origin, label, Part::Name, EMPTY_NAME);
        }
        let first = emails.insert(in_lower_case(email), *origin);
        // An account without a name is called by its e-mail address; that it stands here twice is said once.
        if !names.insert(name) && (first.is_none() || entry.name.is_some()) {
            let problem = "another account has this name; give it another one";
            noting.note_of(*origin, label, Part::Name, problem);
        }
        if let Some(first) = first {
            let other = noting.line_of(first).map_or_else(String::new, |line| format!(" ({line})"));
            let problem = format!(
                "another account{other} has this e-mail address; correct one of the two, or remove it"
            );
            noting.note_of(*origin, label, Part::Email, problem);
        }
        if !looks_like_email(email) {
            noting.note_of(*origin, label, Part::Email, "this is not an e-mail address");
        }
    }
}

/// What is to be done for each account. `shared_jess` says whether the job has a JESS credential for all.
pub(super) fn plan(
    entries: Vec<(Origin, AccountEntry)>,
    folder: &Path,
    shared_jess: bool,
    choices: &Choices,
    noting: &mut Noting,
) -> Vec<DraftAccount> {
    let of_rosters: Vec<PathBuf> = noting
        .rosters
        .iter()
        .map(|roster| roster.path.parent().unwrap_or(Path::new("")).to_owned())
        .collect();
    let mut accounts = Vec::with_capacity(entries.len());
    for (origin, entry) in entries {
        let (folder, in_roster) = match origin {
            Origin::JobFile(_) => (folder, false),
            Origin::Roster { roster, .. } => (&*of_rosters[roster], true),
        };
        let context = Context { folder, in_roster, ask: choices.ask };
        accounts.push(draft(origin, entry, &context, shared_jess, noting));
    }
    select(&mut accounts, choices, noting);
    accounts
}

fn draft(
    origin: Origin,
    entry: AccountEntry,
    context: &Context<'_>,
    shared_jess: bool,
    noting: &mut Noting,
) -> DraftAccount {
    let AccountEntry { name, ensims, jess } = entry;
    let (email, keys) = SecretKeys::of_ensims(ensims);
    let name = name.unwrap_or_else(|| email.clone());
    let label = label(&name, &email);
    let ensims = keys.choose(context).unwrap_or_else(|(key, problem)| {
        noting.note_of(origin, label, Part::Ensims(key), problem);
        Password::placeholder()
    });
    if jess.is_none() && !shared_jess {
        let (part, problem) = if context.in_roster {
            (Part::Jess("username"), "no JESS account; fill it, or give the job one 'jess:' for all")
        } else {
            (Part::Whole, "no JESS credential; add 'jess:' here or, for all accounts, to the job")
        };
        noting.note_of(origin, label, part, problem);
    }
    let jess = jess.map(|entry| {
        jess_login(entry, context, |key, problem| noting.note_of(origin, label, Part::Jess(key), problem))
    });
    DraftAccount { origin, name, email, ensims, jess, selected: true }
}

/// The JESS credential of the job, for all accounts that give none.
pub(super) fn shared_jess(entry: JessEntry, context: &Context<'_>, noting: &mut Noting) -> JessLogin {
    jess_login(entry, context, |key, problem| noting.note(&in_shared_jess(key), problem))
}

/// A JESS credential; `note` takes what is wrong with a key of it.
fn jess_login(
    entry: JessEntry,
    context: &Context<'_>,
    mut note: impl FnMut(&'static str, String),
) -> JessLogin {
    let (username, keys) = SecretKeys::of_jess(entry);
    if let Some(problem) = no_user_name(&username) {
        note("username", problem.to_owned());
    }
    let password = keys.choose(context).unwrap_or_else(|(key, problem)| {
        note(key, problem);
        Password::placeholder()
    });
    JessLogin { username, password }
}

/// Why this cannot be the name of a JESS user.
fn no_user_name(username: &str) -> Option<&'static str> {
    match username {
        "" => Some("the JESS user name is empty"),
        JESS_USER_NAME => Some("put in the JESS user name"),
        _ => None,
    }
}

/// What stands in a new job file where a person puts in the JESS user name.
pub(super) const JESS_USER_NAME: &str = "YOUR-JESS-USER-NAME";

/// What is wrong with a name that is there and says nothing.
pub(super) const EMPTY_NAME: &str = "the name is empty; give one or remove the key";

/// The path of a key of the job's JESS credential.
pub(super) fn in_shared_jess(key: &str) -> String {
    if key.is_empty() { "jess".to_owned() } else { format!("jess.{key}") }
}

/// Notes names in the plan of a sandbox that no account has.
pub(super) fn check_sandbox_names(plan: &SandboxPlan, accounts: &[DraftAccount], noting: &mut Noting) {
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

/// What messages call an account: nothing where an address is none, because it may be a password in the wrong place.
pub(super) fn label<'a>(name: &'a str, email: &str) -> &'a str {
    if name != email || looks_like_email(email) { name } else { "" }
}

/// Just enough to catch a name or a password in the wrong place: the service decides about the rest.
pub(super) fn looks_like_email(email: &str) -> bool {
    let plain = email.chars().all(|c| !c.is_whitespace() && !c.is_control());
    plain && email.split_once('@').is_some_and(|(user, host)| !user.is_empty() && !host.is_empty())
}

fn in_lower_case(email: &str) -> Cow<'_, str> {
    if email.chars().any(char::is_uppercase) {
        Cow::Owned(email.to_lowercase())
    } else {
        Cow::Borrowed(email)
    }
}
