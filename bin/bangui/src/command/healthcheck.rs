//! `bangui healthcheck`: asks the server of this configuration over its own port, so that a container needs no
//! other program for it.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use crate::exit::{ExitCode, Fatal};
use crate::stage::Loaded;

/// The longest that an answer may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// Succeeds if the server answers 200: that fail2ban is online, or, with `live`, that the server runs.
pub(crate) fn run(loaded: &Loaded, live: bool) -> Result<(), Fatal> {
    let Some(address) = loaded.settings().http.listen.first().copied().map(reachable) else {
        return Err(Fatal::new(ExitCode::Config, "http.listen names no address that could be asked."));
    };
    let path = if live { "/api/health/live" } else { "/api/health" };
    let url = format!("http://{address}{path}");
    let agent = ureq::Agent::new_with_config(
        // The server is on this machine: a proxy of the environment would ask another one.
        ureq::config::Config::builder()
            .proxy(None)
            .timeout_global(Some(PATIENCE))
            .http_status_as_error(false)
            .build(),
    );
    let mut answer = agent
        .get(&url)
        .call()
        .map_err(|error| Fatal::new(ExitCode::Failed, format!("{url} does not answer: {error}")))?;
    let body = answer.body_mut().read_to_string().unwrap_or_else(|error| format!("(no body: {error})"));
    if answer.status().is_success() {
        println!("{body}");
        return Ok(());
    }
    Err(Fatal::new(ExitCode::Failed, format!("{url} answers {}: {body}", answer.status())))
}

/// Where a server that listens on `address` can be asked from its own machine.
fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}

#[cfg(test)]
mod tests {
    use super::reachable;

    #[test]
    fn a_server_on_all_addresses_is_asked_on_loopback() {
        let ask = |text: &str| reachable(text.parse().expect("an address")).to_string();
        assert_eq!(ask("0.0.0.0:80"), "127.0.0.1:80");
        assert_eq!(ask("[::]:80"), "[::1]:80");
        assert_eq!(ask("192.0.2.1:80"), "192.0.2.1:80");
    }
}
