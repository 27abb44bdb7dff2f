//! What can be done about an account, and the texts about it for whoever runs the job.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

/// What to do about an account, in the order in which to do it: corrections, new runs, and what only the service can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[derive(strum::Display, strum::VariantArray, strum::VariantNames)]
#[strum(serialize_all = "kebab-case")]
pub enum Remedy {
    /// ENSIMS refused the e-mail address or password.
    CorrectEnsimsCredential,
    /// JESS refused the JESS user name or password.
    CorrectJessCredential,
    /// JESS refused a user name or password that several accounts of the job have.
    CorrectSharedJessCredential,
    /// After an update, the account is linked to another JESS user.
    CorrectJessUser,
    /// `status` found that the account must be given its JESS credential again.
    RunJob,
    /// The answers are not those of the service.
    CheckAddress,
    /// The server's certificate was not accepted.
    CheckCertificate,
    /// The service gave no clear answer.
    RunAgainLater,
    /// The service was down.
    RunWhenServiceIsBack,
    /// The run was interrupted.
    FinishRun,
    /// The run stopped at `--max-failures`.
    RunAfterOthers,
    /// Updated, but not verified.
    VerifyAgain,
    /// `status` got no usable answer, or did not get so far.
    CheckAgain,
    /// Updated, but the JESS session is not valid.
    RunOrAskService,
    /// The JESS account is suspended.
    AskWhySuspended,
}

/// The texts of one remedy, from `remedies.yaml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RemedyTexts {
    /// One line for the terminal and for every report.
    pub hint: String,
    /// What to do, as a heading; `{list}` is to be replaced by where the accounts are listed.
    pub heading: String,
    /// Why.
    pub reason: String,
}

static TEXTS: LazyLock<BTreeMap<Remedy, RemedyTexts>> = LazyLock::new(|| {
    serde_yaml::from_str(include_str!("remedies.yaml")).expect("a test reads the same file")
});

impl Remedy {
    /// Whether something is to be corrected before the job is run again.
    pub fn is_correction(self) -> bool {
        self <= Self::CheckCertificate && self != Self::RunJob
    }

    /// Whether the account only waits for another run or check: there is nothing to correct and nobody to ask.
    pub fn is_wait(self) -> bool {
        (Self::RunAgainLater..=Self::CheckAgain).contains(&self)
    }

    /// Its texts.
    #[expect(clippy::missing_panics_doc, reason = "a test finds the texts of every remedy")]
    pub fn texts(self) -> &'static RemedyTexts {
        TEXTS.get(&self).expect("a test finds the texts of every remedy")
    }
}

#[cfg(test)]
mod tests {
    use strum::VariantArray;

    use super::*;

    #[test]
    fn every_remedy_has_all_its_texts() {
        assert_eq!(TEXTS.len(), Remedy::VARIANTS.len());
        for remedy in Remedy::VARIANTS {
            let RemedyTexts { hint, heading, reason } = remedy.texts();
            for sentence in [hint, reason] {
                assert!(sentence.ends_with('.') && !sentence.contains(['\n', '{', '}']), "{sentence}");
            }
            let heading = heading.replace("{list}", "");
            assert!(
                !heading.is_empty() && !heading.ends_with('.') && !heading.contains(['\n', '{']),
                "{heading}"
            );
        }
    }
}
