//! What was observed of one account so far, and what that means for its readiness.

use ensims_client::{JessAccount, JessUsage};

use crate::job::Verify;
use crate::outcome::{JessState, NotReady, Readiness, Step, UsageRecord};

/// Of a usage report, this many lines are kept and this many bytes of text.
const MAX_USAGE_LINES: usize = 100;
const MAX_USAGE_BYTES: usize = 10_000;

/// The result of one check.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) enum Check<T> {
    /// It was not made, or an update has made it out of date.
    #[default]
    NotMade,
    /// There was no usable answer.
    NoAnswer,
    /// The service answered.
    Found(T),
}

/// What was observed of one account so far.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Observed {
    pub(super) logged_on: bool,
    pub(super) updated: bool,
    /// Whether the JESS session is valid.
    pub(super) session: Check<bool>,
    pub(super) account: Check<JessAccount>,
    pub(super) usage: Check<Vec<JessUsage>>,
}

/// What a step has found.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Finding {
    LoggedOn,
    Updated,
    SessionValid(bool),
    Account(Box<JessAccount>),
    Usage(Vec<JessUsage>),
}

impl<T> Check<T> {
    pub(super) fn found(&self) -> Option<&T> {
        match self {
            Self::Found(value) => Some(value),
            Self::NotMade | Self::NoAnswer => None,
        }
    }
}

impl Observed {
    pub(super) fn record(&mut self, finding: Finding) {
        match finding {
            Finding::LoggedOn => self.logged_on = true,
            // What a check found before is out of date.
            Finding::Updated => *self = Self { logged_on: true, updated: true, ..Self::default() },
            Finding::SessionValid(valid) => self.session = Check::Found(valid),
            Finding::Account(account) => self.account = Check::Found(*account),
            Finding::Usage(usage) => self.usage = Check::Found(usage),
        }
    }

    /// Records that a check had no usable answer.
    pub(super) fn record_no_answer(&mut self, step: Step) {
        match step {
            Step::CheckSession | Step::VerifySession => self.session = Check::NoAnswer,
            Step::CheckAccount | Step::VerifyAccount => self.account = Check::NoAnswer,
            Step::CheckUsage => self.usage = Check::NoAnswer,
            Step::LogOn | Step::Update => {}
        }
    }

    /// Whether the JESS session is valid and belongs to this JESS user, so that no update is needed.
    pub(super) fn has_session_of(&self, jess_username: &str) -> bool {
        let linked = self.account.found().and_then(|account| account.username.as_deref());
        self.session == Check::Found(true)
            && linked.is_some_and(|linked| linked.eq_ignore_ascii_case(jess_username))
    }

    /// Whether the account can run simulations, checked as closely as `verify` asks.
    pub(super) fn readiness(&self, verify: Verify, jess_username: &str) -> Readiness {
        let mut reasons = Vec::new();
        if verify == Verify::None {
            return Readiness::NotAsked;
        }
        match self.session.found() {
            Some(true) => {}
            Some(false) => reasons.push(NotReady::SessionNotValid),
            None => reasons.push(NotReady::NotVerified),
        }
        if verify == Verify::Account {
            reasons.extend(self.account_reasons(jess_username));
        }
        reasons.dedup();
        // What is known to be wrong counts more than what is not known.
        match &reasons[..] {
            [] => Readiness::Ready,
            [NotReady::NotVerified] => Readiness::Unknown,
            _ => Readiness::NotReady(reasons),
        }
    }

    fn account_reasons(&self, jess_username: &str) -> Vec<NotReady> {
        let Some(account) = self.account.found() else {
            // Without a JESS session there may be no JESS account to show.
            let expected = self.session == Check::Found(true);
            return if expected { vec![NotReady::NotVerified] } else { Vec::new() };
        };
        let mut reasons = Vec::new();
        if account.suspended == Some(true) {
            reasons.push(NotReady::Suspended);
        }
        if account.username.as_ref().is_some_and(|linked| !linked.eq_ignore_ascii_case(jess_username)) {
            reasons.push(NotReady::OtherJessUser);
        }
        if account.suspended.is_none() || account.username.is_none() {
            reasons.push(NotReady::NotVerified);
        }
        reasons
    }

    /// The JESS side of the account, for a report of `status`.
    pub(super) fn jess_state(&self) -> JessState {
        let account = self.account.found();
        JessState {
            session_valid: self.session.found().copied(),
            linked_jess_user: account.and_then(|account| account.username.clone()),
            suspended: account.and_then(|account| account.suspended),
            cpu_hours: account.and_then(|account| account.cpu_hours),
            usage: self.usage.found().map(|usage| kept(usage)),
        }
    }
}

/// What is kept of a usage report.
fn kept(usage: &[JessUsage]) -> Vec<UsageRecord> {
    let mut bytes = 0;
    let lines = usage.iter().take(MAX_USAGE_LINES).map(UsageRecord::from);
    lines
        .take_while(|line| {
            bytes += [&line.username, &line.status].into_iter().flatten().map(String::len).sum::<usize>();
            bytes <= MAX_USAGE_BYTES
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usage_report_is_kept_up_to_a_size() {
        let line = |length: usize| {
            let mut line = JessUsage::default();
            line.username = Some("u".repeat(length));
            line
        };
        assert_eq!(kept(&vec![line(1); 1000]).len(), MAX_USAGE_LINES);
        assert_eq!(kept(&[line(9_000), line(900), line(900)]).len(), 2);
        assert!(kept(&[line(20_000)]).is_empty());
    }
}
