//! What the service told about an account's JESS side, and what that means for the job.

use ensims_client::{JessAccount, JessUsage};

use crate::job::Verify;
use crate::report::{NotReady, Readiness};

/// What was found; nothing where it was not asked, or where no usable answer came.
#[derive(Clone, Debug, Default)]
pub(crate) struct Findings {
    pub(crate) session_valid: Option<bool>,
    pub(crate) jess: Option<JessAccount>,
    pub(crate) usage: Option<Vec<JessUsage>>,
}

impl Findings {
    /// Whether the JESS session is valid and that of this JESS user, so that no update is needed.
    pub(crate) fn is_session_of(&self, jess_username: &str) -> bool {
        let linked = self.jess.as_ref().and_then(|jess| jess.username.as_deref());
        self.session_valid == Some(true)
            && linked.is_some_and(|linked| linked.eq_ignore_ascii_case(jess_username))
    }

    /// Whether the account can simulate, looked at as closely as `verify` asks.
    pub(crate) fn readiness(&self, verify: Verify, jess_username: &str) -> Readiness {
        let mut reasons = match verify {
            Verify::None => return Readiness::NotAsked,
            Verify::Session => self.session_reasons(),
            Verify::Account => [self.session_reasons(), self.account_reasons(jess_username)].concat(),
        };
        reasons.dedup();
        // What is known to be wrong counts more than what is not known.
        match &reasons[..] {
            [] => Readiness::Ready,
            [NotReady::NotVerified] => Readiness::Unknown,
            _ => Readiness::NotReady(reasons),
        }
    }

    fn session_reasons(&self) -> Vec<NotReady> {
        match self.session_valid {
            Some(true) => Vec::new(),
            Some(false) => vec![NotReady::SessionNotValid],
            None => vec![NotReady::NotVerified],
        }
    }

    fn account_reasons(&self, jess_username: &str) -> Vec<NotReady> {
        let mut reasons = Vec::new();
        let Some(jess) = &self.jess else {
            // Without a JESS session there may be no JESS account to show.
            if self.session_valid == Some(true) {
                reasons.push(NotReady::NotVerified);
            }
            return reasons;
        };
        if jess.suspended == Some(true) {
            reasons.push(NotReady::Suspended);
        }
        if jess.username.as_ref().is_some_and(|linked| !linked.eq_ignore_ascii_case(jess_username)) {
            reasons.push(NotReady::OtherJessUser);
        }
        if jess.suspended.is_none() || jess.username.is_none() {
            reasons.push(NotReady::NotVerified);
        }
        reasons
    }
}
