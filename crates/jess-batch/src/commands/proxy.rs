//! The proxy that the environment asks for. It is read here because the client reads no environment.

use ensims_client::{ClientBuilder, SecretString, Service};

/// Gives a client the proxy of the job, or else that of the environment, and the hosts that `no_proxy` excludes. This
/// machine's own addresses never get one.
pub(super) fn configure(
    client: ClientBuilder,
    service: &Service,
    of_job: Option<SecretString>,
) -> ClientBuilder {
    if service.is_loopback() {
        return client;
    }
    if let Some(address) = of_job {
        return client.proxy(address);
    }
    let scheme: [&str; 2] = if service.address().starts_with("https:") {
        ["https_proxy", "HTTPS_PROXY"]
    } else {
        ["http_proxy", "HTTP_PROXY"]
    };
    let Some(address) = variable(scheme).or_else(|| variable(["all_proxy", "ALL_PROXY"])) else {
        return client;
    };
    let client = client.proxy(address);
    match variable(["no_proxy", "NO_PROXY"]) {
        Some(hosts) => client.no_proxy(hosts),
        None => client,
    }
}

fn variable(names: [&str; 2]) -> Option<String> {
    names.into_iter().find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()))
}
