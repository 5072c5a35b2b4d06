//! Who is at the other end: the address, scheme and host that count when there may be proxies in between. A
//! header of a proxy counts only if the proxy is trusted.

use std::net::{IpAddr, SocketAddr};

use actix_web::HttpRequest;
use actix_web::http::header::{self, HeaderMap};
use bangui_session_cache::Client;
use ipnet::IpNet;

const FORWARDED_FOR: &str = "x-forwarded-for";
const FORWARDED_PROTO: &str = "x-forwarded-proto";
const FORWARDED_HOST: &str = "x-forwarded-host";

/// The proxies whose word counts.
#[derive(Debug, Clone, Default)]
pub struct Proxies {
    networks: Vec<IpNet>,
    unix: bool,
}

impl Proxies {
    /// Those in these networks, and with `unix` whoever comes by a Unix socket.
    pub fn new(networks: Vec<IpNet>, unix: bool) -> Self {
        Self { networks, unix }
    }

    fn trusts(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.networks.iter().any(|network| network.contains(&address))
    }

    /// Whether the request comes from a trusted proxy. A peer without an address has come by a Unix socket.
    pub(crate) fn trusts_peer(&self, request: &HttpRequest) -> bool {
        request.peer_addr().map_or(self.unix, |peer| self.trusts(peer.ip()))
    }

    /// The caller's address: the peer's, or if that is a trusted proxy, the right-most one of `X-Forwarded-For`
    /// that is not. `None` over a Unix socket, unless a proxy there is trusted and tells one.
    pub(crate) fn address(&self, request: &HttpRequest) -> Option<IpAddr> {
        let peer = request.peer_addr().map(|peer| peer.ip().to_canonical());
        if self.trusts_peer(request) { self.forwarded(peer, request.headers()) } else { peer }
    }

    /// Walks back from the peer over the addresses that trusted proxies have written down. Stops at one that
    /// cannot be read, since what stands left of it is hearsay.
    fn forwarded(&self, peer: Option<IpAddr>, headers: &HeaderMap) -> Option<IpAddr> {
        let mut nearest = peer;
        let lines: Vec<&str> = headers.get_all(FORWARDED_FOR).filter_map(|line| line.to_str().ok()).collect();
        for entry in lines.iter().rev().flat_map(|line| line.rsplit(',')) {
            let Some(address) = parse_entry(entry.trim()) else { return nearest };
            nearest = Some(address);
            if !self.trusts(address) {
                return nearest;
            }
        }
        nearest
    }

    /// Whether the caller's own connection was encrypted: the one to this server, or one to a trusted proxy that says so.
    pub(crate) fn over_tls(&self, request: &HttpRequest) -> bool {
        let proto = first_entry(request.headers(), FORWARDED_PROTO);
        let forwarded =
            self.trusts_peer(request) && proto.is_some_and(|proto| proto.eq_ignore_ascii_case("https"));
        forwarded || request.app_config().secure()
    }

    /// The names under which the caller reached this server: `Host`, and a trusted proxy's `X-Forwarded-Host`.
    pub(crate) fn hosts<'a>(&self, request: &'a HttpRequest) -> impl Iterator<Item = &'a str> + use<'a> {
        let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
        let authority = request.uri().authority().map(actix_web::http::uri::Authority::as_str);
        let forwarded =
            self.trusts_peer(request).then(|| first_entry(request.headers(), FORWARDED_HOST)).flatten();
        [host, authority, forwarded].into_iter().flatten()
    }

    /// Address and name of the program that asks.
    pub(crate) fn client(&self, request: &HttpRequest) -> Client {
        let user_agent = request.headers().get(header::USER_AGENT);
        Client {
            address: self.address(request),
            user_agent: user_agent.map(|name| String::from_utf8_lossy(name.as_bytes()).into_owned()),
        }
    }
}

fn first_entry<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()?.split(',').next().map(str::trim)
}

