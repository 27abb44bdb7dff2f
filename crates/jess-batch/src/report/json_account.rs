//! An account as the JSON report has it: its result, and what to do about it.

use serde::{Serialize, Serializer};

use crate::outcome::{AccountResult, Remedy};

#[derive(Serialize)]
struct JsonAccount<'a> {
    #[serde(flatten)]
    result: &'a AccountResult,
    remedy: Option<Remedy>,
    hint: Option<&'static str>,
}

/// Writes the accounts with what to do about each. It is left out again when a report is read.
pub(super) fn serialize_all<S: Serializer>(
    accounts: &[AccountResult],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(accounts.iter().map(|result| {
        let remedy = Remedy::of(result);
        JsonAccount { result, remedy, hint: remedy.map(|remedy| &*remedy.texts().hint) }
    }))
}
