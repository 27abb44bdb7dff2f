//! Rosters: accounts in a CSV file as spreadsheets write it, one account per line.

mod cells;
mod column;
mod headings;
mod key;
mod lints;
mod row;
mod summary;
mod table;
mod text;

pub use column::Column;
pub use headings::GivenElsewhere;
pub use key::{ColumnsEntry, RosterEntry, RosterItem, RosterKey};
pub use row::{WrittenAccount, WrittenJess};
pub use summary::{HeadingMatch, RecognizedHeadings, RosterSummary};
pub use table::Roster;
pub use text::Delimiter;
