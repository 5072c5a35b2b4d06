//! What a person can have banned: a parsed address or network, in its one canonical form.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};
use std::str::FromStr;

use ipnet::{IpNet, ip_mask_to_prefix};
use thiserror::Error;

/// Why a text is not an address or network that may be sent to fail2ban.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum AddressError {
    /// Neither an IPv4 or IPv6 address nor a network in CIDR form.
    #[error(
        "{0:?} is not an IP address or network: write one such as 203.0.113.7, 2001:db8::7 or 203.0.113.0/24"
    )]
    NotAnAddress(String),
    /// A network with bits set behind its prefix; fail2ban would ban the whole network without a word.
    #[error(
        "{given} has bits set behind its prefix: write {network} for the network, or {address} for the one address"
    )]
    HostBits {
        /// The text as given.
        given: String,
        /// The network that it lies in.
        network: IpNet,
        /// The single address.
        address: IpAddr,
    },
}

/// A parsed address or network: the only thing that BanGUI bans.
///
/// IPv4-mapped IPv6 (`::ffff:1.2.3.4`) becomes IPv4, as fail2ban does; a network of one address
/// becomes that address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Target {
    /// One address.
    Address(IpAddr),
    /// A network of more than one address, without host bits.
    Network(IpNet),
}

impl Target {
    /// Parses one address or network; surrounding blanks are refused like any other stray character.
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        if let Ok(address) = text.parse::<IpAddr>() {
            return Ok(Self::Address(address.to_canonical()));
        }
        let bad = || AddressError::NotAnAddress(text.chars().take(100).collect());
        let net: IpNet = text.parse().map_err(|_| bad())?;
        let net = canonical_net(net).ok_or_else(bad)?;
        if net.trunc() != net {
            return Err(AddressError::HostBits {
                given: text.to_owned(),
                network: net.trunc(),
                address: net.addr(),
            });
        }
        if net.prefix_len() == net.max_prefix_len() {
            return Ok(Self::Address(net.addr()));
        }
        Ok(Self::Network(net))
    }

    /// Reads what others wrote, such as an id that a filter took from a log line: also with a netmask for the prefix, in
    /// brackets, and with blanks around it. `None` for anything else, and for a network with host bits.
    pub fn spelled(text: &str) -> Option<Self> {
        if text.chars().any(char::is_control) {
            return None;
        }
        let text = text.trim();
        let text = text.strip_prefix('[').and_then(|inner| inner.strip_suffix(']')).unwrap_or(text);
        let with_mask = || {
            let (base, mask) = text.split_once('/')?;
            let prefix = ip_mask_to_prefix(mask.parse().ok()?).ok()?;
            let base: IpAddr = base.parse().ok()?;
            let same_kind = base.is_ipv4() == mask.parse::<IpAddr>().ok()?.is_ipv4();
            same_kind.then(|| Self::parse(&format!("{base}/{prefix}")).ok())?
        };
        Self::parse(text).ok().or_else(with_mask)
    }

    /// The target as a network; a single address is a /32 or /128.
    pub fn as_net(&self) -> IpNet {
        match self {
            Self::Address(address) => IpNet::from(*address),
            Self::Network(net) => *net,
        }
    }

    /// Whether `address` is this address or lies in this network.
    pub fn contains(&self, address: IpAddr) -> bool {
        self.as_net().contains(&address.to_canonical())
    }

    /// Whether the two have an address in common.
    pub fn overlaps(&self, other: &Self) -> bool {
        let (a, b) = (self.as_net(), other.as_net());
        a.contains(&b) || b.contains(&a)
    }

    /// The networks that this one lies in, narrowest first; not itself.
    pub fn covering(&self) -> impl Iterator<Item = IpNet> + use<> {
        std::iter::successors(self.as_net().supernet(), IpNet::supernet)
    }

    /// First and last address as 32 hex digits each, IPv4 as IPv4-mapped IPv6: their order as text is
    /// the order of the addresses, in every database.
    pub fn key_range(&self) -> (String, String) {
        let net = self.as_net();
        (hex_key(net.network()), hex_key(net.broadcast()))
    }
}

/// `::ffff:a.b.c.d/n` as IPv4; `None` when the prefix is too short to be one IPv4 network.
fn canonical_net(net: IpNet) -> Option<IpNet> {
    let IpNet::V6(v6) = net else { return Some(net) };
    let Some(v4) = v6.addr().to_ipv4_mapped() else { return Some(net) };
    let prefix = v6.prefix_len().checked_sub(96)?;
    IpNet::new(IpAddr::V4(v4), prefix).ok()
}

