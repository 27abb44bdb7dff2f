//! What to do about an account: decided here, once, for every report.

use ensims_client::Api;

use super::outcomes::{FailureKind, Outcome, StopReason};
use super::readiness::NotReady;
use super::result::AccountResult;
use crate::remedies::Remedy;

impl Remedy {
    /// What to do about an account, or none if nothing needs attention.
    pub fn of(result: &AccountResult) -> Option<Self> {
        let refused_by_jess = if result.shares_jess_credential {
            Self::CorrectSharedJessCredential
        } else {
            Self::CorrectJessCredential
        };
        let reasons = result.readiness.reasons();
        // No update helps an account that is suspended.
        let suspended = reasons.iter().find(|reason| **reason == NotReady::Suspended);
        let not_ready = suspended.or(reasons.first());
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
}
