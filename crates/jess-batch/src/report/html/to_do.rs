//! What the organiser does about an account that is not as it should be.

use ensims_client::Api;

use crate::report::hint::is_wrong_place;
use crate::report::outcome::{FailureKind, NotReady, Outcome, SkipReason, StopReason};
use crate::report::run_report::AccountReport;

/// What is to be done, in the order in which the page lists it: what the organiser can mend, what waits for a new run,
/// and what only the service can mend.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum ToDo {
    EnsimsCredential,
    JessCredential,
    JessUser,
    Address,
    Certificate,
    RunAgain,
    RunWhenBack,
    RunTheRest,
    RunAfterTheOthers,
    Verify,
    RunOrAsk,
    AskWhySuspended,
    Ask,
}

impl ToDo {
    pub(super) fn of(account: &AccountReport) -> Self {
        match &account.outcome {
            Outcome::Refused { refused_by: Api::Ensims } => Self::EnsimsCredential,
            Outcome::Refused { refused_by: Api::Jess } => Self::JessCredential,
            Outcome::Failed { error } => Self::of_failure(*error, account),
            Outcome::Stopped { reason: StopReason::ServiceDown } => Self::RunWhenBack,
            Outcome::Stopped { reason: StopReason::Interrupted } => Self::RunTheRest,
            Outcome::Stopped { reason: StopReason::MaxFailures } => Self::RunAfterTheOthers,
            Outcome::Updated
            | Outcome::Unchanged
            | Outcome::Skipped { reason: SkipReason::NotSelected | SkipReason::AlreadyDone } => {
                account.not_ready().first().map_or(Self::Ask, |reason| match reason {
                    NotReady::SessionNotValid => Self::RunOrAsk,
                    NotReady::Suspended => Self::AskWhySuspended,
                    NotReady::OtherJessUser => Self::JessUser,
                    NotReady::NotVerified => Self::Verify,
                })
            }
        }
    }

    fn of_failure(error: FailureKind, account: &AccountReport) -> Self {
        let http_status = account.steps.last().and_then(|step| step.http_status);
        match error {
            FailureKind::Http if http_status.is_some_and(is_wrong_place) => Self::Address,
            FailureKind::Protocol => Self::Address,
            FailureKind::Tls => Self::Certificate,
            FailureKind::Connect | FailureKind::Timeout | FailureKind::Http | FailureKind::Unauthorized => {
                Self::RunAgain
            }
        }
    }

    /// Whether something is to be corrected before the job is run again.
    pub(super) fn is_mending(self) -> bool {
        self <= Self::Certificate
    }

    /// Whether nobody else can mend it.
    pub(super) fn is_for_the_service(self) -> bool {
        self >= Self::AskWhySuspended
    }

    /// The action.
    pub(super) fn title(self) -> &'static str {
        match self {
            Self::EnsimsCredential => "Compare e-mail and password with your list, and correct the list",
            Self::JessCredential => {
                "Compare the JESS user name and password with the confirmation e-mail, and correct the list"
            }
            Self::JessUser => "See whether your list has the right JESS user name, and correct it",
            Self::Address => "Check the address of the service in the job file",
            Self::Certificate => "Check the address of the service and ‘ca_bundle’ in the job file",
            Self::RunAgain => "Run the job again later",
            Self::RunWhenBack => "Run the job again when the service is back",
            Self::RunTheRest => "Run the job again",
            Self::RunAfterTheOthers => "Look at the others first, then run the job again",
            Self::Verify => "Run the job again, to see whether they can simulate",
            Self::RunOrAsk => "Run the job again; if it stays so, ask the service",
            Self::AskWhySuspended => "Ask the service why the JESS account is suspended",
            Self::Ask => "Ask the service about it",
        }
    }

    /// Why, and what else may help.
    pub(super) fn why(self) -> &'static str {
        match self {
            Self::EnsimsCredential => {
                "ENSIMS refused them at the log-on. They are not the JESS user name and password. \
                 You can try them at https://app.ensims.com."
            }
            Self::JessCredential => {
                "JESS said no to them. They come with the confirmation e-mail from JESS, and are not the ENSIMS e-mail \
                 and password. If JESS speaks of something else, ask the service."
            }
            Self::JessUser => {
                "JESS took the user name and password, but the ENSIMS account is connected to another JESS user. \
                 If your list is right, ask the service."
            }
            Self::Address => {
                "The answers are not those of the service’s documentation. If the address is right, please report this."
            }
            Self::Certificate => "The server’s certificate was not accepted.",
            Self::RunAgain => "The service gave no clear answer. There is nothing to correct.",
            Self::RunWhenBack => "The service did not answer any more. There is nothing to correct.",
            Self::RunTheRest => "This run was cut short before they were done. There is nothing to correct.",
            Self::RunAfterTheOthers => {
                "As many accounts as --max-failures allows did not succeed, so no further one was started."
            }
            Self::Verify => "The update went through, but there was no usable answer after it.",
            Self::RunOrAsk => "JESS took the user name and password, but the JESS session is not valid.",
            Self::AskWhySuspended | Self::Ask => "Only the service can help here.",
        }
    }
}
