//! The session token and the cookie that carries it.

use std::iter::repeat_with;

use http::{HeaderMap, header};

/// The cookie's name, the same on the wiki and in every published client since 2020.
const NAME: &str = "session_token";

const BASE64_URL: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Random text in the form of a JSON Web Token; nothing can be read from it, as nothing should be.
pub(crate) fn new_token() -> String {
    // The lengths are near those of the example tokens in the official notebooks (617 and 641 in all).
    format!("eyJ{}.eyJ{}.{}", random_text(33), random_text(217), random_text(342))
}

fn random_text(length: usize) -> String {
    repeat_with(|| char::from(BASE64_URL[fastrand::usize(..BASE64_URL.len())])).take(length).collect()
}

/// The token of a request, if it has one.
pub(crate) fn token_in(headers: &HeaderMap) -> Option<&str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.split_once('='))
        .find(|(name, _)| name.trim() == NAME)
        .map(|(_, value)| value.trim())
}

/// The line that hands out a token. The real attributes are not documented; these are usual ones.
pub(crate) fn carrying(token: &str) -> String {
    format!("{NAME}={token}; Path=/; HttpOnly")
}

/// The line that takes the token back. "Void" on the wiki: here both empty and out of date.
pub(crate) fn cleared() -> String {
    format!("{NAME}=; Path=/; HttpOnly; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT")
}
