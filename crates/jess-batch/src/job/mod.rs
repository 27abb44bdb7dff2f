//! What is wanted: a job file as it is read ([`JobFile`]), and what it means once it is checked ([`Job`]).

mod checked;
mod credential;
mod file;
mod limits;
mod mistake;
mod reports;
mod secret;
mod service;
mod wanted;
mod yaml;

pub(crate) use checked::{Account, Job, SandboxPlan, ServicePlan, Source};
pub(crate) use file::JobFile;
pub(crate) use limits::{Limits, Rate};
pub(crate) use mistake::Mistake;
pub(crate) use reports::ReportTarget;
pub(crate) use wanted::{Choices, Update, Verify};
