//! What is wrong with a job file, and where.

use std::fmt;

/// A line and column, both from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    pub(crate) line: usize,
    pub(crate) column: usize,
}

/// One mistake. It never shows a value of the file: any of them may be half a password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mistake {
    pub(crate) file: String,
    pub(crate) place: Option<Place>,
    /// The path of the key, such as `accounts[0].ensims`, after the account's name where it has one.
    pub(crate) subject: String,
    pub(crate) problem: String,
}

impl fmt::Display for Mistake {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.file)?;
        if let Some(Place { line, column }) = self.place {
            write!(formatter, ":{line}:{column}")?;
        }
        if !self.subject.is_empty() {
            write!(formatter, ": {}", self.subject)?;
        }
        write!(formatter, ": {}", self.problem)
    }
}

/// All that a check has found.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    /// What may be a mistake.
    pub(crate) warnings: Vec<Mistake>,
    pub(crate) mistakes: Vec<Mistake>,
}

impl From<Mistake> for Findings {
    fn from(mistake: Mistake) -> Self {
        Self { warnings: Vec::new(), mistakes: vec![mistake] }
    }
}
