//! Files that are rosters by their name, where a job file is expected.

use std::path::Path;

use crate::diagnostics::shell_quote_path;

/// What to type instead, if a file is a roster by its name.
pub(super) fn suggest_init(path: &Path) -> Option<String> {
    let extension = path.extension()?.to_ascii_lowercase();
    match extension.to_str()? {
        "csv" | "tsv" | "txt" => Some(format!(
            "to create a job for this roster: jess-batch init --roster {}",
            shell_quote_path(path)
        )),
        "xlsx" | "xls" | "ods" => Some(
            "to create a job for a roster, save it as 'CSV UTF-8': jess-batch init --roster LIST.csv"
                .to_owned(),
        ),
        _ => None,
    }
}
