//! What is wanted: a job file as it is read ([`JobFile`]), what it means once it is checked ([`Draft`]), and that
//! with all its passwords ([`Job`]).

mod accounts;
mod checked;
mod draft;
mod file;
mod format;
mod limits;
mod mistake;
mod needed;
mod new_file;
mod noting;
mod readable;
mod reports;
mod roster;
mod schema;
mod secret;
mod service;
mod service_key;
mod wanted;
mod yaml;
mod yaml_text;

pub(crate) use checked::{Account, Credentials, Job, Source};
pub(crate) use draft::Draft;
pub(crate) use file::JobFile;
pub(crate) use format::Format;
pub(crate) use limits::{Limits, Rate};
pub(crate) use mistake::Mistake;
pub(crate) use needed::Question;
pub(crate) use new_file::{SharedJess, new_job_file};
pub(crate) use readable::typed;
pub(crate) use reports::ReportTarget;
pub(crate) use roster::RosterFacts;
pub(crate) use schema::schema;
pub(crate) use service::{SandboxPlan, ServicePlan};
pub(crate) use wanted::{Choices, Update, Verify};
pub(crate) use yaml::MAX_FILE_BYTES;
