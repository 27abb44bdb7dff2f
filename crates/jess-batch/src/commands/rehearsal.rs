//! The embedded sandbox of a job: it knows every selected account, and refuses those that the job names.

use std::collections::HashSet;
use std::io;
use std::time::Duration;

use ensims_client::ExposeSecret;
use ensims_sandbox::{Account, Fault, JessUser, Operation, Sandbox, SandboxBuilder, Target};

use crate::job::{Credentials, Job, SandboxPlan};

/// How much longer each answer takes a slow account.
const SLOW: Duration = Duration::from_secs(1);

/// Fills a sandbox with the accounts of a job. What the plan says about one account of a shared JESS user counts for
/// that user.
pub(super) fn with_accounts(mut builder: SandboxBuilder, job: &Job, plan: &SandboxPlan) -> SandboxBuilder {
    let (refused, suspended) = (jess_users(job, &plan.refuse_jess), jess_users(job, &plan.suspended));
    let mut known = HashSet::new();
    for account in &job.accounts {
        let Some(Credentials { ensims, jess }) = &account.credentials else { continue };
        if !account.is_named_in(&plan.refuse_logon) {
            builder = builder.account(Account::new(ensims.email(), ensims.password().expose_secret()));
        }
        let username = jess.username();
        if !refused.contains(username) && known.insert(username) {
            let user = JessUser::new(username, jess.password().expose_secret());
            builder = builder.jess_user(if suspended.contains(username) { user.suspended() } else { user });
        }
    }
    builder.latency(plan.latency)
}

/// The JESS users of the accounts with these names.
fn jess_users<'a>(job: &'a Job, names: &[String]) -> HashSet<&'a str> {
    let mut users = HashSet::new();
    for account in job.accounts.iter().filter(|account| account.is_named_in(names)) {
        users.insert(&*account.jess_username);
    }
    users
}

/// Makes the slow accounts of a job slow.
pub(super) fn slow_down(sandbox: &Sandbox, job: &Job, plan: &SandboxPlan) {
    for account in job.accounts.iter().filter(|account| account.is_named_in(&plan.slow)) {
        for operation in Operation::ALL {
            let target = Target::Account(account.email.clone());
            sandbox.always(target, operation, Fault::Delay(SLOW));
        }
    }
}

/// Starts the sandbox of a rehearsal.
pub(super) async fn start(job: &Job, plan: &SandboxPlan) -> io::Result<Sandbox> {
    let sandbox = with_accounts(Sandbox::builder(), job, plan).start().await?;
    slow_down(&sandbox, job, plan);
    Ok(sandbox)
}
