//! The session token, which is opaque and secret, and is read from `Set-Cookie` lines.

use std::time::SystemTime;

use http::header::{HeaderMap, HeaderValue, SET_COOKIE};
use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use crate::error::Error;

/// The cookie that carries the token in both directions (`docs:users:log_on` of the jEPlus wiki).
const COOKIE_NAME: &str = "session_token";

/// The proof of a log-on to the service.
///
/// It is opaque. Published examples are valid for a day, but nothing guarantees that. `Debug` does not show it.
#[derive(Clone, Debug)]
pub struct SessionToken(SecretString);

impl SessionToken {
    /// Makes a token of the text that was kept from an earlier session.
    ///
    /// # Errors
    /// [`Error::Invalid`] if the text cannot be the value of a cookie.
    pub fn new(token: impl Into<SecretString>) -> Result<Self, Error> {
        let token = token.into();
        let sendable = |c: char| c.is_ascii_graphic() && !matches!(c, ';' | ',' | '"' | '\\');
        let text = token.expose_secret();
        if text.is_empty() || !text.chars().all(sendable) {
            return Err(Error::invalid("this cannot be a session token"));
        }
        Ok(Self(token))
    }

    /// The text of the token, to be kept in a safe place.
    #[must_use]
    pub fn secret(&self) -> &SecretString {
        &self.0
    }

    /// The value of the `Cookie` header, marked as sensitive so that no library prints it.
    pub(crate) fn cookie(&self) -> HeaderValue {
        let pair = Zeroizing::new(format!("{COOKIE_NAME}={}", self.0.expose_secret()));
        let mut value = HeaderValue::from_str(&pair).expect("a token has only visible ASCII characters");
        value.set_sensitive(true);
        value
    }
}

/// What an answer does to the token.
#[derive(Debug)]
pub(crate) enum TokenChange {
    /// Nothing: it has no `session_token` line.
    None,
    /// It brings a fresh one.
    Fresh(SessionToken),
    /// It clears the token, with an empty value or one that has expired.
    Cleared,
    /// It brings a value that cannot be sent back.
    Unusable,
}

impl TokenChange {
    /// Reads the `Set-Cookie` lines of an answer. The last `session_token` line counts.
    pub(crate) fn read(headers: &HeaderMap) -> Self {
        headers
            .get_all(SET_COOKIE)
            .iter()
            .filter_map(|line| std::str::from_utf8(line.as_bytes()).ok())
            .filter_map(token_line)
            .next_back()
            .unwrap_or(Self::None)
    }
}

fn token_line(line: &str) -> Option<TokenChange> {
    let (pair, attributes) = line.split_once(';').unwrap_or((line, ""));
    let (name, value) = pair.split_once('=')?;
    if name.trim() != COOKIE_NAME {
        return None;
    }
    let value = value.trim();
    let value = value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(value);
    Some(if value.is_empty() || has_expired(attributes) {
        TokenChange::Cleared
    } else {
        SessionToken::new(value).map_or(TokenChange::Unusable, TokenChange::Fresh)
    })
}

/// Whether a cookie has expired already. `Max-Age` takes precedence over `Expires` (RFC 6265).
fn has_expired(attributes: &str) -> bool {
    let attribute = |wanted: &str| {
        attributes.split(';').filter_map(|part| part.split_once('=')).find_map(|(name, value)| {
            name.trim().eq_ignore_ascii_case(wanted).then(|| value.trim().to_owned())
        })
    };
    if let Some(seconds) = attribute("max-age").and_then(|value| value.parse::<i128>().ok()) {
        return seconds <= 0;
    }
    // Java servers write the date with hyphens ("Thu, 01-Jan-1970 00:00:10 GMT").
    attribute("expires")
        .and_then(|date| httpdate::parse_http_date(&date.replace('-', " ")).ok())
        .is_some_and(|date| date <= SystemTime::now())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(lines: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(SET_COOKIE, line.parse().expect("a header value"));
        }
        match TokenChange::read(&headers) {
            TokenChange::None => "none".to_owned(),
            TokenChange::Fresh(token) => token.secret().expose_secret().to_owned(),
            TokenChange::Cleared => "cleared".to_owned(),
            TokenChange::Unusable => "unusable".to_owned(),
        }
    }

    #[test]
    fn set_cookie_in_every_form_gives_the_right_change() {
        let table: &[(&[&str], &str)] = &[
            (&[], "none"),
            (&["session_token=a.b.c"], "a.b.c"),
            (&["session_token=a.b.c; Path=/; HttpOnly"], "a.b.c"),
            (&[" session_token = a.b.c ;Path=/"], "a.b.c"),
            (&["session_token=\"a.b.c\"; Path=/"], "a.b.c"),
            (&["session_token=a=b=="], "a=b=="),
            (&["session_token=old", "session_token=new"], "new"),
            (&["session_token=new", "other=1"], "new"),
            (&["session_token=old", "session_token="], "cleared"),
            (&["session_token=; Path=/"], "cleared"),
            (&["session_token=\"\""], "cleared"),
            (&["session_token=a; Max-Age=0"], "cleared"),
            (&["session_token=a; max-age=-1"], "cleared"),
            (&["session_token=a; Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:10 GMT"], "a"),
            (&["session_token=a; Expires=Thu, 01 Jan 1970 00:00:10 GMT"], "cleared"),
            (&["session_token=a; Expires=Thu, 01-Jan-1970 00:00:10 GMT"], "cleared"),
            (&["session_token=a; Expires=Fri, 01 Jan 2100 00:00:00 GMT"], "a"),
            (&["session_token=a; Expires=soon"], "a"),
            (&["Session_Token=a"], "none"),
            (&["session_tokens=a"], "none"),
            (&["session_token"], "none"),
            (&["session_token=a b"], "unusable"),
        ];
        for (lines, expected) in table {
            assert_eq!(read(lines), *expected, "{lines:?}");
        }
    }

    #[test]
    fn token_debug_does_not_show_it() {
        let token = SessionToken::new("top-secret").expect("a token");
        assert!(!format!("{token:?} {:?}", token.cookie()).contains("top-secret"));
    }
}
