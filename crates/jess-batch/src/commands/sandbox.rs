//! `sandbox`: the service in memory, until Ctrl-C.

use ensims_sandbox::{Account, JessUser, Sandbox};

use super::error::CommandError;
use super::load::read;
use super::passwords::resolve_remaining;
use super::rehearsal::{slow_down, with_accounts};
use super::runtime::block_on;
use crate::cli::SandboxArguments;
use crate::console::{count, data_line, shown, status};
use crate::job::{JobSource, Overrides, SandboxPlan, ServicePlan};
use crate::outcome::ExitCode;

pub(super) fn sandbox(arguments: &SandboxArguments, quiet: bool) -> Result<ExitCode, CommandError> {
    let mut builder = Sandbox::builder().listen(arguments.listen);
    let mut filled_from = None;
    let known = if let Some(path) = &arguments.accounts {
        let overrides =
            Overrides { allow_readable_secrets: true, reports: Some(Vec::new()), ..Overrides::default() };
        let unresolved = read(&JobSource::of(path), &overrides).map_err(CommandError::Invalid)?;
        let job = resolve_remaining(vec![unresolved])?.pop().ok_or(CommandError::NoPassword)?;
        let plan = match &job.settings.service {
            ServicePlan::Sandbox(plan) => plan.clone(),
            ServicePlan::Remote { .. } => SandboxPlan::default(),
        };
        builder = with_accounts(builder, &job, &plan);
        let accounts = count(job.accounts.len(), "account");
        let known = format!("It knows the {accounts} of {}.", shown(&job.settings.source.to_string()));
        filled_from = Some((job, plan));
        known
    } else {
        builder = builder
            .account(Account::new("user@example.org", "ensims-password"))
            .jess_user(JessUser::new("jess-user", "jess-password"));
        "It knows user@example.org (password 'ensims-password') and the JESS user jess-user (password 'jess-password').".to_owned()
    };
    block_on(async {
        let cannot_start =
            |error: std::io::Error| CommandError::Usage(format!("the sandbox cannot start: {error}"));
        let sandbox = builder.start().await.map_err(cannot_start)?;
        if let Some((job, plan)) = &filled_from {
            slow_down(&sandbox, job, plan);
        }
        data_line(&sandbox.url())?;
        if !quiet {
            status(&format!("The sandbox listens at the address above. {known} Press Ctrl-C to stop it."));
        }
        tokio::signal::ctrl_c().await.map_err(cannot_start)?;
        if !quiet {
            let seen = sandbox.seen();
            let requests = count(seen.requests.len(), "request");
            status(&format!("It saw {requests} on {}.", count(seen.connections, "connection")));
        }
        Ok(ExitCode::Success)
    })?
}
