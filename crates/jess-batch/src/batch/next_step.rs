//! What an account does next: pure functions of what the job asks and of what was observed.

use super::observed::{Check, Observed};
use super::step_error::StepErrorKind;
use crate::job::{Update, Verify};
use crate::outcome::{Outcome, Step};

/// What is to be done for each account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Goal {
    /// Update its JESS session.
    Update {
        /// Always, or only if it is needed.
        when: Update,
        /// What is verified afterwards.
        verify: Verify,
    },
    /// Check it and change nothing.
    Check,
}

/// What an account does next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Next {
    Step(Step),
    Done(Outcome),
}

impl Goal {
    /// How closely the account is checked for its readiness.
    pub(super) fn verify(self) -> Verify {
        match self {
            Self::Update { verify, .. } => verify,
            Self::Check => Verify::Account,
        }
    }
}

/// The next step of an account that should end with a session of `jess_username`.
pub(super) fn next_step(goal: Goal, jess_username: &str, observed: &Observed) -> Next {
    if !observed.logged_on {
        return Next::Step(Step::LogOn);
    }
    match goal {
        Goal::Check => next_check(observed),
        Goal::Update { verify, .. } if observed.updated => next_verification(verify, observed),
        Goal::Update { when: Update::Always, .. } => Next::Step(Step::Update),
        Goal::Update { when: Update::WhenInvalid, .. } => next_of_conditional(jess_username, observed),
    }
}

fn next_check(observed: &Observed) -> Next {
    if observed.session == Check::NotMade {
        Next::Step(Step::CheckSession)
    } else if observed.account == Check::NotMade {
        Next::Step(Step::CheckAccount)
    } else if observed.usage == Check::NotMade {
        Next::Step(Step::CheckUsage)
    } else {
        Next::Done(Outcome::Checked)
    }
}

fn next_of_conditional(jess_username: &str, observed: &Observed) -> Next {
    match (&observed.session, &observed.account) {
        (Check::NotMade, _) => Next::Step(Step::CheckSession),
        (Check::Found(true), Check::NotMade) => Next::Step(Step::CheckAccount),
        _ if observed.has_session_of(jess_username) => Next::Done(Outcome::Unchanged),
        _ => Next::Step(Step::Update),
    }
}

fn next_verification(verify: Verify, observed: &Observed) -> Next {
    match (verify, &observed.session, &observed.account) {
        (Verify::Session | Verify::Account, Check::NotMade, _) => Next::Step(Step::VerifySession),
        // Without an answer about the session there is no point in asking for more.
        (Verify::Account, Check::Found(_), Check::NotMade) => Next::Step(Step::VerifyAccount),
        _ => Next::Done(Outcome::Updated),
    }
}

/// Whether an account goes on without the result of a step that failed.
pub(super) fn is_tolerated(step: Step, error: &StepErrorKind, observed: &Observed) -> bool {
    match step {
        // The outcome is settled: without an answer only the readiness or the usage is not known.
        Step::VerifySession | Step::VerifyAccount | Step::CheckUsage => true,
        // Without a JESS session there may be no JESS account to show, and the service may say so with a 401.
        Step::CheckAccount => {
            let has_session = observed.session == Check::Found(true);
            error.is_refusal() || (error.lacks_token() && !has_session)
        }
        Step::LogOn | Step::CheckSession | Step::Update => false,
    }
}

#[cfg(test)]
mod tests {
    use ensims_client::{Api, Error, JessAccount};

    use super::super::retry::GiveUp;
    use super::*;
    use crate::outcome::Step::{
        CheckAccount, CheckSession, CheckUsage, LogOn, Update as UpdateStep, VerifyAccount, VerifySession,
    };

    const ALWAYS: Goal = Goal::Update { when: Update::Always, verify: Verify::None };
    const ALWAYS_SESSION: Goal = Goal::Update { when: Update::Always, verify: Verify::Session };
    const ALWAYS_ACCOUNT: Goal = Goal::Update { when: Update::Always, verify: Verify::Account };
    const WHEN_INVALID: Goal = Goal::Update { when: Update::WhenInvalid, verify: Verify::Account };

