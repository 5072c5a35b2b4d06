//! Who is at the other end: the address, scheme and host that count when there may be proxies in between. A
//! header of a proxy counts only if the proxy is trusted. Headers are bytes: one that is no text spoils itself and nothing else.

mod forwarded;
#[cfg(test)]
mod tests;

use std::net::IpAddr;

use actix_web::HttpRequest;
use actix_web::http::header;
use bangui_session_cache::Client;
use ipnet::IpNet;

use forwarded::{FORWARDED, FORWARDED_FOR, FORWARDED_HOST, FORWARDED_PROTO, REAL_IP, entries};

/// Put by the server with the data of a connection that it has encrypted itself, for [`Proxies`] to know of it.
#[derive(Debug, Clone, Copy)]
pub struct Encrypted;

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

    /// Whether a proxy at this address is trusted.
    pub fn trusts(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.networks.iter().any(|network| network.contains(&address))
    }

    /// Whether the request comes from a trusted proxy. A peer without an address has come by a Unix socket.
    pub(crate) fn trusts_peer(&self, request: &HttpRequest) -> bool {
        request.peer_addr().map_or(self.unix, |peer| self.trusts(peer.ip()))
    }

    /// The caller's address: the peer's, or if that is a trusted proxy, the right-most one of `X-Forwarded-For`
    /// that is not. `None` where it is unknown: over a Unix socket whose peer tells none, and behind a trusted proxy that
    /// tells of a client and not its address.
    pub(crate) fn address(&self, request: &HttpRequest) -> Option<IpAddr> {
        let peer = request.peer_addr().map(|peer| peer.ip().to_canonical());
        if self.trusts_peer(request) { self.forwarded(peer, request) } else { peer }
    }

    /// Walks back from the peer over the addresses that trusted proxies have written down. What stands left of one
    /// that cannot be read is hearsay, and the proxy that wrote it is not the client: then nobody knows who is.
    ///
    /// Only `X-Forwarded-For` is read. A proxy writes one of the headers and passes the others on as the client sent
    /// them, so that to believe any of them would be to believe the client.
    fn forwarded(&self, peer: Option<IpAddr>, request: &HttpRequest) -> Option<IpAddr> {
        let mut nearest = peer;
        let mut told = false;
        for entry in entries(request.headers(), FORWARDED_FOR).rev() {
            let address = forwarded::address(entry)?;
            if !self.trusts(address) {
                return Some(address);
            }
            told = true;
            nearest = Some(address);
        }
        let elsewhere = [FORWARDED, REAL_IP].iter().any(|name| request.headers().contains_key(*name));
        if elsewhere && !told { None } else { nearest }
    }

    /// Whether the caller's own connection was encrypted: the one to this server, or one to a trusted proxy that says so.
    pub(crate) fn over_tls(&self, request: &HttpRequest) -> bool {
        let says_so = || {
            let first = entries(request.headers(), FORWARDED_PROTO).next();
            first.is_some_and(|proto| proto.eq_ignore_ascii_case(b"https"))
        };
        request.conn_data::<Encrypted>().is_some() || (self.trusts_peer(request) && says_so())
    }

    /// Every name under which the request says that the caller reached this server: `Host`, the authority of an absolute
    /// address, and a trusted proxy's `X-Forwarded-Host`. They are bytes as they came.
    pub(crate) fn hosts<'a>(&self, request: &'a HttpRequest) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        let headers = request.headers();
        let host = headers.get_all(header::HOST).map(header::HeaderValue::as_bytes);
        let authority = request.uri().authority().map(|authority| authority.as_str().as_bytes());
        let trusted = self.trusts_peer(request);
        let forwarded = trusted.then(|| entries(headers, FORWARDED_HOST)).into_iter().flatten();
        host.chain(authority).chain(forwarded)
    }

    /// Address and name of the program that asks.
    pub(crate) fn client(&self, request: &HttpRequest) -> Client {
        let user_agent = request.headers().get(header::USER_AGENT);
        let address = self.address(request);
        Client {
            address,
            shared: address.is_some_and(|address| self.trusts(address)),
            user_agent: user_agent.map(|name| String::from_utf8_lossy(name.as_bytes()).into_owned()),
        }
    }
}
