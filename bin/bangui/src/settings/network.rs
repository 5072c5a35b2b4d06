//! A network in settings; an address is a network of one. IPv4 in IPv6's form is IPv4, as callers' addresses are.

use std::str::FromStr;

use bangui_domain::model::{AddressError, Target};
use ipnet::IpNet;
use serde::{Serialize, Serializer};
use thiserror::Error;

/// A network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Network(pub(crate) IpNet);

/// A text that names no network.
#[derive(Debug, Error)]
#[error("is neither a network such as 172.16.0.0/12 nor an address")]
pub(crate) struct NetworkError;

impl FromStr for Network {
    type Err = NetworkError;

    fn from_str(text: &str) -> Result<Self, NetworkError> {
        match Target::parse(text) {
            Ok(target) => Ok(Self(target.as_net())),
            // Whoever writes the address of an interface with its prefix means the network.
            Err(AddressError::HostBits { network, .. }) => Ok(Self(network)),
            Err(AddressError::NotAnAddress(_)) => Err(NetworkError),
        }
    }
}

impl Serialize for Network {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::Network;

    #[test]
    fn ipv4_in_ipv6s_form_is_ipv4() {
        let read = |text: &str| text.parse::<Network>().map(|network| network.0.to_string()).ok();
        assert_eq!(read("::ffff:10.0.0.1").as_deref(), Some("10.0.0.1/32"));
        assert_eq!(read("::ffff:10.0.0.0/104").as_deref(), Some("10.0.0.0/8"));
        assert_eq!(read("10.0.0.1/8").as_deref(), Some("10.0.0.0/8"));
        assert_eq!(read("FD00::/8").as_deref(), Some("fd00::/8"));
        assert_eq!(read("nginx.example"), None);
    }
}
