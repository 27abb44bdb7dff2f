//! A sandbox for a job: it knows every selected account, and refuses those that the job names.

use std::collections::HashSet;
use std::io;
use std::time::Duration;

use ensims_client::ExposeSecret;
use ensims_sandbox::{
    Account as SandboxAccount, Fault, JessUser, Operation, Sandbox, SandboxBuilder, Target,
};

use crate::job::{Account, Credentials, Job, SandboxPlan};

/// How much longer each answer takes a slow account.
const SLOW: Duration = Duration::from_secs(1);

/// Starts a sandbox with the accounts of a job, as the job plans it. `is_linked`: whether an account has a valid JESS
/// session, besides those of the plan and those that are suspended: nobody suspends an account that was never used.
pub(super) async fn start(
    builder: SandboxBuilder,
    job: &Job,
    is_linked: impl Fn(&Account) -> bool,
) -> io::Result<Sandbox> {
    let plan = &job.settings.sandbox;
    let sandbox = with_accounts(builder, job, plan).start().await?;
    let suspended = jess_users(job, &plan.suspended);
    for account in job.selected_accounts() {
        let is_known = !account.is_named_in(&plan.refuse_logon);
        let is_suspended = suspended.contains(&*account.jess_username);
        if is_known && (is_suspended || account.is_named_in(&plan.linked) || is_linked(account)) {
            sandbox.link(&account.email, &account.jess_username);
        }
        if account.is_named_in(&plan.slow) {
            for operation in Operation::ALL {
                sandbox.always(Target::Account(account.email.clone()), operation, Fault::Delay(SLOW));
            }
        }
    }
    Ok(sandbox)
}

/// Fills a sandbox with the accounts of a job. What the plan says about one account of a shared JESS user counts for
/// that user.
fn with_accounts(mut builder: SandboxBuilder, job: &Job, plan: &SandboxPlan) -> SandboxBuilder {
    let (refused, suspended) = (jess_users(job, &plan.refuse_jess), jess_users(job, &plan.suspended));
    let mut known = HashSet::new();
    for account in &job.accounts {
        let Some(Credentials { ensims, jess }) = &account.credentials else { continue };
        if !account.is_named_in(&plan.refuse_logon) {
            builder = builder.account(SandboxAccount::new(ensims.email(), ensims.password().expose_secret()));
        }
        let username = jess.username();
        if !known.insert(username) {
            continue;
        }
        let user = if refused.contains(username) {
            // It exists, so that an account can be linked to it, but with another password.
            JessUser::new(username, format!("not {}", jess.password().expose_secret()))
        } else {
            JessUser::new(username, jess.password().expose_secret())
        };
        builder = builder.jess_user(if suspended.contains(username) { user.suspended() } else { user });
    }
    builder.latency(plan.latency)
}

/// The JESS users of the accounts with these names.
fn jess_users<'a>(job: &'a Job, names: &[String]) -> HashSet<&'a str> {
    let found = job.accounts.iter().filter(|account| account.is_named_in(names));
    found.map(|account| &*account.jess_username).collect()
}
