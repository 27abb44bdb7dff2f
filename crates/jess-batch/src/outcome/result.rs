//! What a run or a status check finds out about one account.

use ensims_client::JessUsage;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::outcomes::{Outcome, SkipReason};
use super::readiness::Readiness;
use crate::job::ListedIn;

/// What a run or a status check found out about one account. Its fields are those of the JSON report.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AccountResult {
    /// The account's place in the job, from 0.
    pub index: usize,
    /// The label, or the e-mail address.
    pub name: String,
    /// The e-mail address of the ENSIMS account.
    pub email: String,
    /// The JESS user name that the job gives for it.
    pub jess_username: String,
    /// Where it is listed, and so where it is corrected.
    #[serde(default)]
    pub listed_in: ListedIn,
    /// Whether other accounts of the job have the same JESS credential.
    #[serde(default)]
    pub shares_jess_credential: bool,
    /// How it ended.
    #[serde(flatten)]
    pub outcome: Outcome,
    /// Whether it can run simulations, as far as it was asked.
    #[serde(flatten)]
    pub readiness: Readiness,
    /// The service's own words, without passwords.
    pub service_message: Option<String>,
    /// Our words on what happened, if it did not simply succeed.
    pub detail: Option<String>,
    /// The name of the account whose refusal counts for this one too, because it has the same JESS credential. Nothing was
    /// sent for this one then.
    #[serde(default)]
    pub same_credential_as: Option<String>,
    /// Whether an earlier run saw this credential refused: the run that this one resumes, or for `status` the last one.
    #[serde(default)]
    pub refused_earlier: bool,
    /// What `status` saw of its JESS side.
    #[serde(flatten)]
    pub jess: Option<Box<JessState>>,
    /// When its first step began, in milliseconds from the start of the run.
    pub start_ms: u64,
    /// How long it took, waits included.
    pub duration_ms: u64,
    /// How long it waited: for the rate, for another account with the same credential, and before retries.
    pub waited_ms: u64,
    /// How much of its budget it used: its time without the waits for the rate and for other accounts.
    #[serde(default)]
    pub budget_used_ms: u64,
    /// How many requests were sent.
    pub requests: u32,
    /// Its steps in order, those without a request left out.
    pub steps: Vec<StepResult>,
}

/// A step of an account: one request to the service, with its retries. The aliases are the words of version 0.1.0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, strum::Display, strum::VariantArray)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub enum Step {
    /// Log on to ENSIMS.
    LogOn,
    /// Before an update, or for `status`: is the JESS session valid?
    #[serde(alias = "look-session")]
    CheckSession,
    /// Before an update, or for `status`: which JESS user is linked?
    #[serde(alias = "look-account")]
    CheckAccount,
    /// For `status`: how much has the JESS account used?
    #[serde(alias = "look-usage")]
    CheckUsage,
    /// Give the ENSIMS account its JESS credential.
    Update,
    /// After an update: is the JESS session valid?
    VerifySession,
    /// After an update: is the JESS account the right one, and not suspended?
    VerifyAccount,
}

/// How one step of an account went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepResult {
    /// The step.
    pub step: Step,
    /// The HTTP status of the last answer, if there was one.
    pub http_status: Option<u16>,
    /// How many requests were sent, the first included.
    pub attempts: u32,
    /// When it began, in milliseconds from the start of the run.
    pub start_ms: u64,
    /// How long it took, waits included.
    pub duration_ms: u64,
    /// How long the service took for its last answer; none if there was no answer.
    pub answer_ms: Option<u64>,
}

/// What `status` saw of an account's JESS side; none where the service gave no usable answer.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct JessState {
    /// Whether the JESS session is valid. Its key tells a report of `status` from one of a run.
    #[serde(deserialize_with = "Option::deserialize")]
    pub session_valid: Option<bool>,
    /// The JESS user that the account is linked to.
    pub linked_jess_user: Option<String>,
    /// Whether the JESS account is suspended.
    pub suspended: Option<bool>,
    /// CPU hours as the service gives them; it does not say whether used or left.
    pub cpu_hours: Option<f64>,
    /// The service's usage report.
    pub usage: Option<Vec<UsageRecord>>,
}

/// One line of the service's usage report, under the service's own names: it documents no units.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the service documents the names only; see `ensims_client::JessUsage`")]
pub struct UsageRecord {
    pub username: Option<String>,
    pub status: Option<String>,
    pub latest: Option<Timestamp>,
    pub upload: Option<i64>,
    pub storage: Option<i64>,
    pub download: Option<i64>,
    pub jobs: Option<i64>,
    pub submissions: Option<i64>,
    pub cputime: Option<i64>,
}

impl JessState {
    /// All words of the service in it.
    pub fn texts_mut(&mut self) -> impl Iterator<Item = &mut String> {
        let usage = self.usage.iter_mut().flatten();
        let in_usage = usage.flat_map(|line| [&mut line.username, &mut line.status]).flatten();
        self.linked_jess_user.iter_mut().chain(in_usage)
    }
}

impl From<&JessUsage> for UsageRecord {
    fn from(usage: &JessUsage) -> Self {
        Self {
            username: usage.username.clone(),
            status: usage.status.clone(),
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

impl AccountResult {
    /// Whether a status check found it out, and not a run.
    pub fn is_status(&self) -> bool {
        self.jess.is_some()
    }

    /// Whether nothing needs attention: it succeeded and is ready as far as that was asked, or it was left out.
    pub fn is_good(&self) -> bool {
        match self.outcome {
            Outcome::Updated | Outcome::Unchanged | Outcome::Checked => {
                matches!(self.readiness, Readiness::Ready | Readiness::NotAsked)
            }
            Outcome::Skipped { .. } => true,
            Outcome::Refused { .. } | Outcome::Failed { .. } | Outcome::Stopped { .. } => false,
        }
    }

    /// Whether `--only` or `--skip` left it out.
    pub fn is_deselected(&self) -> bool {
        self.outcome == Outcome::Skipped { reason: SkipReason::NotSelected }
    }

    /// Whether the run that this one resumes has done it.
    pub fn was_done_earlier(&self) -> bool {
        self.outcome == Outcome::Skipped { reason: SkipReason::AlreadyDone }
    }

    /// What keeps the account from running simulations, in words: "JESS account suspended".
    pub fn not_ready_phrase(&self) -> Option<String> {
        let reasons: Vec<&str> = self.readiness.reasons().iter().map(|reason| reason.phrase()).collect();
        (!reasons.is_empty()).then(|| reasons.join(", "))
    }

    /// What became of the account, in a word or two: that it was checked is not worth a word.
    pub fn word(&self) -> &'static str {
        if self.outcome == Outcome::Checked { self.readiness.word() } else { self.outcome.word() }
    }

    /// What became of the account, and what keeps it from running simulations: "updated, not ready (JESS account
    /// suspended)", or for `status` "not ready (JESS account suspended)".
    pub fn phrase(&self) -> String {
        let mut parts = Vec::new();
        if self.outcome != Outcome::Checked {
            parts.push(self.outcome.phrase());
        }
        match (&self.readiness, self.not_ready_phrase()) {
            (Readiness::NotReady(_), Some(reasons)) => parts.push(format!("not ready ({reasons})")),
            (_, Some(reasons)) => parts.push(reasons),
            (_, None) if self.outcome == Outcome::Checked => parts.push(self.word().to_owned()),
            (_, None) => {}
        }
        parts.join(", ")
    }

    /// The HTTP status of its last step, if there was an answer.
    pub fn last_http_status(&self) -> Option<u16> {
        self.steps.last()?.http_status
    }
}
