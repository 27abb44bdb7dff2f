//! What to write to a student whose account is not as it should be: plain words that are true whoever set the
//! passwords, and never a password. It asks for something only where the student can help.

use ensims_client::Api;

use super::shown;
use crate::report::outcome::{FailureKind, NotReady, Outcome, Readiness, StopReason};
use crate::report::run_report::AccountReport;

/// A message for the person, to be copied. `shared`: other accounts hand over the same JESS credential.
pub(super) fn sentence(account: &AccountReport, shared: bool) -> String {
    format!("{} {}", greeting(&account.name), what_and_next(account, shared))
}

/// A message for all whose JESS credential was refused together with that of this account.
pub(super) fn sentence_to_all(account: &AccountReport) -> String {
    format!("Hello, {}", what_and_next(account, true))
}

fn what_and_next(account: &AccountReport, shared: bool) -> String {
    let (email, jess_user) = (shown(&account.email), shown(&account.jess_username));
    match &account.outcome {
        Outcome::Refused { refused_by: Api::Ensims } => format!(
            "we could not log on to ENSIMS for you yet, with the e-mail address {email}. \
             Please tell us whether your ENSIMS account has this address, and whether its password was changed. \
             Never send us a password; if in doubt, come and see us."
        ),
        Outcome::Refused { refused_by: Api::Jess } if shared => "we could not set up your JESS account yet. \
             You need not do anything; we will see to it."
            .to_owned(),
        Outcome::Refused { refused_by: Api::Jess } => format!(
            "we could not set up your JESS account yet, with the user name {jess_user}. \
             If you have the confirmation e-mail from JESS, please tell us the user name that it gives you, \
             and whether the password was changed. Never send us a password; if in doubt, come and see us."
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
             You need not do anything; we will ask the people at ENSIMS."
                .to_owned()
        }
        Some(NotReady::OtherJessUser) => format!(
            "your ENSIMS account is connected to another JESS user than {jess_user}, which we have for you. \
             Please tell us whether you have a second JESS account, and which user name is the right one."
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

/// Names in job files are often short and small ("ben"). Labels and e-mail addresses are no names, and nobody is called
/// "Moen, Sven".
fn greeting(name: &str) -> String {
    if !name.chars().all(|c| c.is_alphabetic() || matches!(c, ' ' | '-' | '.' | '\'' | '’')) {
        return "Hello,".to_owned();
    }
    let mut letters = name.chars();
    let first = letters.next().filter(|_| name.chars().all(char::is_alphabetic));
    let name = first.map_or_else(|| name.to_owned(), |first| first.to_uppercase().chain(letters).collect());
    format!("Hi {},", shown(&name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_name_is_greeted_by_name() {
        let greeted =
            ["ben", "Ada Lindqvist", "Zoë O'Hara-Löw Jr.", "Moen, Sven", "ben@uni.example", "lab07"];
        let greetings = greeted.map(greeting);
        assert_eq!(
            greetings,
            ["Hi Ben,", "Hi Ada Lindqvist,", "Hi Zoë O'Hara-Löw Jr.,", "Hello,", "Hello,", "Hello,"]
        );
    }
}
