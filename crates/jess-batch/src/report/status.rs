//! How the accounts of a job stand: what `jess-batch status` found, without changing anything.

use ensims_client::{JessAccount, JessUsage};
use jiff::Timestamp;
use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

use super::exit::{Ending, Exit};
use super::hint::hint;
use super::outcome::{NotReady, Outcome, Readiness};
use super::run_report::{SCHEMA_VERSION, ServiceFacts, Tool};

/// What was found, in job order.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct StatusReport {
    schema_version: u32,
    tool: Tool,
    pub(crate) job: StatusJob,
    pub(crate) service: ServiceFacts,
    asked_at: Timestamp,
    exit_code: Exit,
    pub(crate) totals: StatusTotals,
    pub(crate) accounts: Vec<AccountStatus>,
}

/// The job whose accounts these are.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct StatusJob {
    pub(crate) name: String,
    pub(crate) file: String,
}

/// Counts of the accounts that were to be asked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct StatusTotals {
    pub(crate) accounts: usize,
    pub(crate) ready: usize,
    pub(crate) not_ready: usize,
    pub(crate) unknown: usize,
}

/// How one account stands.
#[derive(Clone, Debug)]
pub(crate) struct AccountStatus {
    pub(crate) name: String,
    pub(crate) email: String,
    /// The JESS user that the job wants.
    pub(crate) jess_username: String,
    pub(crate) standing: Standing,
    /// Whether JESS is known to have refused its credential in the last run.
    pub(crate) refused_before: bool,
    pub(crate) session_valid: Option<bool>,
    pub(crate) jess: Option<JessAccount>,
    pub(crate) usage: Option<Vec<JessUsage>>,
}

/// Whether an account can simulate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    Ready,
    NotReady(Vec<NotReady>),
    /// There was no usable answer: what stopped the look, and our words about it.
    Unknown {
        outcome: Outcome,
        detail: String,
    },
}

impl StatusReport {
    pub(crate) fn new(
        job: StatusJob,
        service: ServiceFacts,
        asked_at: Timestamp,
        ending: Ending,
        accounts: Vec<AccountStatus>,
    ) -> Self {
        let exit_code = ending.exit(accounts.iter().all(|account| account.standing == Standing::Ready));
        let mut totals = StatusTotals { accounts: accounts.len(), ..StatusTotals::default() };
        for account in &accounts {
            match account.standing {
                Standing::Ready => totals.ready += 1,
                Standing::NotReady(_) => totals.not_ready += 1,
                Standing::Unknown { .. } => totals.unknown += 1,
            }
        }
        let tool = Tool::this();
        Self { schema_version: SCHEMA_VERSION, tool, job, service, asked_at, exit_code, totals, accounts }
    }

    pub(crate) fn exit(&self) -> Exit {
        self.exit_code
    }
}

impl Standing {
    pub(crate) fn word(&self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::NotReady(_) => "not-ready",
            Self::Unknown { .. } => "unknown",
        }
    }

    /// Why it is not ready, where it is known not to be.
    pub(super) fn reasons(&self) -> &[NotReady] {
        match self {
            Self::NotReady(reasons) => reasons,
            Self::Ready | Self::Unknown { .. } => &[],
        }
    }
}

impl AccountStatus {
    /// How it stands, in few words, such as "unknown (refused by ensims)".
    pub(crate) fn stands(&self) -> String {
        let word = self.standing.word();
        match &self.standing {
            Standing::Ready | Standing::NotReady(_) => word.to_owned(),
            Standing::Unknown { outcome, .. } => format!("{word} ({})", outcome.phrase()),
        }
    }

    /// The JESS user that the account is linked to, as the service says.
    pub(crate) fn linked_jess_user(&self) -> Option<&str> {
        self.jess.as_ref()?.username.as_deref()
    }

    /// What the person can do.
    pub(crate) fn hint(&self) -> Option<&'static str> {
        match &self.standing {
            Standing::Ready => None,
            Standing::NotReady(reasons) => not_ready_hint(reasons, self.refused_before),
            Standing::Unknown { outcome, .. } => hint(outcome, &Readiness::NotAsked, None),
        }
    }

    pub(crate) fn suspended(&self) -> Option<bool> {
        self.jess.as_ref()?.suspended
    }

    pub(crate) fn cpu_hours(&self) -> Option<f64> {
        self.jess.as_ref()?.cpu_hours
    }

    /// One number of each line of usage; the service gives one line, as far as is known.
    pub(crate) fn used(&self, number: impl Fn(&JessUsage) -> Option<i64>) -> String {
        let numbers = self.usage.iter().flatten().filter_map(number);
        numbers.map(|number| number.to_string()).collect::<Vec<_>>().join(", ")
    }
}

impl Serialize for AccountStatus {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let trouble = match &self.standing {
            Standing::Ready | Standing::NotReady(_) => None,
            Standing::Unknown { outcome, detail } => Some((outcome, detail)),
        };
        let usage: Option<Vec<UsageLine<'_>>> =
            self.usage.as_ref().map(|lines| lines.iter().map(UsageLine::from).collect());
        let mut fields = serializer.serialize_struct("account", 14)?;
        fields.serialize_field("name", &self.name)?;
        fields.serialize_field("email", &self.email)?;
        fields.serialize_field("jess_username", &self.jess_username)?;
        fields.serialize_field("standing", self.standing.word())?;
        fields.serialize_field("not_ready", self.standing.reasons())?;
        if let Some((outcome, _)) = trouble {
            outcome.serialize_into(&mut fields)?;
        }
        fields.serialize_field("detail", &trouble.map(|(_, detail)| detail))?;
        fields.serialize_field("hint", &self.hint())?;
        fields.serialize_field("session_valid", &self.session_valid)?;
        fields.serialize_field("linked_jess_user", &self.linked_jess_user())?;
        fields.serialize_field("suspended", &self.suspended())?;
        fields.serialize_field("cpu_hours", &self.cpu_hours())?;
        fields.serialize_field("usage", &usage)?;
        fields.end()
    }
}

/// Nothing was tried here, so the first advice is to run the job, unless that was refused.
fn not_ready_hint(reasons: &[NotReady], refused_before: bool) -> Option<&'static str> {
    reasons.first().map(|reason| match reason {
        NotReady::SessionNotValid | NotReady::OtherJessUser if refused_before => {
            "The last run was refused by JESS: correct the JESS user name or password, then run the job."
        }
        NotReady::SessionNotValid | NotReady::OtherJessUser => {
            "Run the job: that hands the JESS credential over again. If a run was refused, its report says why."
        }
        NotReady::Suspended => "Ask the service why the JESS account is suspended.",
        NotReady::NotVerified => "Ask again later.",
    })
}

/// A line of the service's usage report, under the service's own names: it documents no units.
#[derive(Serialize)]
struct UsageLine<'a> {
    username: Option<&'a str>,
    status: Option<&'a str>,
    latest: Option<Timestamp>,
    upload: Option<i64>,
    storage: Option<i64>,
    download: Option<i64>,
    jobs: Option<i64>,
    submissions: Option<i64>,
    cputime: Option<i64>,
}

impl<'a> From<&'a JessUsage> for UsageLine<'a> {
    fn from(usage: &'a JessUsage) -> Self {
        Self {
            username: usage.username.as_deref(),
            status: usage.status.as_deref(),
            latest: usage.latest.and_then(|latest| Timestamp::from_millisecond(latest).ok()),
            upload: usage.upload,
            storage: usage.storage,
            download: usage.download,
            jobs: usage.jobs,
            submissions: usage.submissions,
            cputime: usage.cputime,
        }
    }
}
