//! The report of a run: its fields are the JSON report's, documented in the README.

use jiff::Timestamp;
use serde::ser::SerializeStruct;
use serde::{Deserialize, Serialize, Serializer};

use super::exit::{Ending, Exit};
use super::hint::hint;
use super::outcome::{NotReady, Outcome, Readiness, SkipReason};
use super::step::Step;
use crate::job::{Update, Verify};

/// Of the report files. Fields may be added within one version, and are never renamed.
pub(super) const SCHEMA_VERSION: u32 = 1;

/// What people are told of a run on the embedded sandbox, wherever they read of it.
pub(crate) const REHEARSAL: &str = "Rehearsal on the embedded sandbox: nothing was sent to ENSIMS.";

/// What happened in a run, in job order.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Report {
    schema_version: u32,
    pub(super) tool: Tool,
    pub(crate) job: JobFacts,
    pub(crate) service: ServiceFacts,
    pub(super) started_at: Timestamp,
    pub(super) finished_at: Timestamp,
    pub(crate) duration_ms: u64,
    /// When a run of the whole job last succeeded: this one, or one before it. Null where that is not known.
    pub(crate) last_success_at: Option<Timestamp>,
    #[serde(skip)]
    last_success_before: Option<Timestamp>,
    exit_code: Exit,
    pub(crate) totals: Totals,
    pub(crate) accounts: Vec<AccountReport>,
}

/// This program.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Tool {
    name: String,
    pub(super) version: String,
}

impl Tool {
    pub(super) fn this() -> Self {
        Self { name: "jess-batch".to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() }
    }
}

/// When the run was, and when one before it succeeded.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Times {
    pub(crate) started_at: Timestamp,
    pub(crate) finished_at: Timestamp,
    /// The last full success of an earlier run, where that is known.
    pub(crate) last_success: Option<Timestamp>,
}

/// The job that was run.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct JobFacts {
    pub(crate) name: String,
    pub(crate) file: String,
    pub(crate) update: Update,
    pub(crate) verify: Verify,
}

/// The service that was asked.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct ServiceFacts {
    pub(crate) url: String,
    pub(crate) sandbox: bool,
    /// The version that each API gave, where it gave one.
    pub(crate) users_version: Option<String>,
    pub(crate) jess_version: Option<String>,
}

/// Counts of accounts; those from `updated` to `skipped` add up to `accounts`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Totals {
    pub(crate) accounts: usize,
    pub(crate) updated: usize,
    pub(crate) unchanged: usize,
    pub(crate) refused: usize,
    pub(crate) failed: usize,
    pub(crate) stopped: usize,
    pub(crate) skipped: usize,
    /// Null where readiness was not asked for.
    pub(crate) ready: Option<usize>,
}

impl Totals {
    /// The counts that add up to `accounts`, each with its outcome's word.
    pub(crate) fn by_outcome(&self) -> [(&'static str, usize); 6] {
        [
            ("updated", self.updated),
            ("unchanged", self.unchanged),
            ("refused", self.refused),
            ("failed", self.failed),
            ("stopped", self.stopped),
            ("skipped", self.skipped),
        ]
    }

    /// The counts that are not 0, such as "6 accounts: 4 updated, 2 refused; 3 ready."
    pub(crate) fn sentence(&self) -> String {
        let counts = self.by_outcome().into_iter().filter(|(_, count)| *count > 0);
        let counts: Vec<String> = counts.map(|(word, count)| format!("{count} {word}")).collect();
        let noun = if self.accounts == 1 { "account" } else { "accounts" };
        let ready = self.ready.map_or_else(String::new, |ready| format!("; {ready} ready"));
        format!("{} {noun}: {}{ready}.", self.accounts, counts.join(", "))
    }
}

/// How one account went.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct AccountReport {
    pub(crate) index: usize,
    pub(crate) name: String,
    pub(crate) email: String,
    pub(crate) jess_username: String,
    #[serde(flatten)]
    pub(crate) outcome: Outcome,
    #[serde(flatten)]
    pub(crate) readiness: Readiness,
    pub(crate) service_message: Option<String>,
    pub(crate) detail: Option<String>,
    pub(crate) start_ms: u64,
    pub(crate) duration_ms: u64,
    pub(crate) waited_ms: u64,
    pub(crate) requests: u32,
    pub(crate) steps: Vec<StepReport>,
}

/// How one step of an account went.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct StepReport {
    pub(crate) step: Step,
    pub(crate) http_status: Option<u16>,
    pub(crate) attempts: u32,
    pub(crate) start_ms: u64,
    pub(crate) duration_ms: u64,
    /// How long the service took for its last answer, without waits; null where there was none.
    pub(crate) answer_ms: Option<u64>,
}

