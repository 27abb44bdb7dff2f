//! The `Retry-After` header.

use std::time::{Duration, SystemTime};

use http::header::{DATE, HeaderMap, HeaderName, RETRY_AFTER};

/// How long the service asks callers to wait from now, given as seconds or as a date.
///
/// A date is measured from the answer's own `Date`, if it has one, so that a wrong clock on either side does not
/// matter.
pub(crate) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let value = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(Duration::from_secs(value.parse().unwrap_or(u64::MAX)));
    }
    let until = date(headers, RETRY_AFTER)?;
    let from = date(headers, DATE).unwrap_or_else(SystemTime::now);
    Some(until.duration_since(from).unwrap_or(Duration::ZERO))
}

fn date(headers: &HeaderMap, name: HeaderName) -> Option<SystemTime> {
    httpdate::parse_http_date(headers.get(name)?.to_str().ok()?.trim()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retry_after_accepts_seconds_and_dates() {
        let table = [
            (&[("retry-after", "3")][..], Some(3)),
            (&[("retry-after", "0")], Some(0)),
            (&[("retry-after", " 7 ")], Some(7)),
            (&[("retry-after", "99999999999999999999999")], Some(u64::MAX)),
            (&[("retry-after", "-1")], None),
            (&[("retry-after", "1.5")], None),
            (&[("retry-after", "soon")], None),
            (&[], None),
            (
                &[
                    ("retry-after", "Sun, 06 Nov 1994 08:49:37 GMT"),
                    ("date", "Sun, 06 Nov 1994 08:49:30 GMT"),
                ],
                Some(7),
            ),
            (&[("retry-after", "Sun, 06 Nov 1994 08:49:37 GMT")], Some(0)),
        ];
        for (headers, seconds) in table {
            let mut map = HeaderMap::new();
            for (name, value) in headers {
                map.insert(*name, value.parse().expect("a header value"));
            }
            assert_eq!(retry_after(&map), seconds.map(Duration::from_secs), "{headers:?}");
        }
    }
}
