//! The embedded sandbox of a job: it knows every account, and refuses those it is told to.

use std::collections::HashSet;
use std::io;
use std::time::Duration;

use ensims_client::ExposeSecret;
use ensims_sandbox::{Account, Fault, JessUser, Operation, Sandbox, SandboxBuilder, Target};

use crate::job::{Job, SandboxPlan};

/// How much longer each answer takes a slow account.
const SLOW: Duration = Duration::from_secs(1);

/// Fills a sandbox with the accounts of a job.
pub(super) fn with_accounts(mut builder: SandboxBuilder, job: &Job, plan: &SandboxPlan) -> SandboxBuilder {
    let mut known = HashSet::new();
    for account in &job.accounts {
        let named = |names: &[String]| {
            names
                .iter()
                .any(|name| *name == account.name || name.eq_ignore_ascii_case(account.ensims.email()))
        };
        if !named(&plan.refuse_logon) {
            let password = account.ensims.password().expose_secret();
            builder = builder.account(Account::new(account.ensims.email(), password));
        }
        let username = account.jess.username();
        if !named(&plan.refuse_jess) && known.insert(username) {
            let user = JessUser::new(username, account.jess.password().expose_secret());
            builder = builder.jess_user(if named(&plan.suspended) { user.suspended() } else { user });
        }
    }
    builder.latency(plan.latency)
}

/// Starts the sandbox of a rehearsal.
pub(super) async fn start(job: &Job, plan: &SandboxPlan) -> io::Result<Sandbox> {
    let sandbox = with_accounts(Sandbox::builder(), job, plan).start().await?;
    for account in &job.accounts {
        let email = account.ensims.email();
        if plan.slow.iter().any(|name| *name == account.name || name.eq_ignore_ascii_case(email)) {
            for operation in Operation::ALL {
                sandbox.always(Target::Account(email.to_owned()), operation, Fault::Delay(SLOW));
            }
        }
    }
    Ok(sandbox)
}
