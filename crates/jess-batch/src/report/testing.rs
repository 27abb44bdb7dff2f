//! Reports for the unit tests of this room.

use super::model::{JobFacts, Mode, Report, ServiceFacts, SourceKind, Times};
use crate::batch::Ending;
use crate::job::{ListedIn, Update, Verify};
use crate::outcome::{AccountResult, Outcome, Readiness, Step, StepResult};
use crate::remedies::Messages;

/// An account that ended so after one log-on.
pub(super) fn account(index: usize, outcome: Outcome) -> AccountResult {
    AccountResult {
        index,
        name: format!("lab{index}"),
        email: format!("lab{index}@uni.example"),
        jess_username: format!("jess{index}"),
        listed_in: ListedIn::Roster,
        shares_jess_credential: false,
        outcome,
        readiness: Readiness::NotAsked,
        service_message: None,
        detail: None,
        same_credential_as: None,
        refused_earlier: false,
        jess: None,
        start_ms: 0,
        duration_ms: 40,
        waited_ms: 0,
        budget_used_ms: 40,
        requests: 1,
        steps: vec![StepResult {
            step: Step::LogOn,
            http_status: Some(200),
            attempts: 1,
            start_ms: 0,
            duration_ms: 40,
            answer_ms: Some(40),
        }],
    }
}

/// The report of a complete run.
pub(super) fn report(accounts: Vec<AccountResult>) -> Report {
    ended(Mode::Run, &Ending::Complete, accounts)
}

/// The report of a complete status check.
pub(super) fn status(accounts: Vec<AccountResult>) -> Report {
    ended(Mode::Status, &Ending::Complete, accounts)
}

/// The report of a run that an outage ended.
pub(super) fn down(accounts: Vec<AccountResult>) -> Report {
    ended(Mode::Run, &Ending::WentDown, accounts)
}

fn ended(mode: Mode, ending: &Ending, accounts: Vec<AccountResult>) -> Report {
    let job = JobFacts {
        name: "Building physics lab".to_owned(),
        file: "nightly.yaml".to_owned(),
        source: SourceKind::File,
        update: Update::Always,
        verify: Verify::None,
        messages: Messages::default(),
    };
    let service = ServiceFacts {
        url: "https://ensims.example.org".to_owned(),
        sandbox: false,
        users_version: None,
        jess_version: None,
    };
    let started_at = "2026-11-24T06:00:00Z".parse().expect("a time");
    let finished_at = "2026-11-24T06:00:09Z".parse().expect("a time");
    Report::new(mode, job, service, Times { started_at, finished_at, last_success: None }, ending, accounts)
}
