//! What changed between two reports, for people.

use super::text::{heading, shown};
use crate::outcome::AccountResult;
use crate::report::Difference;

/// A paragraph for each kind of change that there is.
pub fn difference_text(difference: &Difference<'_>) -> String {
    let change = |(before, now): &(&AccountResult, &AccountResult)| {
        format!("{}: {}, before: {}", shown(&now.name), now.phrase(), before.phrase())
    };
    let entry = |account: &&AccountResult| format!("{}: {}", shown(&account.name), account.phrase());
    let paragraphs: [(&str, Vec<String>); 5] = [
        ("Began to fail", difference.began_to_fail.iter().map(change).collect()),
        ("Still failing", difference.still_failing.iter().map(entry).collect()),
        ("Recovered", difference.recovered.iter().map(change).collect()),
        ("New", difference.new.iter().map(entry).collect()),
        ("Gone", difference.gone.iter().map(entry).collect()),
    ];
    let mut texts = Vec::new();
    for (title, lines) in paragraphs {
        if !lines.is_empty() {
            let title = heading(&format!("{title} ({}):", lines.len()));
            texts.push(format!("{title}\n  {}", lines.join("\n  ")));
        }
    }
    if texts.is_empty() {
        texts.push("Nothing changed; no account that was compared needs attention.".to_owned());
    }
    if difference.not_compared > 0 {
        texts.push(format!("Not compared, because a run left them out: {}.", difference.not_compared));
    }
    texts.join("\n")
}
