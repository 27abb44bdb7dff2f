//! Rosters: accounts in a CSV file as spreadsheets write it, one account per line.

mod cells;
mod column;
mod delimiter;
mod file;
mod headings;
mod key;
mod layout;
mod lints;
mod row;
mod spelling;
mod summary;
mod table;

pub use column::Column;
pub use delimiter::Delimiter;
pub use headings::GivenElsewhere;
pub use key::{ColumnsEntry, RosterEntry, RosterItem, RosterKey};
pub use row::{WrittenAccount, WrittenJess};
pub use summary::{HeadingMatch, RecognizedHeadings, RosterSummary};
pub use table::Roster;
