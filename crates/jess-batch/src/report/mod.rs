//! What happened: the one [`Report`] of a run or a status check, and a small renderer for each format.

mod causes;
mod csv;
mod diff;
mod headline;
mod html;
mod json;
mod junit;
mod markdown;
mod model;
mod prom;
#[cfg(test)]
mod testing;
mod write;

pub use causes::{Cause, CauseKind, causes};
pub use diff::Difference;
pub use headline::headline;
pub use json::{ReadError, read};
pub use model::{JobFacts, Mode, REHEARSAL, Report, Rerun, ServiceFacts, Times, Totals};
pub use write::write;
