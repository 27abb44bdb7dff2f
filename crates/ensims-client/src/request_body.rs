//! The JSON bodies of requests. Each holds a password, so each is wiped from memory when it is dropped.

use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use zeroize::Zeroizing;

use crate::credential::{EnsimsCredential, JessCredential};

pub(crate) type RequestBody = Zeroizing<Vec<u8>>;

#[derive(Serialize)]
struct EnsimsPair<'a> {
    email: &'a str,
    password: &'a str,
}

#[derive(Serialize)]
struct JessPair<'a> {
    #[serde(rename = "jessUser")]
    username: &'a str,
    #[serde(rename = "jessPwd")]
    password: &'a str,
}

/// The body of a log-on or a confirmation.
pub(crate) fn ensims(credential: &EnsimsCredential) -> RequestBody {
    let pair = EnsimsPair { email: credential.email(), password: credential.password().expose_secret() };
    json(&pair, credential.email(), credential.password())
}

/// The body of an update of the JESS session.
pub(crate) fn jess(credential: &JessCredential) -> RequestBody {
    let pair = JessPair { username: credential.username(), password: credential.password().expose_secret() };
    json(&pair, credential.username(), credential.password())
}

/// Reserves room for the longest escapes (`\u0000`), so that the buffer never grows and leaves a copy behind.
fn json(pair: &impl Serialize, name: &str, password: &SecretString) -> RequestBody {
    let longest = 64 + 6 * (name.len() + password.expose_secret().len());
    let mut body = Zeroizing::new(Vec::with_capacity(longest));
    serde_json::to_writer(&mut *body, pair).expect("two texts can always be written as JSON");
    body
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn body_of_control_characters_does_not_grow() {
        let controls = "\u{1}".repeat(1000);
        let credential = EnsimsCredential::new(controls.clone(), controls).expect("a credential");
        let body = ensims(&credential);
        assert_eq!(body.capacity(), 64 + 6 * 2000);
    }
}