    fn account(username: &str) -> Check<JessAccount> {
        let text = format!(r#"{{"username": "{username}"}}"#);
        Check::Found(serde_json::from_str(&text).expect("a record"))
    }

    fn observed(session: Check<bool>, account: Check<JessAccount>) -> Observed {
        Observed { logged_on: true, session, account, ..Observed::default() }
    }

    fn updated(session: Check<bool>, account: Check<JessAccount>) -> Observed {
        Observed { updated: true, ..observed(session, account) }
    }

    #[test]
    fn next_step_follows_the_table() {
        use Check::{Found, NoAnswer, NotMade};
        use Next::{Done, Step};
        let usage = |made| Observed { usage: made, ..observed(Found(false), NoAnswer) };
        let table = [
            // Always update: no check before, as many as `verify` asks for afterwards.
            (ALWAYS, Observed::default(), Step(LogOn)),
            (ALWAYS, observed(NotMade, NotMade), Step(UpdateStep)),
            (ALWAYS, updated(NotMade, NotMade), Done(Outcome::Updated)),
            (ALWAYS_SESSION, updated(NotMade, NotMade), Step(VerifySession)),
            (ALWAYS_SESSION, updated(Found(false), NotMade), Done(Outcome::Updated)),
            (ALWAYS_ACCOUNT, updated(NotMade, NotMade), Step(VerifySession)),
            (ALWAYS_ACCOUNT, updated(Found(true), NotMade), Step(VerifyAccount)),
            (ALWAYS_ACCOUNT, updated(Found(false), NotMade), Step(VerifyAccount)),
            (ALWAYS_ACCOUNT, updated(NoAnswer, NotMade), Done(Outcome::Updated)),
            (ALWAYS_ACCOUNT, updated(Found(true), NoAnswer), Done(Outcome::Updated)),
            (ALWAYS_ACCOUNT, updated(Found(true), account("jess-ada")), Done(Outcome::Updated)),
            // Update only if the session is not valid, or belongs to another JESS user.
            (WHEN_INVALID, Observed::default(), Step(LogOn)),
            (WHEN_INVALID, observed(NotMade, NotMade), Step(CheckSession)),
            (WHEN_INVALID, observed(Found(false), NotMade), Step(UpdateStep)),
            (WHEN_INVALID, observed(Found(true), NotMade), Step(CheckAccount)),
            (WHEN_INVALID, observed(Found(true), account("JESS-Ada")), Done(Outcome::Unchanged)),
            (WHEN_INVALID, observed(Found(true), account("jess-ben")), Step(UpdateStep)),
            (WHEN_INVALID, observed(Found(true), NoAnswer), Step(UpdateStep)),
            (WHEN_INVALID, updated(NotMade, NotMade), Step(VerifySession)),
            // Status: three checks whatever they find, and no update.
            (Goal::Check, Observed::default(), Step(LogOn)),
            (Goal::Check, observed(NotMade, NotMade), Step(CheckSession)),
            (Goal::Check, observed(Found(false), NotMade), Step(CheckAccount)),
            (Goal::Check, usage(NotMade), Step(CheckUsage)),
            (Goal::Check, usage(NoAnswer), Done(Outcome::Checked)),
            (Goal::Check, usage(Found(Vec::new())), Done(Outcome::Checked)),
        ];
        for (goal, observed, expected) in table {
            assert_eq!(next_step(goal, "jess-ada", &observed), expected, "{goal:?} {observed:?}");
        }
    }

    #[test]
    fn only_checks_that_decide_nothing_may_fail() {
        let refused = StepErrorKind::Request {
            error: Error::Refused { by: Api::Jess, message: None, http_status: 200 },
            give_up: GiveUp::Final,
            attempts: 1,
        };
        let unauthorized =
            StepErrorKind::Request { error: Error::Unauthorized, give_up: GiveUp::Final, attempts: 1 };
        let valid = observed(Check::Found(true), Check::NotMade);
        let not_valid = observed(Check::Found(false), Check::NotMade);
        let table = [
            (LogOn, &refused, &valid, false),
            (UpdateStep, &refused, &valid, false),
            (CheckSession, &unauthorized, &valid, false),
            (CheckAccount, &refused, &valid, true),
            (CheckAccount, &unauthorized, &valid, false),
            (CheckAccount, &unauthorized, &not_valid, true),
            (CheckAccount, &StepErrorKind::Interrupted, &not_valid, false),
            (CheckUsage, &StepErrorKind::Interrupted, &valid, true),
            (VerifySession, &unauthorized, &valid, true),
            (VerifyAccount, &StepErrorKind::Interrupted, &valid, true),
        ];
        for (step, error, observed, expected) in table {
            assert_eq!(is_tolerated(step, error, observed), expected, "{step} {error:?}");
        }
    }
}
