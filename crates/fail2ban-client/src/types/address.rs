//! What can be banned: an address or a network, in the one spelling that fail2ban itself uses.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use thiserror::Error;

/// An address or a network. Canonical: an IPv4-mapped IPv6 address is IPv4, a network of one address is that address,
/// and no bits are set behind the prefix. Its text is the one under which fail2ban lists it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Address {
    base: IpAddr,
    prefix: u8,
}

/// Why a text is no address.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum AddressError {
    /// Neither an address nor a network.
    #[error(
        "{text:?} is neither an IP address nor a network; write 192.0.2.1, 2001:db8::1, 192.0.2.0/24 or 2001:db8::/32"
    )]
    Unreadable {
        /// The text, cut to a readable length.
        text: String,
    },
    /// The prefix is no number or too long for the family.
    #[error("{text:?} has no valid prefix length; it is a number from 0 to {max}")]
    Prefix {
        /// The text, cut to a readable length.
        text: String,
        /// The longest prefix of this family.
        max: u8,
    },
    /// Bits are set behind the prefix: one address or the whole network may be meant.
    #[error(
        "{text:?} is an address within a network; write {network} for the network or {address} for the address"
    )]
    HostBits {
        /// The text.
        text: String,
        /// The network in which it lies.
        network: Address,
        /// The single address.
        address: IpAddr,
    },
}

impl Address {
    /// A network, or a single address when the prefix covers one.
    ///
    /// # Errors
    /// The prefix is too long, or bits are set behind it.
    pub fn network(base: IpAddr, prefix: u8) -> Result<Self, AddressError> {
        let text = || format!("{base}/{prefix}");
        if prefix > bits(base) {
            return Err(AddressError::Prefix { text: text(), max: bits(base) });
        }
        let (base, prefix) = match base {
            IpAddr::V6(six) if prefix >= 96 => match six.to_ipv4_mapped() {
                Some(four) => (IpAddr::V4(four), prefix - 96),
                None => (base, prefix),
            },
            _ => (base, prefix),
        };
        let network = Self { base: masked(base, prefix), prefix };
        if network.base == base {
            Ok(network)
        } else {
            Err(AddressError::HostBits { text: text(), network, address: base })
        }
    }

    /// The address, or the first address of the network.
    pub fn base(&self) -> IpAddr {
        self.base
    }

    /// The prefix length; 32 or 128 for a single address.
    pub fn prefix(&self) -> u8 {
        self.prefix
    }

    /// The single address; `None` for a network.
    pub fn single(&self) -> Option<IpAddr> {
        (self.prefix == bits(self.base)).then_some(self.base)
    }

    /// Whether this address lies in the network, or is the address.
    pub fn contains(&self, ip: IpAddr) -> bool {
        let ip = ip.to_canonical();
        bits(ip) == bits(self.base) && masked(ip, self.prefix) == self.base
    }

    /// Whether all of the other lies within this network. An address or network covers itself.
    pub fn covers(&self, other: &Self) -> bool {
        self.prefix <= other.prefix && self.contains(other.base)
    }

    /// The network of this prefix length around it; itself, where that is no wider.
    #[must_use]
    pub fn widened(&self, prefix: u8) -> Self {
        let prefix = prefix.min(self.prefix);
        Self { base: masked(self.base, prefix), prefix }
    }
}

fn bits(ip: IpAddr) -> u8 {
    match ip {
        IpAddr::V4(_) => 32,
        IpAddr::V6(_) => 128,
    }
}

fn masked(ip: IpAddr, prefix: u8) -> IpAddr {
    match ip {
        IpAddr::V4(four) => {
            let mask = u32::MAX.checked_shl(u32::from(32 - prefix.min(32))).unwrap_or(0);
            IpAddr::V4(Ipv4Addr::from_bits(four.to_bits() & mask))
        }
        IpAddr::V6(six) => {
            let mask = u128::MAX.checked_shl(u32::from(128 - prefix.min(128))).unwrap_or(0);
            IpAddr::V6(Ipv6Addr::from_bits(six.to_bits() & mask))
        }
    }
}

impl From<Ipv4Addr> for Address {
    fn from(address: Ipv4Addr) -> Self {
        Self::from(IpAddr::from(address))
    }
}

impl From<Ipv6Addr> for Address {
    fn from(address: Ipv6Addr) -> Self {
        Self::from(IpAddr::from(address))
    }
}

impl From<IpAddr> for Address {
    fn from(ip: IpAddr) -> Self {
        let base = ip.to_canonical();
        Self { base, prefix: bits(base) }
    }
}

