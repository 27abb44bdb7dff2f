//! What to write to a student whose account is not as it should be: plain words, and never a password.

use ensims_client::Api;

use super::shown;
use crate::report::outcome::{FailureKind, NotReady, Outcome, Readiness, StopReason};
use crate::report::run_report::AccountReport;
use crate::report::visible::beginning;

/// A message to a student quotes no more than so many characters.
const LONGEST_QUOTE: usize = 120;

/// A message for the person, to be copied. `shared`: other accounts hand over the same JESS credential.
pub(super) fn sentence(account: &AccountReport, shared: bool) -> String {
    format!("{} {}", greeting(&account.name), what_and_next(account, shared))
}

fn what_and_next(account: &AccountReport, shared: bool) -> String {
    let (email, jess_user) = (shown(&account.email), shown(&account.jess_username));
    let said = account.service_message.as_deref().map_or_else(String::new, said);
    match &account.outcome {
        Outcome::Refused { refused_by: Api::Ensims } => format!(
            "ENSIMS did not accept the e-mail address {email} with the password that we have{said}. \
             Please see whether you can log on at https://app.ensims.com, and talk to us, \
             so that it can be tried again."
        ),
        Outcome::Refused { refused_by: Api::Jess } if shared => format!(
            "JESS did not accept the user name that our group shares{said}. \
             You need not do anything; we will see to it."
        ),
        Outcome::Refused { refused_by: Api::Jess } => format!(
            "JESS did not accept the user name {jess_user} with the password that we have{said}. \
             Both come with the confirmation e-mail from JESS; they are not the ENSIMS e-mail and password. \
             Please look into that e-mail, and talk to us, so that it can be tried again."
        ),
        Outcome::Failed { error } => match error {
            FailureKind::Connect | FailureKind::Timeout | FailureKind::Http | FailureKind::Unauthorized => {
                "your account could not be set up yet, because ENSIMS gave no clear answer. \
                 You need not do anything; we will try again."
            }
            FailureKind::Tls | FailureKind::Protocol => {
                "your account could not be set up yet, because of a technical problem on our side. \
                 You need not do anything; we will see to it."
            }
        }
        .to_owned(),
        Outcome::Stopped { reason: StopReason::ServiceDown } => {
            "ENSIMS was not available when we wanted to set up your account. \
             You need not do anything; we will try again when it is back."
                .to_owned()
        }
        Outcome::Stopped { reason: StopReason::Interrupted | StopReason::MaxFailures } => {
            "your account has not been set up yet. You need not do anything; we will try again.".to_owned()
        }
        Outcome::Updated | Outcome::Unchanged | Outcome::Skipped { .. } => not_ready(account, &jess_user),
    }
}

fn not_ready(account: &AccountReport, jess_user: &str) -> String {
    let reason = match &account.readiness {
        Readiness::NotReady(reasons) => reasons.first().copied(),
        Readiness::Unknown => Some(NotReady::NotVerified),
        Readiness::NotAsked | Readiness::Ready => None,
    };
    match reason {
        Some(NotReady::Suspended) => {
            "your JESS account is suspended, so it cannot run simulations at present. \
             Please ask the people at ENSIMS why, and tell us what they say."
                .to_owned()
        }
        Some(NotReady::OtherJessUser) => format!(
            "your ENSIMS account is connected to another JESS user than {jess_user}, which we have for you. \
             Do you have a second JESS account? Please tell us which user name is the right one."
        ),
        Some(NotReady::SessionNotValid) | None => {
            "your account was accepted, but it cannot run simulations yet. \
             You need not do anything; we will try again."
                .to_owned()
        }
        Some(NotReady::NotVerified) => {
            "your account was accepted, but we could not check yet whether it can run simulations. \
             You need not do anything; we will look again."
                .to_owned()
        }
    }
}

/// The service's own words, or their beginning, in brackets.
fn said(message: &str) -> String {
    let message = message.trim().trim_end_matches('.');
    if message.is_empty() {
        String::new()
    } else {
        format!(" (it said: “{}”)", beginning(message, LONGEST_QUOTE))
    }
}

/// Names in job files are often short and small ("ben"); an e-mail address is no name.
fn greeting(name: &str) -> String {
    if name.contains('@') {
        return "Hello,".to_owned();
    }
    let mut letters = name.chars();
    let first = letters.next().filter(|_| name.chars().all(char::is_alphabetic));
    let name = first.map_or_else(|| name.to_owned(), |first| first.to_uppercase().chain(letters).collect());
    format!("Hi {},", shown(&name))
}
