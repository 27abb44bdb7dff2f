//! What happened: the one [`Report`] of a run or a status check, and a small renderer for each format.

mod model;

pub use model::{
    Ending, JobFacts, Mode, REHEARSAL, Report, Rerun, SCHEMA_VERSION, ServiceFacts, SourceKind, Times,
    Totals, was_deselected,
};
