//! What is wanted: a job file as it is read ([`JobFile`]), and what it means once it is checked ([`Job`]).

mod checked;
mod file;
mod limits;
mod mistake;
mod reports;
mod secret;
mod service;
mod yaml;

pub(crate) use checked::{Account, Choices, Job, SandboxPlan, ServicePlan, Source, Verify};
pub(crate) use file::JobFile;
pub(crate) use limits::{Limits, Rate};
pub(crate) use mistake::Mistake;
pub(crate) use reports::ReportTarget;
