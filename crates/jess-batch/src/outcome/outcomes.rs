//! How an account ended.

use ensims_client::Api;
use serde::{Deserialize, Serialize};

/// How an account ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, strum::IntoStaticStr)]
#[serde(tag = "outcome", rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub enum Outcome {
    /// JESS accepted the credential; a new session key is assigned.
    Updated,
    /// The session was valid already, and the job asks for `update: when-invalid`.
    Unchanged,
    /// `status` has checked it; nothing was changed.
    Checked,
    /// The service refused a credential.
    Refused {
        /// ENSIMS at the log-on, or JESS at the update.
        refused_by: Api,
    },
    /// There was no verdict after the retries.
    Failed {
        /// What kind of error the last attempt met.
        error: FailureKind,
    },
    /// Selected, but not attempted or not finished.
    Stopped {
        /// Why the run stopped.
        reason: StopReason,
    },
    /// Left out on purpose.
    Skipped {
        /// Why it was left out.
        reason: SkipReason,
    },
}

/// Why there was no verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, strum::Display)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub enum FailureKind {
    /// No connection, or it broke before the answer was complete.
    Connect,
    /// The server's certificate or the TLS handshake was not acceptable.
    Tls,
    /// No complete answer in time.
    Timeout,
    /// An HTTP status without a verdict.
    Http,
    /// An answer that does not follow the service's documentation.
    Protocol,
    /// The service did not accept its own session token, or cleared it, even after a second log-on.
    Unauthorized,
}

/// Why a run stopped before an account was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, strum::Display)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub enum StopReason {
    /// The service cannot be reached, or stopped answering.
    ServiceDown,
    /// The certificate of the service was not accepted, so nothing was sent.
    CertificateRejected,
    /// As many accounts as `--max-failures` allows did not succeed.
    MaxFailures,
    /// A signal ended the run.
    Interrupted,
}

/// Why an account was left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, strum::Display)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub enum SkipReason {
    /// `--only` or `--skip` deselected it.
    NotSelected,
    /// The run that this one resumes has done it.
    AlreadyDone,
}

impl Outcome {
    /// The outcome in one word, the same in every report.
    pub fn word(&self) -> &'static str {
        self.into()
    }

    /// The outcome with its particulars: "refused by JESS", "failed: timeout".
    pub fn phrase(&self) -> String {
        match self {
            Self::Updated | Self::Unchanged | Self::Checked => self.word().to_owned(),
            Self::Refused { refused_by } => format!("refused by {refused_by}"),
            Self::Failed { error } => format!("failed: {error}"),
            Self::Stopped { reason } => format!("stopped: {reason}"),
            Self::Skipped { reason } => format!("skipped: {reason}"),
        }
    }
}
