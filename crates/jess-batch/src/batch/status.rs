//! Looking without changing anything: how one account stands.

use tracing::Instrument;

use super::event::Event;
use super::findings::Findings;
use super::run::{Batch, NotStarted, credentials, visit_all};
use super::setback::Setback;
use super::visit::Visit;
use crate::job::{Account, Job, Verify};
use crate::report::{AccountStatus, FailureKind, Outcome, Readiness, Standing, Step, StopReason};

/// Asks how every selected account stands; the results are in job order.
pub(crate) async fn status(batch: &Batch<'_>) -> Vec<AccountStatus> {
    let accounts = &batch.job.accounts;
    let selected = |index: usize| accounts[index].is_selected();
    let results = visit_all(batch, &credentials(accounts, &[]), selected, async |visit| {
        let result = look(visit).await;
        (batch.tell)(Event::Looked { account: &result });
        result
    })
    .await;
    let reason = batch.is_over().unwrap_or(StopReason::Interrupted);
    let selected = accounts.iter().zip(results).filter(|(account, _)| account.is_selected());
    selected.map(|(account, result)| result.unwrap_or_else(|| not_asked(account, reason))).collect()
}

/// How the selected accounts stand if nobody could be asked.
pub(crate) fn unknown(job: &Job, why: &NotStarted) -> Vec<AccountStatus> {
    let reason = match why {
        NotStarted::ServiceDown(_) => StopReason::ServiceDown,
        NotStarted::Interrupted => StopReason::Interrupted,
    };
    let selected = job.accounts.iter().filter(|account| account.is_selected());
    selected.map(|account| not_asked(account, reason)).collect()
}

/// Asks how an account stands.
async fn look(mut visit: Visit<'_>) -> AccountStatus {
    let span = visit.span();
    let looked = looks(&mut visit).instrument(span).await;
    let standing = match looked {
        Err(setback) => Standing::Unknown { outcome: setback.outcome(), detail: setback.detail() },
        Ok(()) => match visit.findings.readiness(Verify::Account, &visit.account.jess_username) {
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
fn not_asked(account: &Account, reason: StopReason) -> AccountStatus {
    let outcome = Outcome::Stopped { reason };
    entry(account, Standing::Unknown { outcome, detail: "not asked".to_owned() }, Findings::default())
}

fn entry(account: &Account, standing: Standing, findings: Findings) -> AccountStatus {
    AccountStatus {
        name: account.name.clone(),
        email: account.email.clone(),
        jess_username: account.jess_username.clone(),
        standing,
        // A look does not tell that.
        refused_before: false,
        session_valid: findings.session_valid,
        jess: findings.jess,
        usage: findings.usage,
    }
}

async fn looks(visit: &mut Visit<'_>) -> Result<(), Setback> {
    visit.take(Step::LogOn).await?;
    visit.take(Step::LookSession).await?;
    let has_session = visit.findings.session_valid == Some(true);
    match visit.take(Step::LookAccount).await {
        // An account without a JESS session may have nothing to show, and it may be a 401 that says so.
        Err(setback) if setback.why.refusal().is_some() => {}
        Err(setback) if setback.why.is_unauthorized() && !has_session => {}
        looked => looked?,
    }
    // How much it was used decides nothing, so the rest stands without it.
    let _ = visit.take(Step::LookUsage).await;
    Ok(())
}
