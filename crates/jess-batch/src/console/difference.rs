//! What changed between two reports, for people.

use super::shown;
use crate::report::{AccountReport, Difference};

/// A paragraph for each kind of change that there is.
pub(crate) fn difference_text(difference: &Difference<'_>) -> String {
    let change = |(before, now): &(&AccountReport, &AccountReport)| {
        format!("{}: {}; it was {}", shown(&now.name), now.phrase(), before.phrase())
    };
    let entry = |account: &&AccountReport| format!("{}: {}", shown(&account.name), account.phrase());
    let paragraphs = [
        ("Began to fail", difference.began_to_fail.iter().map(change).collect()),
        ("Still failing", difference.still_failing.iter().map(entry).collect()),
        ("Recovered", difference.recovered.iter().map(change).collect()),
        ("New", difference.new.iter().map(entry).collect()),
        ("Gone", difference.gone.iter().map(entry).collect::<Vec<String>>()),
    ];
    let mut told: Vec<String> = paragraphs
        .into_iter()
        .filter(|(_, lines)| !lines.is_empty())
        .map(|(title, lines)| format!("{title} ({}):\n  {}", lines.len(), lines.join("\n  ")))
        .collect();
    if told.is_empty() {
        told.push("Nothing changed; all accounts that were compared are as wanted.".to_owned());
    }
    if difference.not_compared > 0 {
        told.push(format!("Not compared, because a run left them out: {}.", difference.not_compared));
    }
    told.join("\n")
}
