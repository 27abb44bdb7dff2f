//! One account's steps: log on, look where the job asks for it, update, verify.

use tracing::Instrument;

use super::setback::{Setback, Why};
use super::visit::Visit;
use crate::job::{Account, Update, Verify};
use crate::report::{AccountReport, Outcome, Readiness, Step};

/// Brings an account's JESS session to what the job wants, and says how it went.
pub(super) async fn update(mut visit: Visit<'_>) -> AccountReport {
    let span = visit.span();
    let (outcome, readiness, detail) = steps(&mut visit).instrument(span).await;
    let (patience, heard) = (&visit.batch.patience, visit.heard());
    let report = visit.report(outcome, readiness, detail);
    patience.note(heard, report.is_good());
    report
}

async fn steps(visit: &mut Visit<'_>) -> (Outcome, Readiness, Option<String>) {
    let outcome = match update_where_needed(visit).await {
        Ok(outcome) => outcome,
        Err(setback) => {
            if let Some(message) = setback.service_message() {
                visit.service_message = Some(visit.without_secrets(message));
            }
            return (setback.outcome(), Readiness::NotAsked, Some(setback.detail()));
        }
    };
    // The outcome stays what it is; without an answer only the readiness is not known.
    let detail = verify(visit, &outcome).await.err().map(|setback| setback.detail());
    let readiness = visit.findings.readiness(visit.batch.job.verify, &visit.account.jess_username);
    (outcome, readiness, detail)
}

async fn update_where_needed(visit: &mut Visit<'_>) -> Result<Outcome, Setback> {
    let look_first = visit.batch.job.update == Update::WhenInvalid;
    // Without a look all depends on this credential, so not even the log-on is needed.
    if let Some(refusal) = visit.known_refusal().filter(|_| !look_first) {
        return Err(Setback { step: Step::Update, why: Why::SameCredential(refusal) });
    }
    visit.take(Step::LogOn).await?;
    if look_first && is_right_already(visit).await? {
        return Ok(Outcome::Unchanged);
    }
    visit.take(Step::Update).await?;
    Ok(Outcome::Updated)
}

/// Whether the JESS session is valid and that of the right JESS user.
async fn is_right_already(visit: &mut Visit<'_>) -> Result<bool, Setback> {
    visit.take(Step::LookSession).await?;
    if visit.findings.session_valid != Some(true) {
        return Ok(false);
    }
    match visit.take(Step::LookAccount).await {
        // An account without a JESS user has none to show.
        Err(setback) if setback.why.refusal().is_some() => Ok(false),
        looked => looked.map(|()| visit.findings.is_session_of(&visit.account.jess_username)),
    }
}

/// Looks again after an update. What a first look found of an unchanged account is still true.
async fn verify(visit: &mut Visit<'_>, outcome: &Outcome) -> Result<(), Setback> {
    let verify = visit.batch.job.verify;
    if *outcome == Outcome::Unchanged || verify == Verify::None {
        return Ok(());
    }
    visit.take(Step::VerifySession).await?;
    if verify == Verify::Account {
        visit.take(Step::VerifyAccount).await?;
    }
    Ok(())
}

/// The report of an account for which nothing was sent.
pub(super) fn not_attempted(index: usize, account: &Account, outcome: Outcome) -> AccountReport {
    AccountReport {
        index,
        name: account.name.clone(),
        email: account.email.clone(),
        jess_username: account.jess_username.clone(),
        outcome,
        readiness: Readiness::NotAsked,
        service_message: None,
        detail: None,
        start_ms: 0,
        duration_ms: 0,
        waited_ms: 0,
        requests: 0,
        steps: Vec::new(),
    }
}
