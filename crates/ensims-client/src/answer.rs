//! What a successful call returns.

/// A successful answer of the service: the value that was asked for, and what came with it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Answer<T> {
    /// What was asked for.
    pub value: T,
    /// The service's own words: the `status` text of the answer, where it has one.
    ///
    /// It is meant for people and may change without notice. It is kept as it came: escape control characters
    /// before you print it.
    pub message: Option<String>,
    /// The HTTP status code of the answer.
    pub http_status: u16,
}

impl<T> Answer<T> {
    /// Makes an answer, for example in the tests of a program that uses this crate.
    #[must_use]
    pub fn new(value: T, message: Option<String>, http_status: u16) -> Self {
        Self { value, message, http_status }
    }

    /// Replaces the value and keeps the rest.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Answer<U> {
        Answer { value: change(self.value), message: self.message, http_status: self.http_status }
    }
}