impl FromStr for Address {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        let short = || text.chars().take(80).collect::<String>();
        let (base, prefix) = text.split_once('/').map_or((text, None), |(base, prefix)| (base, Some(prefix)));
        let base: IpAddr = base.parse().map_err(|_| AddressError::Unreadable { text: short() })?;
        let Some(prefix) = prefix else { return Ok(base.into()) };
        let digits = !prefix.is_empty() && prefix.bytes().all(|byte| byte.is_ascii_digit());
        let number = prefix.parse::<u8>().ok().filter(|number| digits && *number <= bits(base));
        let number = number.ok_or_else(|| AddressError::Prefix { text: short(), max: bits(base) })?;
        Self::network(base, number)
    }
}

impl fmt::Display for Address {
    /// As the C library prints it, and so fail2ban: an IPv6 address whose first 96 bits are zero ends in the IPv4
    /// notation, which Rust prints in hexadecimal.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.base {
            IpAddr::V6(six) if six.to_bits() >> 32 == 0 && six.to_bits() > 0xffff => {
                let low = u32::try_from(six.to_bits()).unwrap_or_default();
                write!(f, "::{}", Ipv4Addr::from_bits(low))?;
            }
            other => write!(f, "{other}")?,
        }
        if self.prefix == bits(self.base) { Ok(()) } else { write!(f, "/{}", self.prefix) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_become_one() {
        for (text, canonical) in [
            ("192.0.2.1", "192.0.2.1"),
            ("::ffff:1.2.3.4", "1.2.3.4"),
            ("::FFFF:0102:0304", "1.2.3.4"),
            ("::ffff:10.0.0.0/104", "10.0.0.0/8"),
            ("10.0.0.0/8", "10.0.0.0/8"),
            ("192.0.2.1/32", "192.0.2.1"),
            ("2001:0DB8::DEAD:beef", "2001:db8::dead:beef"),
            ("2001:db8::1/128", "2001:db8::1"),
            ("2001:db8::/32", "2001:db8::/32"),
            ("::1.2.3.4", "::1.2.3.4"),
            ("::1", "::1"),
            ("::ffff", "::ffff"),
            ("::1:0", "::0.1.0.0"),
            ("0.0.0.0/0", "0.0.0.0/0"),
            ("::/0", "::/0"),
        ] {
            assert_eq!(text.parse::<Address>().unwrap().to_string(), canonical, "{text}");
        }
    }

    #[test]
    fn what_fail2ban_would_take_for_something_else_is_refused() {
        for text in [
            "",
            " 1.2.3.4",
            "1.2.3.4 ",
            "999.1.1.1",
            "010.0.0.1",
            "1.2.3",
            "example.com",
            "fe80::1%eth0",
            "[::1]",
            "10.0.0.0/255.0.0.0",
            "10.0.0.0/33",
            "10.0.0.0/",
            "10.0.0.0/+8",
            "10.0.0.0/8/8",
            "2001:db8::/129",
            "/8",
            "not an ip; rm",
            "1.2.3.4\n",
        ] {
            assert!(text.parse::<Address>().is_err(), "{text:?}");
        }
    }

    #[test]
    fn host_bits_are_refused_with_both_readings() {
        let error = "192.0.2.99/24".parse::<Address>().unwrap_err();
        assert_eq!(
            error.to_string(),
            "\"192.0.2.99/24\" is an address within a network; write 192.0.2.0/24 for the network or 192.0.2.99 for the address"
        );
    }

    #[test]
    fn long_text_is_cut_in_the_message() {
        let error = "x".repeat(100_000).parse::<Address>().unwrap_err();
        assert!(error.to_string().len() < 400);
    }

    #[test]
    fn membership() {
        let net: Address = "192.0.2.0/24".parse().unwrap();
        assert!(net.contains("192.0.2.255".parse().unwrap()));
        assert!(net.contains("::ffff:192.0.2.1".parse().unwrap()));
        assert!(!net.contains("192.0.3.0".parse().unwrap()));
        assert!(!net.contains("::1".parse().unwrap()));
        assert_eq!(net.single(), None);
        for (other, covered) in [
            ("192.0.2.0/24", true),
            ("192.0.2.128/25", true),
            ("192.0.2.7", true),
            ("192.0.0.0/16", false),
            ("192.0.3.0/25", false),
            ("::/0", false),
        ] {
            assert_eq!(net.covers(&other.parse().unwrap()), covered, "{other}");
        }
        assert!(!"::/0".parse::<Address>().unwrap().covers(&net));
        assert_eq!(net.widened(8).to_string(), "192.0.0.0/8");
        assert_eq!(net.widened(32), net);
    }
}
