//! What is wanted: a job file as it is read, validated, and with all its passwords.

mod limits;
mod model;
mod options;
mod source;
mod target;

pub use limits::{Limits, Rate, parse_duration};
pub use model::{Account, Credentials, Job, SandboxPlan, ServicePlan, Settings};
pub use options::{Overrides, Update, Verify};
pub use source::JobSource;
pub use target::{Format, ReportTarget, folder_of};
