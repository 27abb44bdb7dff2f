//! The two APIs of the service.

use std::fmt;

use serde::{Deserialize, Serialize};

/// One of the two APIs of the service.
///
/// Serde writes it as `ensims` or `jess`; [`Display`](fmt::Display) as `ENSIMS` or `JESS`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Api {
    /// The Users API: ENSIMS accounts and the log-on.
    Ensims,
    /// The JESS API: JESS sessions, accounts and usage.
    Jess,
}

impl fmt::Display for Api {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Ensims => "ENSIMS",
            Self::Jess => "JESS",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn api_has_lowercase_and_uppercase_words() {
        for (api, word) in [(Api::Ensims, "ensims"), (Api::Jess, "jess")] {
            assert_eq!(serde_json::to_value(api).expect("a word"), word);
            assert_eq!(serde_json::from_value::<Api>(word.into()).expect("an API"), api);
            assert_eq!(api.to_string(), word.to_uppercase());
        }
    }
}
