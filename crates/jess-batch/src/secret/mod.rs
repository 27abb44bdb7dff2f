//! Passwords: where each comes from, and resolving it.

mod command;
mod keys;
mod password;

pub use command::{TIME_LIMIT, first_line_of};
pub use keys::{SecretContext, SecretKeys};
pub use password::{Password, SecretError, SecretSource, validate};
