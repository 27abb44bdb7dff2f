//! The report of a run or a status check: its fields are those of the JSON report, which the documentation lists.

use jiff::Timestamp;
use serde::{Deserialize, Serialize, Serializer};

use crate::batch::Ending;
use crate::diagnostics::is_invisible;
use crate::job::{JobSource, Settings, Update, Verify};
use crate::outcome::{AccountResult, ExitCode, Outcome, Readiness};
use crate::platform::{can_be_quoted, shell_quote};
use crate::remedies::{Messages, Remedy};

/// The version of the report files. Fields may be added within one version; none is renamed or removed.
pub(super) const SCHEMA_VERSION: u32 = 1;

/// What people are shown about a run on a sandbox, wherever they read about it.
pub const REHEARSAL: &str = "Rehearsal on the sandbox: nothing was sent to ENSIMS.";

/// What a run or a status check found out, in job order.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Report {
    schema_version: u32,
    pub(super) tool: Tool,
    /// Whether the job was run, or its accounts were only checked.
    #[serde(default)]
    pub mode: Mode,
    /// The job.
    pub job: JobFacts,
    /// The service.
    pub service: ServiceFacts,
    /// When it began, in whole seconds.
    pub started_at: Timestamp,
    /// When it ended, in whole seconds.
    pub finished_at: Timestamp,
    /// How long it took, in milliseconds.
    pub duration_ms: u64,
    /// When a run of the whole job last succeeded: this one, or an earlier one. None if that is not known.
    pub last_success_at: Option<Timestamp>,
    #[serde(skip)]
    last_success_before: Option<Timestamp>,
    exit_code: ExitCode,
    /// Counts of the accounts.
    pub totals: Totals,
    /// How to run the job again, if anybody can: a job from standard input or a pipe cannot be read again.
    #[serde(default)]
    pub rerun: Option<Rerun>,
    /// One result for each account.
    #[serde(serialize_with = "serialize_accounts")]
    pub accounts: Vec<AccountResult>,
}

/// Whether a job was run, or its accounts were only checked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, strum::Display)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub enum Mode {
    /// `jess-batch run`.
    #[default]
    Run,
    /// `jess-batch status`, which changes nothing.
    Status,
}

/// The program that wrote a report.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Tool {
    name: String,
    pub(super) version: String,
}

/// The job of a report.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct JobFacts {
    /// Its name.
    pub name: String,
    /// The job file as the user named it, or `standard input`.
    pub file: String,
    #[serde(default)]
    pub(super) source: SourceKind,
    /// When JESS sessions are updated.
    pub update: Update,
    /// What is verified after an update.
    pub verify: Verify,
    /// The messages to persons that replace those in English.
    #[serde(default, skip_serializing_if = "Messages::is_empty")]
    pub messages: Messages,
}

/// What a job was read from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum SourceKind {
    #[default]
    File,
    StandardInput,
    /// A path that can be read only once.
    Pipe,
}

/// The service of a report.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ServiceFacts {
    /// Its address.
    pub url: String,
    /// Whether it was a sandbox, so that this is a rehearsal.
    pub sandbox: bool,
    /// The version of the Users API, if it gave one.
    pub users_version: Option<String>,
    /// The version of the JESS API, if it gave one.
    pub jess_version: Option<String>,
}

/// Counts of accounts. Those from `updated` to `skipped` add up to `accounts`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    /// All accounts of the job.
    pub accounts: usize,
    /// JESS accepted the credential.
    pub updated: usize,
    /// The session was valid already.
    pub unchanged: usize,
    /// Checked by `status`. Absent from the report of a run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checked: Option<usize>,
    /// The service refused a credential.
    pub refused: usize,
    /// No verdict after the retries.
    pub failed: usize,
    /// Not attempted or not finished.
    pub stopped: usize,
    /// Left out on purpose.
    pub skipped: usize,
    /// How many can run simulations. None if that was not asked.
    pub ready: Option<usize>,
}

