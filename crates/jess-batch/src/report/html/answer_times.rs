//! How long the service took to answer, operation by operation.

use super::text::span;
use crate::outcome::Step;
use crate::report::model::Report;

/// The operations of the service, and the steps that use them.
const OPERATIONS: [(&str, &[Step]); 5] = [
    ("Log on", &[Step::LogOn]),
    ("Update the JESS session", &[Step::Update]),
    ("Check the JESS session", &[Step::CheckSession, Step::VerifySession]),
    ("Check the JESS account", &[Step::CheckAccount, Step::VerifyAccount]),
    ("Check the usage", &[Step::CheckUsage]),
];

/// The answer times of one operation. Of a request that was repeated, the last answer counts.
pub(super) struct AnswerTimes {
    pub(super) operation: &'static str,
    /// How many requests were sent, repeated ones included.
    pub(super) requests: u64,
    pub(super) median: String,
    pub(super) percentile_95: String,
    pub(super) maximum: String,
}

/// The answer times of each operation for which anything was sent.
pub(super) fn answer_times(report: &Report) -> Vec<AnswerTimes> {
    let mut rows = Vec::new();
    for (operation, steps) in OPERATIONS {
        let mut requests = 0;
        let mut answers = Vec::new();
        for step in report.accounts.iter().flat_map(|account| &account.steps) {
            if steps.contains(&step.step) {
                requests += u64::from(step.attempts);
                answers.extend(step.answer_ms);
            }
        }
        if requests > 0 {
            answers.sort_unstable();
            rows.push(AnswerTimes {
                operation,
                requests,
                median: percentile(&answers, 50),
                percentile_95: percentile(&answers, 95),
                maximum: percentile(&answers, 100),
            });
        }
    }
    rows
}

/// The shortest time within which `percent` % of the answers came. The times are sorted.
fn percentile(sorted: &[u64], percent: usize) -> String {
    let rank = (sorted.len() * percent).div_ceil(100);
    match sorted.get(rank.saturating_sub(1)) {
        Some(time) => span(*time),
        None => "–".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentile_is_the_time_of_one_answer() {
        let times: Vec<u64> = (1..=20).map(|n| 10 * n).collect();
        assert_eq!([50, 95, 100].map(|percent| percentile(&times, percent)), ["100 ms", "190 ms", "200 ms"]);
        assert_eq!(percentile(&[], 50), "–");
    }
}
