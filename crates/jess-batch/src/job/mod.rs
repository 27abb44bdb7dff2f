//! What is wanted: a job file as it is read ([`JobFile`]), what it means once it is checked ([`Draft`]), and that
//! with all its passwords ([`Job`]).

mod accounts;
mod checked;
mod choices;
mod draft;
mod file;
mod format;
mod jess_users;
mod limits;
mod mistake;
mod new_file;
mod noting;
mod passwords;
mod readable;
mod reports;
mod roster;
mod schema;
mod secret;
mod selection;
mod service;
mod service_key;
mod writable;
mod yaml;
mod yaml_text;

pub(crate) use checked::{Account, Credentials, Job, Source};
pub(crate) use choices::{Choices, Update, Verify};
pub(crate) use draft::Draft;
pub(crate) use file::JobFile;
pub(crate) use format::Format;
pub(crate) use limits::{Limits, Rate};
pub(crate) use mistake::{Findings, Mistake};
pub(crate) use new_file::new_job_file;
pub(crate) use passwords::Question;
pub(crate) use readable::typed;
pub(crate) use reports::{ReportTarget, TakenFiles};
pub(crate) use roster::{Heading, ListHeadings, Recognised, RosterFacts};
pub(crate) use schema::schema;
pub(crate) use service::{SandboxPlan, ServicePlan};
pub(crate) use writable::folder_of;
pub(crate) use yaml::MAX_FILE_BYTES;