/// How the user can run the job again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rerun {
    /// Whether that continues this run, and leaves out the accounts that are done.
    pub resumes: bool,
    /// The command line after `jess-batch`. None if systemd ran the job, so that its service is started again.
    pub arguments: Option<Vec<String>>,
}

/// When a run took place, and when an earlier one succeeded.
#[derive(Clone, Copy, Debug)]
pub struct Times {
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended.
    pub finished_at: Timestamp,
    /// When an earlier run of the whole job last succeeded, if that is known.
    pub last_success: Option<Timestamp>,
}

impl Report {
    /// The report of these results, which are in job order.
    pub fn new(
        mode: Mode,
        job: JobFacts,
        service: ServiceFacts,
        times: Times,
        ending: &Ending,
        accounts: Vec<AccountResult>,
    ) -> Self {
        let totals = Totals::of(&accounts, mode, job.verify);
        let exit_code = match ending {
            Ending::Complete if accounts.iter().all(AccountResult::is_good) => ExitCode::Success,
            Ending::Complete => ExitCode::SomeFailed,
            Ending::Unreachable(_) | Ending::WentDown => ExitCode::ServiceDown,
            Ending::Interrupted(signal) => signal.exit_code(),
        };
        let duration = times.finished_at.duration_since(times.started_at).as_millis();
        // A rehearsal or a status check updates nobody, so it is no success of the job; nor is a run with nothing to do.
        let succeeded = exit_code == ExitCode::Success
            && mode == Mode::Run
            && !service.sandbox
            && !accounts.iter().any(AccountResult::is_deselected)
            && accounts.iter().any(|account| account.requests > 0);
        let last_success = if succeeded { Some(times.finished_at) } else { times.last_success };
        Self {
            schema_version: SCHEMA_VERSION,
            tool: Tool { name: "jess-batch".to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() },
            mode,
            job,
            service,
            started_at: in_seconds(times.started_at),
            finished_at: in_seconds(times.finished_at),
            duration_ms: u64::try_from(duration).unwrap_or_default(),
            last_success_at: last_success.map(in_seconds),
            last_success_before: times.last_success.map(in_seconds),
            exit_code,
            totals,
            rerun: None,
            accounts,
        }
    }

    /// Whether the totals fit the accounts; in a report that somebody edited they may not.
    pub(super) fn adds_up(&self) -> bool {
        self.totals == Totals::of(&self.accounts, self.mode, self.job.verify)
    }

    /// Takes back a success: the run history or another report of the same run could not be written.
    pub fn mark_unwritten(&mut self) {
        self.exit_code = self.exit_code.max(ExitCode::SomeFailed);
        self.last_success_at = self.last_success_before;
    }

    /// The exit code of the run or the check.
    pub fn exit_code(&self) -> ExitCode {
        self.exit_code
    }

    /// Whether the user can continue it with `--resume`.
    pub fn is_resumable(&self) -> bool {
        self.rerun.as_ref().is_some_and(|rerun| rerun.resumes)
    }

    /// Whether a signal ended it.
    pub fn was_interrupted(&self) -> bool {
        matches!(self.exit_code, ExitCode::Interrupted | ExitCode::Terminated)
    }

    /// The accounts that need attention, in job order.
    pub fn attention(&self) -> impl Iterator<Item = &AccountResult> {
        self.accounts.iter().filter(|account| !account.is_good())
    }

    /// The accounts that were selected, those that an earlier run has done included.
    pub fn selected_accounts(&self) -> impl Iterator<Item = &AccountResult> {
        self.accounts.iter().filter(|account| !account.is_deselected())
    }

    /// How many accounts were selected.
    pub fn selected(&self) -> usize {
        self.selected_accounts().count()
    }

