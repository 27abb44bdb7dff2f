//! The session token: opaque, secret, and read from `Set-Cookie` lines.

use std::time::SystemTime;

use http::header::{HeaderMap, HeaderValue, SET_COOKIE};
use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use crate::Error;

/// The cookie that carries the token, both ways (`docs:users:log_on` of the jEPlus wiki).
const COOKIE_NAME: &str = "session_token";

/// What proves a log-on to the service. Opaque; about a day of life, which nothing promises.
#[derive(Clone, Debug)]
pub struct SessionToken(SecretString);

impl SessionToken {
    /// A token that was kept from an earlier session.
    ///
    /// # Errors
    /// [`Error::Invalid`] when the text cannot be a cookie's value.
    pub fn new(token: impl Into<SecretString>) -> Result<Self, Error> {
        let token = token.into();
        let sendable = |c: char| c.is_ascii_graphic() && !matches!(c, ';' | ',' | '"' | '\\');
        let text = token.expose_secret();
        if text.is_empty() || !text.chars().all(sendable) {
            return Err(Error::invalid("this cannot be a session token"));
        }
        Ok(Self(token))
    }

    /// The token itself, to be kept in a safe place.
    #[must_use]
    pub fn secret(&self) -> &SecretString {
        &self.0
    }

    /// The value of the one `Cookie` header that is sent; marked so that no library prints it.
    pub(crate) fn cookie(&self) -> HeaderValue {
        let pair = Zeroizing::new(format!("{COOKIE_NAME}={}", self.0.expose_secret()));
        let mut value = HeaderValue::from_str(&pair).expect("a token has only visible ASCII characters");
        value.set_sensitive(true);
        value
    }
}

/// What an answer says about the token.
#[derive(Debug)]
pub(crate) enum TokenNews {
    /// No `session_token` line: the token stays as it is.
    None,
    /// A new token.
    Fresh(SessionToken),
    /// An empty value, or one that expires at once: there is no token any more.
    Cleared,
    /// A value that no cookie can have.
    Unusable,
}

impl TokenNews {
    /// Reads the `Set-Cookie` lines of an answer. Of several `session_token` lines the last one counts.
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

fn token_line(line: &str) -> Option<TokenNews> {
    let (pair, attributes) = line.split_once(';').unwrap_or((line, ""));
    let (name, value) = pair.split_once('=')?;
    if name.trim() != COOKIE_NAME {
        return None;
    }
    let value = value.trim();
    let value = value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(value);
    Some(if value.is_empty() || expires_at_once(attributes) {
        TokenNews::Cleared
    } else {
        SessionToken::new(value).map_or(TokenNews::Unusable, TokenNews::Fresh)
    })
}

/// `Max-Age` decides where there is one, `Expires` otherwise, as RFC 6265 has it.
fn expires_at_once(attributes: &str) -> bool {
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
        match TokenNews::read(&headers) {
            TokenNews::None => "none".to_owned(),
            TokenNews::Fresh(token) => token.secret().expose_secret().to_owned(),
            TokenNews::Cleared => "cleared".to_owned(),
            TokenNews::Unusable => "unusable".to_owned(),
        }
    }

    #[test]
    fn set_cookie_lines_are_read_as_servers_write_them() {
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
    fn the_token_is_never_printed() {
        let token = SessionToken::new("top-secret").expect("a token");
        assert!(!format!("{token:?} {:?}", token.cookie()).contains("top-secret"));
    }
}
