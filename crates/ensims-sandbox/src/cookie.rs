//! The session token and the cookie that carries it.

use std::iter::repeat_with;

use http::{HeaderMap, header};

/// The name of the cookie, which is the same on the wiki and in every published client since 2020.
const NAME: &str = "session_token";

const BASE64_URL: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Random text in the form of a JSON Web Token. It contains nothing, because clients must treat it as opaque.
pub(crate) fn new_token() -> String {
    // The total length is close to that of the example tokens in the official notebooks (617 and 641).
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

/// The `Set-Cookie` line that issues a token. Its attributes are usual ones, because the real ones are not documented.
pub(crate) fn carrying(token: &str) -> String {
    format!("{NAME}={token}; Path=/; HttpOnly")
}

/// The `Set-Cookie` line that clears the token. The wiki calls it "void"; here it is empty and expired.
pub(crate) fn cleared() -> String {
    format!("{NAME}=; Path=/; HttpOnly; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT")
}
