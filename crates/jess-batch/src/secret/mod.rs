//! Passwords: where each comes from, and resolving it.

mod command;
mod error;
mod keys;
mod line;
mod password;
mod permissions;
mod source;
mod stored;
mod text;

pub use command::{TIME_LIMIT, first_line_of};
pub use error::SecretError;
pub use keys::{SecretContext, SecretKeys};
pub use line::validate;
pub use password::Password;
pub use permissions::is_readable_by_others;
pub use source::SecretSource;
pub use text::SecretText;