impl Report {
    /// The report of these accounts, given in job order.
    pub(crate) fn new(
        job: JobFacts,
        service: ServiceFacts,
        times: Times,
        ending: Ending,
        accounts: Vec<AccountReport>,
    ) -> Self {
        let totals = count(&accounts, job.verify);
        let exit_code = ending.exit(accounts.iter().all(AccountReport::is_good));
        let duration = times.finished_at.duration_since(times.started_at).as_millis();
        // A rehearsal updates nobody, so it is no success of the job; nor is a run that had nothing to do.
        let succeeded = exit_code == Exit::Success
            && !service.sandbox
            && nobody_left_out(&accounts)
            && accounts.iter().any(|account| account.requests > 0);
        let last_success = if succeeded { Some(times.finished_at) } else { times.last_success };
        Self {
            schema_version: SCHEMA_VERSION,
            tool: Tool::this(),
            job,
            service,
            started_at: to_seconds(times.started_at),
            finished_at: to_seconds(times.finished_at),
            duration_ms: u64::try_from(duration).unwrap_or_default(),
            last_success_at: last_success.map(to_seconds),
            last_success_before: times.last_success.map(to_seconds),
            exit_code,
            totals,
            accounts,
        }
    }

    /// Whether the totals are those of the accounts; in a report that somebody changed they may not be.
    pub(super) fn adds_up(&self) -> bool {
        self.totals == count(&self.accounts, self.job.verify)
    }

    /// One of the run's reports could not be written, so this one does not say that all went well.
    pub(crate) fn note_unwritten(&mut self) {
        self.exit_code = self.exit_code.max(Exit::SomeFailed);
        self.last_success_at = self.last_success_before;
    }

    /// What the program ends with because of this run.
    pub(crate) fn exit(&self) -> Exit {
        self.exit_code
    }
}

impl AccountReport {
    /// Whether this account is as the job wants it.
    pub(crate) fn is_good(&self) -> bool {
        match self.outcome {
            Outcome::Updated | Outcome::Unchanged => {
                matches!(self.readiness, Readiness::Ready | Readiness::NotAsked)
            }
            Outcome::Skipped { .. } => true,
            Outcome::Refused { .. } | Outcome::Failed { .. } | Outcome::Stopped { .. } => false,
        }
    }

    /// What keeps the account from simulating, where anything does, such as "JESS account suspended".
    pub(crate) fn why_not_ready(&self) -> Option<String> {
        let reasons: Vec<&str> = self.not_ready().iter().map(|reason| reason.phrase()).collect();
        if reasons.is_empty() { None } else { Some(reasons.join(", ")) }
    }

    /// The outcome, and what keeps the account from simulating, such as "updated, not ready (JESS account suspended)".
    pub(crate) fn phrase(&self) -> String {
        match self.why_not_ready() {
            None => self.outcome.phrase(),
            Some(reasons) => format!("{}, not ready ({reasons})", self.outcome.phrase()),
        }
    }

    /// What the person can do.
    pub(crate) fn hint(&self) -> Option<&'static str> {
        hint(&self.outcome, &self.readiness, self.steps.last().and_then(|step| step.http_status))
    }

    pub(crate) fn not_ready(&self) -> &[NotReady] {
        match &self.readiness {
            Readiness::NotReady(reasons) => reasons,
            Readiness::Unknown => &[NotReady::NotVerified],
            Readiness::NotAsked | Readiness::Ready => &[],
        }
    }
}

impl Serialize for AccountReport {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("account", 16)?;
        fields.serialize_field("index", &self.index)?;
        fields.serialize_field("name", &self.name)?;
        fields.serialize_field("email", &self.email)?;
        fields.serialize_field("jess_username", &self.jess_username)?;
        self.outcome.serialize_into(&mut fields)?;
        fields.serialize_field("ready", &self.readiness.is_ready())?;
        fields.serialize_field("not_ready", self.not_ready())?;
        fields.serialize_field("service_message", &self.service_message)?;
        fields.serialize_field("detail", &self.detail)?;
        fields.serialize_field("hint", &self.hint())?;
        fields.serialize_field("start_ms", &self.start_ms)?;
        fields.serialize_field("duration_ms", &self.duration_ms)?;
        fields.serialize_field("waited_ms", &self.waited_ms)?;
        fields.serialize_field("requests", &self.requests)?;
        fields.serialize_field("steps", &self.steps)?;
        fields.end()
    }
}

fn count(accounts: &[AccountReport], verify: Verify) -> Totals {
    let mut totals = Totals { accounts: accounts.len(), ..Totals::default() };
    for account in accounts {
        match account.outcome {
            Outcome::Updated => totals.updated += 1,
            Outcome::Unchanged => totals.unchanged += 1,
            Outcome::Refused { .. } => totals.refused += 1,
            Outcome::Failed { .. } => totals.failed += 1,
            Outcome::Stopped { .. } => totals.stopped += 1,
            Outcome::Skipped { .. } => totals.skipped += 1,
        }
    }
    let ready = || accounts.iter().filter(|account| account.readiness == Readiness::Ready).count();
    totals.ready = (verify != Verify::None).then(ready);
    totals
}

fn nobody_left_out(accounts: &[AccountReport]) -> bool {
    let left_out = Outcome::Skipped { reason: SkipReason::NotSelected };
    accounts.iter().all(|account| account.outcome != left_out)
}

fn to_seconds(time: Timestamp) -> Timestamp {
    Timestamp::from_second(time.as_second()).unwrap_or(time)
}
