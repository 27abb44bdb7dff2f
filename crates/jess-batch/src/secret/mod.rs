//! Passwords: where each comes from, resolving it, and keeping it out of what is shown.

mod command;
mod keys;
mod masking;
mod password;

pub use command::{TIME_LIMIT, first_line_of};
pub use keys::{SecretContext, SecretKeys};
pub use masking::Masking;
pub use password::{Password, SecretError, SecretSource, validate};
