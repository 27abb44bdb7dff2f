//! `sandbox`: a stand-in for the service, for as long as it is wanted.

use ensims_sandbox::{Account, JessUser, Sandbox};

use super::load::load_one;
use super::rehearsal::{slow_down, with_accounts};
use crate::cli::SandboxArguments;
use crate::console::{give, say, shown};
use crate::job::{Choices, SandboxPlan, ServicePlan};
use crate::report::Exit;

pub(crate) fn sandbox(arguments: &SandboxArguments) -> Exit {
    let mut builder = Sandbox::builder().listen(arguments.listen);
    let mut filled_from = None;
    let choices = Choices { allow_readable_secrets: true, reports: Some(Vec::new()), ..Choices::default() };
    let known = match &arguments.accounts {
        None => {
            builder = builder
                .account(Account::new("user@example.org", "ensims-password"))
                .jess_user(JessUser::new("jess-user", "jess-password"));
            "It knows user@example.org (password 'ensims-password') and the JESS user jess-user (password 'jess-password').".to_owned()
        }
        Some(path) => match load_one(path, &choices) {
            Err(exit) => return exit,
            Ok(job) => {
                let plan = match &job.service {
                    ServicePlan::Sandbox(plan) => plan.clone(),
                    ServicePlan::Remote { .. } => SandboxPlan::default(),
                };
                builder = with_accounts(builder, &job, &plan);
                let known = format!(
                    "It knows the {} accounts of {}.",
                    job.accounts.len(),
                    shown(&job.source.to_string())
                );
                filled_from = Some((job, plan));
                known
            }
        },
    };
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return failed(&error),
    };
    runtime.block_on(async {
        let sandbox = match builder.start().await {
            Ok(sandbox) => sandbox,
            Err(error) => return failed(&error),
        };
        if let Some((job, plan)) = &filled_from {
            slow_down(&sandbox, job, plan);
        }
        let given = give(&sandbox.url());
        if given != Exit::Success {
            return given;
        }
        say(&format!("The sandbox listens at the address above. {known} Ctrl-C ends it."));
        if let Err(error) = tokio::signal::ctrl_c().await {
            return failed(&error);
        }
        let seen = sandbox.seen();
        say(&format!("It saw {} requests on {} connections.", seen.requests.len(), seen.connections));
        Exit::Success
    })
}

fn failed(error: &std::io::Error) -> Exit {
    say(&format!("error: the sandbox cannot start: {error}"));
    Exit::BadInput
}