    /// The counts that are not 0: "4 updated, 2 refused, 1 done earlier; 3 ready".
    pub fn totals_in_words(&self) -> String {
        let done_earlier = self.accounts.iter().filter(|account| account.was_done_earlier()).count();
        let mut counts = self.totals.by_outcome();
        if let Some((_, skipped)) = counts.iter_mut().find(|(word, _)| *word == "skipped") {
            *skipped -= done_earlier;
        }
        counts.push(("done earlier", done_earlier));
        counts.retain(|(_, count)| *count > 0);
        let counts: Vec<String> = counts.iter().map(|(word, count)| format!("{count} {word}")).collect();
        let ready = self.totals.ready.map_or_else(String::new, |ready| format!("; {ready} ready"));
        counts.join(", ") + &ready
    }
}

impl JobFacts {
    /// What a report says about the job with these settings.
    pub fn of(settings: &Settings) -> Self {
        Self {
            name: settings.name.clone(),
            file: settings.source.to_string(),
            source: match settings.source {
                JobSource::File(_) => SourceKind::File,
                JobSource::StandardInput => SourceKind::StandardInput,
                JobSource::Pipe(_) => SourceKind::Pipe,
            },
            update: settings.update,
            verify: settings.verify,
            messages: settings.messages.clone(),
        }
    }
}

impl Totals {
    fn of(accounts: &[AccountResult], mode: Mode, verify: Verify) -> Self {
        let mut totals = Self { accounts: accounts.len(), ..Self::default() };
        let (mut checked, mut ready) = (0, 0);
        for account in accounts {
            match account.outcome {
                Outcome::Updated => totals.updated += 1,
                Outcome::Unchanged => totals.unchanged += 1,
                Outcome::Checked => checked += 1,
                Outcome::Refused { .. } => totals.refused += 1,
                Outcome::Failed { .. } => totals.failed += 1,
                Outcome::Stopped { .. } => totals.stopped += 1,
                Outcome::Skipped { .. } => totals.skipped += 1,
            }
            ready += usize::from(account.readiness == Readiness::Ready);
        }
        totals.checked = (mode == Mode::Status).then_some(checked);
        totals.ready = (mode == Mode::Status || verify != Verify::None).then_some(ready);
        totals
    }

    /// The counts that add up to `accounts`, each with its outcome's word.
    pub fn by_outcome(&self) -> Vec<(&'static str, usize)> {
        let mut counts = match self.checked {
            Some(checked) => vec![("checked", checked)],
            None => vec![("updated", self.updated), ("unchanged", self.unchanged)],
        };
        counts.extend([
            ("refused", self.refused),
            ("failed", self.failed),
            ("stopped", self.stopped),
            ("skipped", self.skipped),
        ]);
        counts
    }
}

impl Rerun {
    /// The command to type, quoted for a shell. None if systemd ran the job, or if the command cannot be shown as it is.
    pub fn command(&self) -> Option<String> {
        let arguments = self.arguments.as_ref()?;
        if arguments.iter().any(|word| word.contains(is_invisible) || !can_be_quoted(word)) {
            return None;
        }
        let words: Vec<String> = arguments.iter().map(|word| shell_quote(word)).collect();
        Some(format!("jess-batch {}", words.join(" ")))
    }
}

fn in_seconds(time: Timestamp) -> Timestamp {
    Timestamp::from_second(time.as_second()).unwrap_or(time)
}

/// An account as written to a JSON report: its result, and what to do about it.
#[derive(Serialize)]
pub(super) struct JsonAccount<'a> {
    #[serde(flatten)]
    result: &'a AccountResult,
    remedy: Option<Remedy>,
    hint: Option<&'static str>,
}

impl<'a> JsonAccount<'a> {
    pub(super) fn of(result: &'a AccountResult) -> Self {
        let remedy = Remedy::of(result);
        Self { result, remedy, hint: remedy.map(|remedy| &*remedy.texts().hint) }
    }
}

fn serialize_accounts<S: Serializer>(accounts: &[AccountResult], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(accounts.iter().map(JsonAccount::of))
}
