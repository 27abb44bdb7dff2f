//! `sandbox`: the service in memory, until Ctrl-C.

use std::io;
use std::slice;

use ensims_sandbox::{Account, JessUser, Sandbox};

use super::error::{CommandError, CommandResult};
use super::load::{read_files, resolve};
use super::rehearsal;
use super::runtime::block_on;
use crate::cli::SandboxArguments;
use crate::console::{data_line, shown, status};
use crate::diagnostics::counted;
use crate::job::Overrides;
use crate::outcome::ExitCode;
use crate::platform::Signals;

pub(super) fn sandbox(arguments: &SandboxArguments, quiet: bool) -> CommandResult {
    let (job, known) = if let Some(path) = &arguments.accounts {
        let overrides = Overrides {
            dry_run: true,
            reports: Some(Vec::new()),
            sandbox: arguments.plan.clone(),
            ..Overrides::default()
        };
        let job = resolve(read_files(slice::from_ref(path), &overrides)?)?.remove(0);
        let accounts = counted(job.accounts.len(), "account", "accounts");
        let known = format!("It knows the {accounts} of {}.", shown(&job.settings.source.to_string()));
        (Some(job), known)
    } else {
        (None, "It knows user@example.org (password 'ensims-password') and the JESS user jess-user (password 'jess-password').".to_owned())
    };
    let failed = |what| move |error: io::Error| CommandError::Usage(format!("{what}: {error}"));
    block_on(async {
        let builder = Sandbox::builder().listen(arguments.listen);
        let started = if let Some(job) = &job {
            rehearsal::start(builder, job, |_| false).await
        } else {
            let account = Account::new("user@example.org", "ensims-password");
            let jess_user = JessUser::new("jess-user", "jess-password");
            builder.account(account).jess_user(jess_user).start().await
        };
        let sandbox = started.map_err(failed("the sandbox cannot start"))?;
        let mut signals = Signals::new().map_err(failed("signals cannot be waited for"))?;
        data_line(&sandbox.url())?;
        if !quiet {
            status(&format!("The sandbox listens at the address above. {known} Press Ctrl-C to stop it."));
        }
        signals.next().await;
        if !quiet {
            let seen = sandbox.seen();
            let requests = counted(seen.requests.len(), "request", "requests");
            status(&format!(
                "It saw {requests} on {}.",
                counted(seen.connections, "connection", "connections")
            ));
        }
        Ok(ExitCode::Success)
    })
}
