//! Rosters: accounts in a table, one in each line. The table is a CSV file or a sheet of a workbook, read into lines of typed
//! cells; what is wrong in them, and what accounts they are, does not depend on the format.

mod archive;
mod column;
mod csv;
mod file;
mod headings;
mod key;
mod lints;
mod ods;
#[expect(clippy::module_inception, reason = "the room is named after what it reads")]
mod roster;
mod row;
mod summary;
mod table;
mod workbook;

pub use column::Column;
pub use file::RosterError;
pub use headings::GivenElsewhere;
pub use key::{ColumnsEntry, RosterEntry, RosterItem, RosterKey};
pub use roster::Roster;
pub use row::{WrittenAccount, WrittenJess};
pub use summary::{RecognizedHeadings, RosterSummary};
pub use table::{Delimiter, Encoding, Source};