fn hex_key(address: IpAddr) -> String {
    let v6: Ipv6Addr = match address {
        IpAddr::V4(v4) => v4.to_ipv6_mapped(),
        IpAddr::V6(v6) => v6,
    };
    format!("{:032x}", v6.to_bits())
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address(address) => address.fmt(f),
            Self::Network(net) => net.fmt(f),
        }
    }
}

impl FromStr for Target {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

#[cfg(test)]
mod tests {
    use super::{AddressError, Target};
    use crate::model::BanId;

    fn canonical(text: &str) -> String {
        Target::parse(text).map_or_else(|error| error.to_string(), |target| target.to_string())
    }

    #[test]
    fn spellings_of_one_address_become_one() {
        assert_eq!(canonical("::ffff:1.2.3.4"), "1.2.3.4");
        assert_eq!(canonical("2001:0DB8::DEAD:beef"), "2001:db8::dead:beef");
        assert_eq!(canonical("198.51.100.7/32"), "198.51.100.7");
        assert_eq!(canonical("2001:db8::1/128"), "2001:db8::1");
        assert_eq!(canonical("::ffff:10.0.0.0/104"), "10.0.0.0/8");
        assert_eq!(canonical("10.0.0.0/8"), "10.0.0.0/8");
    }

    #[test]
    fn what_fail2ban_would_swallow_is_refused() {
        for text in [
            "999.1.1.1",
            "",
            " 1.2.3.4",
            "1.2.3.4 ",
            "010.0.0.1",
            "example.com",
            "fe80::1%eth0",
            "203.0.113.0/33",
            "2001:db8::/129",
            "1.2.3.4/x",
            "[::1]",
            "::ffff:10.0.0.0/64",
        ] {
            assert!(matches!(Target::parse(text), Err(AddressError::NotAnAddress(_))), "{text:?}");
        }
    }

    #[test]
    fn what_others_wrote_is_read_in_every_spelling() {
        for (text, canonical) in [
            (" 192.0.2.1\u{a0}", "192.0.2.1"),
            ("[2001:0DB8::1]", "2001:db8::1"),
            ("10.0.0.0/255.0.0.0", "10.0.0.0/8"),
            ("192.0.2.1/255.255.255.255", "192.0.2.1"),
            ("2001:db8::/ffff:ffff::", "2001:db8::/32"),
        ] {
            assert_eq!(Target::spelled(text).map(|target| target.to_string()).as_deref(), Some(canonical));
        }
        for text in
            ["joe", "192.0.2.1\n", "[192.0.2.1", "192.0.2.9/24", "10.0.0.0/255.0.255.0", "10.0.0.0/ffff::"]
        {
            assert_eq!(Target::spelled(text), None, "{text:?}");
        }
    }

    #[test]
    fn host_bits_are_named_with_both_ways_out() {
        let message = canonical("192.0.2.99/24");
        assert!(message.contains("192.0.2.0/24") && message.contains("192.0.2.99 "), "{message}");
    }

    #[test]
    fn an_address_lies_in_every_network_around_it() {
        let covering = |text: &str| -> Vec<String> {
            Target::parse(text).expect("a target").covering().map(|net| net.to_string()).collect()
        };
        let around = covering("203.0.113.7");
        assert_eq!(
            (around.len(), around[0].as_str(), around[7].as_str()),
            (32, "203.0.113.6/31", "203.0.113.0/24")
        );
        assert_eq!(around[31], "0.0.0.0/0");
        assert_eq!(covering("2001:db8::/32").len(), 32);
        assert!(covering("0.0.0.0/0").is_empty());
    }

    #[test]
    fn keys_sort_as_addresses_do() {
        let key = |text: &str| BanId::from_reported(text).sort_key();
        assert!(key("9.9.9.9") < key("10.0.0.0"));
        assert!(key("10.0.0.1") < key("2001:db8::1"));
        assert_eq!(key("not an address"), "");
        let (low, high) = Target::parse("10.0.0.0/8").expect("a network").key_range();
        assert!(low <= key("10.200.0.1") && key("10.200.0.1") <= high && key("11.0.0.0") > high);
    }
}