/// An address with or without a port.
fn parse_entry(entry: &str) -> Option<IpAddr> {
    let address = entry.parse::<IpAddr>().ok();
    let with_port = || entry.parse::<SocketAddr>().ok().map(|socket| socket.ip());
    let bracketed = || entry.strip_prefix('[')?.strip_suffix(']')?.parse::<IpAddr>().ok();
    address.or_else(with_port).or_else(bracketed).map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::Proxies;
    use actix_web::test::TestRequest;

    fn address(peer: &str, forwarded: &[&str]) -> String {
        let proxies = Proxies::new(vec!["10.0.0.0/8".parse().unwrap(), "fd00::/8".parse().unwrap()], false);
        let peer = format!("{peer}:4711").parse().unwrap();
        let mut request = TestRequest::default().peer_addr(peer);
        for line in forwarded {
            request = request.append_header(("x-forwarded-for", *line));
        }
        proxies.address(&request.to_http_request()).unwrap().to_string()
    }

    #[test]
    fn a_strangers_header_is_hearsay() {
        assert_eq!(address("192.0.2.1", &["198.51.100.1"]), "192.0.2.1");
        assert_eq!(address("[2001:db8::1]", &["198.51.100.1"]), "2001:db8::1");
    }

    #[test]
    fn the_rightmost_address_that_is_no_proxy_counts() {
        assert_eq!(address("10.0.0.1", &["198.51.100.1"]), "198.51.100.1");
        assert_eq!(address("10.0.0.1", &["203.0.113.66, 198.51.100.1"]), "198.51.100.1");
        assert_eq!(address("10.0.0.1", &["203.0.113.66, 198.51.100.1, 10.9.9.9"]), "198.51.100.1");
        assert_eq!(address("10.0.0.1", &["203.0.113.66", "198.51.100.1,10.9.9.9"]), "198.51.100.1");
        assert_eq!(address("[::ffff:10.0.0.1]", &["::ffff:198.51.100.1"]), "198.51.100.1");
        assert_eq!(address("[fd00::1]", &["[2001:db8::7]:443"]), "2001:db8::7");
        assert_eq!(address("10.0.0.1", &["198.51.100.1:5555"]), "198.51.100.1");
    }

    #[test]
    fn behind_what_cannot_be_read_nothing_counts() {
        assert_eq!(address("10.0.0.1", &[]), "10.0.0.1");
        assert_eq!(address("10.0.0.1", &["unknown"]), "10.0.0.1");
        assert_eq!(address("10.0.0.1", &["198.51.100.1, unknown, 10.0.0.2"]), "10.0.0.2");
        assert_eq!(address("10.0.0.1", &["10.0.0.3, 10.0.0.2"]), "10.0.0.3");
    }

    #[test]
    fn a_unix_socket_has_no_address_but_what_a_trusted_proxy_tells() {
        let request = || TestRequest::default().insert_header(("x-forwarded-for", "203.0.113.1, 192.0.2.1"));
        assert_eq!(Proxies::default().address(&request().to_http_request()), None);
        let trusting = Proxies::new(Vec::new(), true);
        assert_eq!(trusting.address(&request().to_http_request()), Some("192.0.2.1".parse().unwrap()));
        assert_eq!(trusting.address(&TestRequest::default().to_http_request()), None);
        let proto = TestRequest::default().insert_header(("x-forwarded-proto", "https"));
        assert!(trusting.over_tls(&proto.to_http_request()));
    }

    #[test]
    fn only_a_trusted_proxy_tells_the_scheme() {
        let proxies = Proxies::new(vec!["10.0.0.0/8".parse().unwrap()], true);
        let tls = |peer: &str, proto: &str| {
            let peer = peer.parse().unwrap();
            let request = TestRequest::default().peer_addr(peer).insert_header(("x-forwarded-proto", proto));
            proxies.over_tls(&request.to_http_request())
        };
        assert!(tls("10.0.0.1:1", "https"));
        assert!(tls("10.0.0.1:1", "HTTPS, http"));
        assert!(!tls("10.0.0.1:1", "http"));
        assert!(!tls("192.0.2.1:1", "https"));
    }
}
