//! Looking without changing anything: how one account stands.

use tracing::Instrument;

use super::findings::Findings;
use super::setback::Setback;
use super::visit::Visit;
use crate::job::{Account, Verify};
use crate::report::{AccountStatus, FailureKind, Outcome, Readiness, Standing, Step, StopReason};

/// Asks how an account stands.
pub(super) async fn look(mut visit: Visit<'_>) -> AccountStatus {
    let span = visit.span();
    let looked = looks(&mut visit).instrument(span).await;
    let username = visit.account.jess.username();
    let standing = match looked {
        Err(setback) => Standing::Unknown { outcome: setback.outcome(), detail: setback.detail() },
        Ok(()) => match visit.findings.readiness(Verify::Account, username) {
            Readiness::Ready | Readiness::NotAsked => Standing::Ready,
            Readiness::NotReady(reasons) => Standing::NotReady(reasons),
            Readiness::Unknown => Standing::Unknown {
                outcome: Outcome::Failed { error: FailureKind::Protocol },
                detail: "the service does not say whether it is suspended, or which JESS user it is"
                    .to_owned(),
            },
        },
    };
    visit.batch.patience.note(visit.heard(), standing == Standing::Ready);
    entry(visit.account, standing, visit.findings)
}

/// An account that was to be asked and was not.
pub(super) fn not_asked(account: &Account, reason: StopReason) -> AccountStatus {
    let outcome = Outcome::Stopped { reason };
    entry(account, Standing::Unknown { outcome, detail: "not asked".to_owned() }, Findings::default())
}

fn entry(account: &Account, standing: Standing, findings: Findings) -> AccountStatus {
    AccountStatus {
        name: account.name.clone(),
        email: account.ensims.email().to_owned(),
        jess_username: account.jess.username().to_owned(),
        standing,
        session_valid: findings.session_valid,
        jess: findings.jess,
        usage: findings.usage,
    }
}

async fn looks(visit: &mut Visit<'_>) -> Result<(), Setback> {
    visit.take(Step::LogOn).await?;
    for step in [Step::LookSession, Step::LookAccount, Step::LookUsage] {
        match visit.take(step).await {
            // An account without a JESS user has nothing to show.
            Err(setback) if setback.why.refusal().is_some() => {}
            looked => looked?,
        }
    }
    Ok(())
}
