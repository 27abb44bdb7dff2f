//! What a person can do about it, in one sentence. Hints hedge: the service does not say why it says no.

use ensims_client::Api;

use super::outcome::{FailureKind, NotReady, Outcome, Readiness, SkipReason, StopReason};

/// The advice for one account, or none where nothing is to be done.
pub(crate) fn hint(
    outcome: &Outcome,
    readiness: &Readiness,
    http_status: Option<u16>,
) -> Option<&'static str> {
    match outcome {
        Outcome::Updated | Outcome::Unchanged => readiness_hint(readiness),
        Outcome::Refused { refused_by: Api::Ensims } => Some(
            "Check the e-mail address and password, also by logging on at https://app.ensims.com; they are not the JESS ones.",
        ),
        Outcome::Refused { refused_by: Api::Jess } => Some(
            "If this is about the JESS user name and password: they come from the confirmation e-mail and are not the ENSIMS ones.",
        ),
        Outcome::Failed { error } => Some(match error {
            FailureKind::Http if http_status.is_some_and(is_wrong_place) => {
                "Check the address: the service does not answer like this where its documentation puts it."
            }
            FailureKind::Connect | FailureKind::Timeout | FailureKind::Http => {
                "The service gave no verdict: run the job again later."
            }
            FailureKind::Tls => {
                "Check the address and 'ca_bundle': the server's certificate was not accepted."
            }
            FailureKind::Protocol => {
                "Check the address, and if it is right, report this: the answer was not what the service's documentation says."
            }
            FailureKind::Unauthorized => {
                "The service did not accept its own session: run the job again later."
            }
        }),
        Outcome::Stopped { reason: StopReason::ServiceDown } => {
            Some("Run the job again when the service is back.")
        }
        Outcome::Stopped { reason: StopReason::Interrupted } => Some("Run the job again."),
        Outcome::Stopped { reason: StopReason::MaxFailures } => {
            Some("Look at those that did not succeed first.")
        }
        Outcome::Skipped { reason: SkipReason::NotSelected | SkipReason::AlreadyDone } => None,
    }
}

/// A redirect, or a path or method that is not there.
pub(super) fn is_wrong_place(http_status: u16) -> bool {
    matches!(http_status, 300..=399 | 404 | 405 | 501)
}

fn readiness_hint(readiness: &Readiness) -> Option<&'static str> {
    match readiness {
        Readiness::NotAsked | Readiness::Ready => None,
        Readiness::Unknown => Some("Run the job again to verify it."),
        Readiness::NotReady(reasons) => reasons.first().map(|reason| match reason {
            NotReady::SessionNotValid => "Run the job again; if it stays so, ask the service.",
            NotReady::Suspended => "Ask the service why the JESS account is suspended.",
            NotReady::OtherJessUser => "Ask the service which JESS user this account should have.",
            NotReady::NotVerified => "Run the job again to verify it.",
        }),
    }
}
