//! What to do about an account: decided here, once, for every report.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use ensims_client::Api;
use serde::{Deserialize, Serialize};

use super::outcomes::{FailureKind, Outcome, StopReason};
use super::readiness::NotReady;
use super::result::AccountResult;

/// What to do about an account, in the order in which to do it: corrections, new runs, and what only the service can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, strum::VariantArray)]
#[serde(rename_all = "kebab-case")]
pub enum Remedy {
    /// ENSIMS refused the e-mail address or password.
    CorrectEnsimsCredential,
    /// JESS refused the JESS user name or password.
    CorrectJessCredential,
    /// JESS refused a user name or password that several accounts of the job have.
    CorrectSharedJessCredential,
    /// After an update, the account is linked to another JESS user.
    CorrectJessUser,
    /// `status` found that the account must be given its JESS credential again.
    RunJob,
    /// The answers are not those of the service.
    CheckAddress,
    /// The server's certificate was not accepted.
    CheckCertificate,
    /// The service gave no clear answer.
    RunAgainLater,
    /// The service was down.
    RunWhenServiceIsBack,
    /// The run was interrupted.
    FinishRun,
    /// The run stopped at `--max-failures`.
    RunAfterOthers,
    /// Updated, but not verified.
    VerifyAgain,
    /// `status` got no usable answer, or did not get so far.
    CheckAgain,
    /// Updated, but the JESS session is not valid.
    RunOrAskService,
    /// The JESS account is suspended.
    AskWhySuspended,
}

/// All texts of one remedy, from `remedies.yaml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RemedyTexts {
    /// One line for the terminal and for every report.
    pub hint: String,
    /// What to do, as a heading.
    pub heading: String,
    /// Why.
    pub reason: String,
    message: String,
}

static TEXTS: LazyLock<BTreeMap<Remedy, RemedyTexts>> = LazyLock::new(|| {
    serde_yaml::from_str(include_str!("remedies.yaml")).expect("a test reads the same file")
});

impl Remedy {
    /// What to do about an account, or none if nothing needs attention.
    pub fn of(result: &AccountResult) -> Option<Self> {
        let refused_by_jess = if result.shares_jess_credential {
            Self::CorrectSharedJessCredential
        } else {
            Self::CorrectJessCredential
        };
        let not_ready = result.readiness.reasons().first();
        match &result.outcome {
            Outcome::Refused { refused_by: Api::Ensims } => Some(Self::CorrectEnsimsCredential),
            Outcome::Refused { refused_by: Api::Jess } => Some(refused_by_jess),
            Outcome::Failed { error } => Some(Self::of_failure(*error, result)),
            Outcome::Stopped { reason } => Some(match reason {
                StopReason::CertificateRejected => Self::CheckCertificate,
                _ if result.is_status() => Self::CheckAgain,
                StopReason::ServiceDown => Self::RunWhenServiceIsBack,
                StopReason::Interrupted => Self::FinishRun,
                StopReason::MaxFailures => Self::RunAfterOthers,
            }),
            Outcome::Updated | Outcome::Unchanged => not_ready.map(|reason| match reason {
                NotReady::SessionNotValid => Self::RunOrAskService,
                NotReady::Suspended => Self::AskWhySuspended,
                NotReady::OtherJessUser => Self::CorrectJessUser,
                NotReady::NotVerified => Self::VerifyAgain,
            }),
            Outcome::Checked => not_ready.map(|reason| match reason {
                NotReady::SessionNotValid | NotReady::OtherJessUser if result.refused_earlier => {
                    refused_by_jess
                }
                NotReady::SessionNotValid | NotReady::OtherJessUser => Self::RunJob,
                NotReady::Suspended => Self::AskWhySuspended,
                NotReady::NotVerified => Self::CheckAgain,
            }),
            Outcome::Skipped { .. } => None,
        }
    }

    fn of_failure(error: FailureKind, result: &AccountResult) -> Self {
        // A redirect, or a path or method that is not there.
        let is_elsewhere = matches!(result.last_http_status(), Some(300..=399 | 404 | 405 | 501));
        match error {
            FailureKind::Protocol => Self::CheckAddress,
            FailureKind::Http if is_elsewhere => Self::CheckAddress,
            FailureKind::Tls => Self::CheckCertificate,
            _ if result.is_status() => Self::CheckAgain,
            _ => Self::RunAgainLater,
        }
    }

    /// Whether something is to be corrected before the job is run again.
    pub fn is_correction(self) -> bool {
        self <= Self::CheckCertificate && self != Self::RunJob
    }

    /// All its texts but the message, which needs an account.
    #[expect(clippy::missing_panics_doc, reason = "a test finds the texts of every remedy")]
    pub fn texts(self) -> &'static RemedyTexts {
        TEXTS.get(&self).expect("a test finds the texts of every remedy")
    }

    /// What to write to the person, after a greeting, with the e-mail address and the JESS user name filled in.
    pub fn message(self, email: &str, jess_username: &str) -> String {
        self.texts().message.replace("{email}", email).replace("{jess_username}", jess_username)
    }
}

#[cfg(test)]
mod tests {
    use strum::VariantArray;

    use super::*;

    #[test]
    fn every_remedy_has_all_its_texts() {
        assert_eq!(TEXTS.len(), Remedy::VARIANTS.len());
        for remedy in Remedy::VARIANTS {
            let RemedyTexts { hint, heading, reason, .. } = remedy.texts();
            let message = remedy.message("ada@uni.example", "jess-ada");
            for sentence in [hint, reason, &message] {
                assert!(sentence.ends_with('.') && !sentence.contains(['\n', '{', '}']), "{sentence}");
            }
            assert!(!heading.is_empty() && !heading.ends_with('.') && !heading.contains('\n'), "{heading}");
        }
    }
}
