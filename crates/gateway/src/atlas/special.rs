//! Addresses that are nowhere, by IANA's registries of special-purpose addresses (RFC 6890 and later), and IPv6 addresses
//! that stand for an IPv4 one. Knows no country.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// What an address means to somebody who asks where it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    /// It is one of the Internet's: this one, or the IPv4 address that it carries.
    Public(IpAddr),
    /// It is nowhere: private, local, for documentation, reserved, for groups.
    Private,
}

const V4: [(Ipv4Addr, u32); 15] = [
    (Ipv4Addr::UNSPECIFIED, 8),
    (Ipv4Addr::new(10, 0, 0, 0), 8),
    (Ipv4Addr::new(100, 64, 0, 0), 10),
    (Ipv4Addr::new(127, 0, 0, 0), 8),
    (Ipv4Addr::new(169, 254, 0, 0), 16),
    (Ipv4Addr::new(172, 16, 0, 0), 12),
    (Ipv4Addr::new(192, 0, 0, 0), 24),
    (Ipv4Addr::new(192, 0, 2, 0), 24),
    (Ipv4Addr::new(192, 88, 99, 0), 24),
    (Ipv4Addr::new(192, 168, 0, 0), 16),
    (Ipv4Addr::new(198, 18, 0, 0), 15),
    (Ipv4Addr::new(198, 51, 100, 0), 24),
    (Ipv4Addr::new(203, 0, 113, 0), 24),
    // Groups, and what is reserved up to the broadcast address.
    (Ipv4Addr::new(224, 0, 0, 0), 4),
    (Ipv4Addr::new(240, 0, 0, 0), 4),
];

const V6: [(Ipv6Addr, u32); 11] = [
    // Unspecified, loopback, and IPv4-compatible, which is no longer in use.
    (Ipv6Addr::UNSPECIFIED, 96),
    // Translation within a network of one's own.
    (Ipv6Addr::new(0x64, 0xff9b, 1, 0, 0, 0, 0, 0), 48),
    // Discard-only, and the dummy prefix beside it.
    (Ipv6Addr::new(0x100, 0, 0, 0, 0, 0, 0, 0), 63),
    // Assigned to protocols.
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23),
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32),
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20),
    // Identifiers of segment routing.
    (Ipv6Addr::new(0x5f00, 0, 0, 0, 0, 0, 0, 0), 16),
    (Ipv6Addr::new(0xfc00, 0, 0, 0, 0, 0, 0, 0), 7),
    (Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 0), 10),
    (Ipv6Addr::new(0xfec0, 0, 0, 0, 0, 0, 0, 0), 10),
    (Ipv6Addr::new(0xff00, 0, 0, 0, 0, 0, 0, 0), 8),
];

/// What `address` means.
pub(super) fn meaning(address: IpAddr) -> Meaning {
    match address {
        IpAddr::V4(v4) => meaning_v4(v4),
        IpAddr::V6(v6) => match carried(v6) {
            Some(v4) => meaning_v4(v4),
            None if V6.iter().any(|(base, prefix)| within(*base, *prefix, v6)) => Meaning::Private,
            None => Meaning::Public(address),
        },
    }
}

fn meaning_v4(address: Ipv4Addr) -> Meaning {
    let inside =
        |(base, prefix): &(Ipv4Addr, u32)| (base.to_bits() ^ address.to_bits()).leading_zeros() >= *prefix;
    if V4.iter().any(inside) { Meaning::Private } else { Meaning::Public(IpAddr::V4(address)) }
}

fn within(base: Ipv6Addr, prefix: u32, address: Ipv6Addr) -> bool {
    (base.to_bits() ^ address.to_bits()).leading_zeros() >= prefix
}

/// The IPv4 address in an IPv4-mapped one, in one of NAT64 (RFC 6052), of 6to4 (RFC 3056), or of a Teredo client
/// (RFC 4380), where its bits are turned over.
fn carried(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let [.., a, b, c, d] = address.octets();
    let last = Ipv4Addr::new(a, b, c, d);
    match address.segments() {
        [0, 0, 0, 0, 0, 0xffff, ..] | [0x64, 0xff9b, 0, 0, 0, 0, ..] => Some(last),
        [0x2002, high, low, ..] => Some(Ipv4Addr::from_bits(u32::from(high) << 16 | u32::from(low))),
        [0x2001, 0, ..] => Some(Ipv4Addr::from_bits(!last.to_bits())),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{Meaning, meaning};

    fn is_private(text: &str) -> bool {
        meaning(text.parse().expect("an address")) == Meaning::Private
    }

    #[test]
    fn special_addresses_are_nowhere_up_to_their_last() {
        for (first, last, behind) in [
            ("0.0.0.0", "0.255.255.255", "1.0.0.0"),
            ("10.0.0.0", "10.255.255.255", "11.0.0.0"),
            ("100.64.0.0", "100.127.255.255", "100.128.0.0"),
            ("127.0.0.0", "127.255.255.255", "128.0.0.0"),
            ("169.254.0.0", "169.254.255.255", "169.255.0.0"),
            ("172.16.0.0", "172.31.255.255", "172.32.0.0"),
            ("192.0.0.0", "192.0.0.255", "192.0.1.0"),
            ("192.0.2.0", "192.0.2.255", "192.0.3.0"),
            ("192.88.99.0", "192.88.99.255", "192.88.100.0"),
            ("192.168.0.0", "192.168.255.255", "192.169.0.0"),
            ("198.18.0.0", "198.19.255.255", "198.20.0.0"),
            ("198.51.100.0", "198.51.100.255", "198.51.101.0"),
            ("203.0.113.0", "203.0.113.255", "203.0.114.0"),
            ("::", "::255.255.255.255", "2000::"),
            ("64:ff9b:1::", "64:ff9b:1:ffff:ffff:ffff:ffff:ffff", "64:ff9b:2::"),
            ("100::", "100:0:0:1:ffff:ffff:ffff:ffff", "100:0:0:2::"),
            ("2001:1::", "2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff", "2001:200::"),
            ("2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", "2001:db9::"),
            ("3fff::", "3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff", "3fff:1000::"),
            ("5f00::", "5f00:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "5f01::"),
            ("fc00::", "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "fe00::"),
        ] {
            assert!(is_private(first) && is_private(last) && !is_private(behind), "{first}");
        }
        for text in ["224.0.0.1", "240.0.0.1", "255.255.255.255", "fe80::1", "fec0::1", "ff02::1"] {
            assert!(is_private(text), "{text}");
        }
    }

    #[test]
    fn an_address_that_carries_another_means_that_one() {
        let eights = Meaning::Public("8.8.8.8".parse().expect("an address"));
        for text in
            ["::ffff:8.8.8.8", "64:ff9b::8.8.8.8", "2002:808:808::1", "2001:0:4136:e378:8000:63bf:f7f7:f7f7"]
        {
            assert_eq!(meaning(text.parse().expect("an address")), eights, "{text}");
        }
        for text in ["::ffff:10.0.0.1", "64:ff9b::192.168.0.1", "2002:a00:1::1"] {
            assert!(is_private(text), "{text}");
        }
    }
}
