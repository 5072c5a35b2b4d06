//! Names of addresses, asked of name servers. A name counts only if it leads back to the address, since whoever holds an
//! address may give it any name. Knows no store and remembers no more than the servers allow.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use async_trait::async_trait;
use bangui_domain::ports::{HostNames, NamesError};
use hickory_resolver::TokioResolver;
use hickory_resolver::config::{ConnectionConfig, NameServerConfig, ResolveHosts, ResolverConfig};
use hickory_resolver::lookup::Lookup;
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::net::{DnsError, NetError};
use hickory_resolver::proto::rr::{Name, RData};
use thiserror::Error;

use crate::atlas::is_public;

/// How long a server may take to answer, and how often it is asked.
const PATIENCE: Duration = Duration::from_secs(2);
const ATTEMPTS: usize = 2;
/// How long a name, with its way back, may take in all.
const IN_ALL: Duration = Duration::from_secs(8);
/// So many names of one address are followed; a holder may list thousands.
const MOST_NAMES: usize = 3;

/// Name servers that cannot be asked.
#[derive(Debug, Error)]
#[error("name servers cannot be asked: {0}")]
pub struct NameServersError(#[from] NetError);

/// Asks name servers.
pub struct NameServers {
    resolver: TokioResolver,
}

impl NameServers {
    /// Asks `servers`, or those of this machine (`/etc/resolv.conf`) if there are none.
    pub fn new(servers: &[SocketAddr]) -> Result<Self, NameServersError> {
        let mut builder = if servers.is_empty() {
            TokioResolver::builder_tokio()?
        } else {
            let servers = servers.iter().map(server).collect();
            let config = ResolverConfig::from_parts(None, Vec::new(), servers);
            TokioResolver::builder_with_config(config, TokioRuntimeProvider::default())
        };
        let options = builder.options_mut();
        options.timeout = PATIENCE;
        options.attempts = ATTEMPTS;
        // What this machine calls an address in a file of its own is nobody else's name.
        options.use_hosts_file = ResolveHosts::Never;
        Ok(Self { resolver: builder.build()? })
    }

    async fn confirmed(&self, address: IpAddr) -> Result<Option<String>, NetError> {
        let Some(names) = told(self.resolver.reverse_lookup(address).await)? else { return Ok(None) };
        let names = names.answers().iter().filter_map(|record| match &record.data {
            RData::PTR(name) => Some(&name.0),
            _ => None,
        });
        let mut failed = None;
        for name in names.take(MOST_NAMES) {
            let Some(text) = host_name(name) else { continue };
            let back = match address {
                IpAddr::V4(_) => self.resolver.ipv4_lookup(name.clone()).await,
                IpAddr::V6(_) => self.resolver.ipv6_lookup(name.clone()).await,
            };
            match told(back) {
                Ok(Some(back)) if leads_to(&back, address) => return Ok(Some(text)),
                Ok(_) => {}
                Err(error) => failed = Some(error),
            }
        }
        failed.map_or(Ok(None), Err)
    }
}

#[async_trait]
impl HostNames for NameServers {
    async fn name(&self, address: IpAddr) -> Result<Option<String>, NamesError> {
        if !is_public(address) {
            return Ok(None);
        }
        let failed = |reason: String| NamesError { address, reason };
        match tokio::time::timeout(IN_ALL, self.confirmed(address)).await {
            Ok(Ok(name)) => Ok(name),
            Ok(Err(error)) => Err(failed(error.to_string())),
            Err(_) => Err(failed(format!("it took longer than {} s", IN_ALL.as_secs()))),
        }
    }
}

fn server(address: &SocketAddr) -> NameServerConfig {
    let connections = [ConnectionConfig::udp(), ConnectionConfig::tcp()].map(|mut connection| {
        connection.port = address.port();
        connection
    });
    NameServerConfig::new(address.ip(), true, connections.into())
}

/// What was answered; `None` if that is that there is nothing. A refusal, or a server that failed, is an answer too: the
/// holder of the address has not set it up.
fn told(answer: Result<Lookup, NetError>) -> Result<Option<Lookup>, NetError> {
    match answer {
        Ok(lookup) => Ok(Some(lookup)),
        Err(NetError::Dns(DnsError::NoRecordsFound(_) | DnsError::ResponseCode(_)) | NetError::Proto(_)) => {
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

fn leads_to(lookup: &Lookup, address: IpAddr) -> bool {
    lookup.answers().iter().any(|record| match &record.data {
        RData::A(found) => IpAddr::V4(found.0) == address,
        RData::AAAA(found) => IpAddr::V6(found.0) == address,
        _ => false,
    })
}

/// The name as a text, if it is one that a host may have (RFC 1123, and the underscore that is in use): it will be shown
/// to people, and has come from a stranger.
fn host_name(name: &Name) -> Option<String> {
    let allowed = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let labels: Option<Vec<String>> = name
        .iter()
        .map(|label| label.iter().all(allowed).then(|| String::from_utf8_lossy(label).to_ascii_lowercase()))
        .collect();
    labels.map(|labels| labels.join(".")).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use hickory_resolver::proto::rr::Name;

    use super::host_name;

    #[test]
    fn only_what_a_host_may_be_called_is_a_name() {
        let name = |labels: &[&[u8]]| host_name(&Name::from_labels(labels.to_vec()).expect("a name"));
        assert_eq!(name(&[b"Host-1", b"_x", b"Example", b"NET"]).as_deref(), Some("host-1._x.example.net"));
        for label in [&b"<script>"[..], b"a b", b"a.b", b"\x1b[2J", b"\xe2\x80\xae", b"a\0", b"'"] {
            assert_eq!(name(&[label, b"example", b"net"]), None, "{label:?}");
        }
        assert_eq!(host_name(&Name::root()), None);
    }
}
