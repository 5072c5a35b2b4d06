//! The names of this server. A page of another site can have its own name lead to this server's address (DNS rebinding),
//! and the browser then takes both for one site. The name that it asked for still stands in the request, and is not ours.

mod name;

use std::net::{Ipv4Addr, Ipv6Addr};

pub use name::{HostName, HostNameError};

/// What a request may call this server.
#[derive(Debug, Clone, Default)]
pub struct Hosts {
    names: Vec<HostName>,
}

impl Hosts {
    /// These names, besides every address and the names of loopback: nobody can make those lead elsewhere.
    pub fn new(names: impl IntoIterator<Item = HostName>) -> Self {
        Self { names: names.into_iter().collect() }
    }

    /// Whether `host`, a name or an address with or without a port, is a name of this server.
    pub(crate) fn know(&self, host: &[u8]) -> bool {
        let Some(name) = std::str::from_utf8(host).ok().and_then(without_port) else { return false };
        match name {
            Name::Address => true,
            Name::Text(text) => text.parse::<HostName>().is_ok_and(|name| {
                let text = name.as_str();
                text == "localhost" || text.ends_with(".localhost") || self.names.contains(&name)
            }),
        }
    }
}

enum Name<'a> {
    Address,
    Text(&'a str),
}

fn without_port(host: &str) -> Option<Name<'_>> {
    let is_port = |port: &str| port.bytes().all(|byte| byte.is_ascii_digit());
    if let Some(rest) = host.strip_prefix('[') {
        let (address, port) = rest.split_once(']')?;
        let whole = port.is_empty() || port.strip_prefix(':').is_some_and(is_port);
        return (whole && address.parse::<Ipv6Addr>().is_ok()).then_some(Name::Address);
    }
    let name = match host.split_once(':') {
        Some((name, port)) if is_port(port) => name,
        Some(_) => return None,
        None => host,
    };
    match name.parse::<Ipv4Addr>() {
        Ok(_) => Some(Name::Address),
        Err(_) if name.is_empty() => None,
        Err(_) => Some(Name::Text(name)),
    }
}

#[cfg(test)]
mod tests {
    use super::Hosts;

    #[test]
    fn addresses_and_loopback_are_known_by_themselves() {
        let hosts = Hosts::default();
        for host in [
            "127.0.0.1",
            "192.0.2.7:8686",
            "[::1]",
            "[2001:db8::1]:8686",
            "localhost",
            "LocalHost:8686",
            "localhost.",
            "ban.localhost:1",
        ] {
            assert!(hosts.know(host.as_bytes()), "{host}");
        }
    }

    #[test]
    fn other_names_are_known_when_they_were_named() {
        let hosts = Hosts::new(["Ban.Example", "bangui"].map(|name| name.parse().expect("a name")));
        for host in ["ban.example", "BAN.example:443", "ban.example.", "bangui:8686"] {
            assert!(hosts.know(host.as_bytes()), "{host}");
            assert!(!Hosts::default().know(host.as_bytes()), "{host}");
        }
        let strange: [&[u8]; 13] = [
            b"evil.example",
            b"a.ban.example",
            b"ban.example.evil.example",
            b"evil-ban.example",
            b"127.0.0.1.evil.example",
            b"localhost.evil.example",
            b"notlocalhost",
            b"::1",
            b"[::1",
            b"[::1]x",
            b"ban.example:80:80",
            b"",
            b"ban.example\xff",
        ];
        for host in strange {
            assert!(!hosts.know(host), "{}", String::from_utf8_lossy(host));
        }
    }
}
