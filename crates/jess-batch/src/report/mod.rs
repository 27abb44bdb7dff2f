//! What happened: the one [`Report`] of a run or a status check, and a small renderer for each format.

mod causes;
mod csv;
mod diff;
mod headline;
mod html;
mod json;
mod json_account;
mod junit;
mod markdown;
mod model;
mod prom;
mod read;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod write;

pub use causes::{Cause, CauseKind, causes};
pub use diff::Difference;
pub use headline::headline;
pub use model::{
    Ending, JobFacts, Mode, REHEARSAL, Report, Rerun, SCHEMA_VERSION, ServiceFacts, SourceKind, Times,
    Totals, was_deselected,
};
pub use read::{ReadError, read};
pub use write::{render, write};
