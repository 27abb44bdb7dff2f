//! The proxy that the environment asks for, read here because the client reads no environment.

use ensims_client::{SecretString, Service};
use url::Url;

/// The proxy for this service: none for this machine's own addresses, and none for hosts in `no_proxy`.
pub(super) fn from_environment(service: &Service) -> Option<SecretString> {
    let variable = |names: [&str; 2]| {
        names.iter().find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()))
    };
    let address = Url::parse(service.address()).ok()?;
    let excluded = variable(["no_proxy", "NO_PROXY"]).unwrap_or_default();
    if service.is_loopback() || is_excluded(address.host_str()?, &excluded) {
        return None;
    }
    let own = match address.scheme() {
        "https" => variable(["https_proxy", "HTTPS_PROXY"]),
        _ => variable(["http_proxy", "HTTP_PROXY"]),
    };
    own.or_else(|| variable(["all_proxy", "ALL_PROXY"])).map(SecretString::from)
}

/// Whether a comma-separated list holds the host, a domain that it is in, or `*`.
fn is_excluded(host: &str, list: &str) -> bool {
    let host = host.to_ascii_lowercase();
    list.split(',').map(|entry| entry.trim().to_ascii_lowercase()).any(|entry| {
        let domain = entry.trim_start_matches('.');
        entry == "*"
            || (!domain.is_empty() && host == domain)
            || host.strip_suffix(domain).is_some_and(|rest| !domain.is_empty() && rest.ends_with('.'))
    })
}

#[cfg(test)]
mod tests {
    use super::is_excluded;

    #[test]
    fn hosts_in_no_proxy_are_excluded() {
        let table = [
            ("api.uni.example", "", false),
            ("api.uni.example", "*", true),
            ("api.uni.example", "api.uni.example", true),
            ("api.uni.example", "other.example, UNI.example", true),
            ("api.uni.example", ".uni.example", true),
            ("api.uni.example", "ni.example", false),
            ("api.uni.example", ",", false),
        ];
        for (host, list, expected) in table {
            assert_eq!(is_excluded(host, list), expected, "{host} in {list:?}");
        }
    }
}
