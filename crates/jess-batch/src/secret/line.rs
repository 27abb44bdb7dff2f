//! What text can be a password.

use secrecy::SecretString;

/// Accepts a text that may be a password, wherever it comes from.
///
/// # Errors
/// When it cannot be one; the words go after "the password", such as "is empty".
pub fn validate(text: &str) -> Result<&str, &'static str> {
    if text.is_empty() {
        Err("is empty")
    } else if text.starts_with('\u{feff}') {
        Err("begins with a byte order mark; save it as UTF-8 without one")
    } else if text.contains(['\n', '\r']) {
        Err("is not one line; remove the line break")
    } else if text.contains('\0') {
        Err("contains a NUL character; a password is plain text")
    } else {
        Ok(text)
    }
}

/// The one line that a password is: one line end after it is removed, nothing else.
pub(super) fn one_line(bytes: &[u8]) -> Result<SecretString, &'static str> {
    let text = std::str::from_utf8(bytes).map_err(|_| "is not UTF-8")?;
    let line = text.strip_suffix('\n').map_or(text, |line| line.strip_suffix('\r').unwrap_or(line));
    validate(line).map(SecretString::from)
}
