//! What is wanted: a job file as it is read, validated, and with all its passwords.

mod account;
mod accounts;
mod collector;
mod detour;
mod file;
mod inputs;
mod messages;
mod model;
mod new_file;
mod options;
mod overrides;
mod parse;
mod password_checks;
mod passwords;
mod paths;
mod reports;
mod sandbox_plan;
mod selection;
mod settings;
mod unresolved;
mod yaml;

pub use detour::Detour;
pub use model::{Account, Credentials, Job, ListedIn, ServicePlan, Settings, jess_user_key};
pub use new_file::new_job_file;
pub use options::{Limits, Rate, Update, Verify};
pub use overrides::Overrides;
pub use parse::{read_text, schema};
pub use passwords::Question;
pub use paths::{Format, JobSource, ReportTarget, folder_of};
pub use sandbox_plan::SandboxPlan;
pub use unresolved::{UnresolvedJob, check_log, overlapping_reports};
