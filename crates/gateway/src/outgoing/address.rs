//! Which addresses are public. Facts: IANA's registries of special-purpose addresses for IPv4 and IPv6 (RFC 6890), and
//! the addresses at which clouds tell a machine its secrets.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

use super::OutgoingError;

const fn v4(a: u8, b: u8, c: u8, d: u8, bits: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), bits)
}

const fn v6(a: u16, b: u16, c: u16, bits: u8) -> Ipv6Net {
    Ipv6Net::new_assert(Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0), bits)
}

/// What is not public of IPv4, and what it is.
const V4: [(Ipv4Net, &str); 16] = [
    (v4(0, 0, 0, 0, 8), "an address of this machine"),
    (v4(10, 0, 0, 0, 8), "a private address"),
    (v4(100, 64, 0, 0, 10), "an address that a provider shares out"),
    (v4(127, 0, 0, 0, 8), "an address of this machine"),
    (v4(168, 63, 129, 16, 32), "an address of a cloud's metadata"),
    (v4(169, 254, 0, 0, 16), "a link-local address"),
    (v4(172, 16, 0, 0, 12), "a private address"),
    (v4(192, 0, 0, 0, 24), "a reserved address"),
    (v4(192, 0, 2, 0, 24), "an address for documentation"),
    (v4(192, 88, 99, 0, 24), "a reserved address"),
    (v4(192, 168, 0, 0, 16), "a private address"),
    (v4(198, 18, 0, 0, 15), "an address for measurements"),
    (v4(198, 51, 100, 0, 24), "an address for documentation"),
    (v4(203, 0, 113, 0, 24), "an address for documentation"),
    (v4(224, 0, 0, 0, 4), "a multicast address"),
    (v4(240, 0, 0, 0, 4), "a reserved address"),
];

/// What is not public of IPv6's global unicast addresses, and what it is.
const V6: [(Ipv6Net, &str); 3] = [
    (v6(0x2001, 0, 0, 23), "a reserved address"),
    (v6(0x2001, 0xdb8, 0, 32), "an address for documentation"),
    (v6(0x3fff, 0, 0, 20), "an address for documentation"),
];

/// The addresses of IPv6 that are global at all.
const GLOBAL: Ipv6Net = v6(0x2000, 0, 0, 3);
/// Behind this stand addresses of IPv4, which a translator of the network reaches.
const NAT64: Ipv6Net = v6(0x64, 0xff9b, 0, 96);
/// The 32 bits after this are an address of IPv4.
const SIX_TO_FOUR: Ipv6Net = v6(0x2002, 0, 0, 16);

/// Refuses an address that is not public and in none of the `allowed` networks. `host` is what the user wrote.
pub(super) fn judge(host: &str, address: IpAddr, allowed: &[IpNet]) -> Result<(), OutgoingError> {
    match special(address) {
        Some(kind) if !is_allowed(address, allowed) => {
            Err(OutgoingError::Refused { host: host.to_owned(), address: address.to_canonical(), kind })
        }
        _ => Ok(()),
    }
}

/// A network of IPv6 that holds a mapped address of IPv4 does not allow that one: it is IPv4's.
fn is_allowed(address: IpAddr, allowed: &[IpNet]) -> bool {
    let address = address.to_canonical();
    allowed.iter().any(|network| network.contains(&address))
}

/// What kind of address it is, unless it is public.
fn special(address: IpAddr) -> Option<&'static str> {
    match address.to_canonical() {
        IpAddr::V4(address) => special_v4(address),
        IpAddr::V6(address) => special_v6(address),
    }
}

fn special_v4(address: Ipv4Addr) -> Option<&'static str> {
    V4.iter().find(|(network, _)| network.contains(&address)).map(|(_, kind)| *kind)
}

fn special_v6(address: Ipv6Addr) -> Option<&'static str> {
    let within = |bits: u32| {
        let [.., a, b, c, d] = (address.to_bits() >> bits).to_be_bytes();
        special_v4(Ipv4Addr::new(a, b, c, d))
    };
    if NAT64.contains(&address) {
        return within(0);
    }
    if SIX_TO_FOUR.contains(&address) {
        return within(80);
    }
    if GLOBAL.contains(&address) {
        return V6.iter().find(|(network, _)| network.contains(&address)).map(|(_, kind)| *kind);
    }
    let [first, ..] = address.octets();
    Some(match first {
        0xfc | 0xfd => "a private address",
        0xfe => "a link-local address",
        0xff => "a multicast address",
        _ if address.is_loopback() || address.is_unspecified() => "an address of this machine",
        _ => "a reserved address",
    })
}

#[cfg(test)]
mod tests {
    use super::{judge, special};

    #[test]
    fn what_is_not_public_is_named() {
        for (address, kind) in [
            ("127.0.0.1", "this machine"),
            ("127.255.255.254", "this machine"),
            ("0.0.0.0", "this machine"),
            ("10.1.2.3", "private"),
            ("172.16.0.1", "private"),
            ("172.31.255.255", "private"),
            ("192.168.1.1", "private"),
            ("100.64.0.1", "provider"),
            ("100.100.100.200", "provider"),
            ("169.254.169.254", "link-local"),
            ("168.63.129.16", "metadata"),
            ("192.0.0.192", "reserved"),
            ("192.0.2.1", "documentation"),
            ("198.19.0.1", "measurements"),
            ("224.0.0.1", "multicast"),
            ("240.0.0.1", "reserved"),
            ("255.255.255.255", "reserved"),
            ("::", "this machine"),
            ("::1", "this machine"),
            ("::ffff:127.0.0.1", "this machine"),
            ("::ffff:10.0.0.1", "private"),
            ("::127.0.0.1", "reserved"),
            ("64:ff9b::7f00:1", "this machine"),
            ("64:ff9b:1::1", "reserved"),
            ("2002:7f00:1::", "this machine"),
            ("2002:a9fe:a9fe::1", "link-local"),
            ("2001::1", "reserved"),
            ("2001:db8::1", "documentation"),
            ("fc00::1", "private"),
            ("fd00:ec2::254", "private"),
            ("fe80::1", "link-local"),
            ("fec0::1", "link-local"),
            ("ff02::1", "multicast"),
            ("100::1", "reserved"),
            ("5f00::1", "reserved"),
        ] {
            let found = special(address.parse().expect(address));
            assert!(found.is_some_and(|found| found.contains(kind)), "{address}: {found:?}");
        }
    }

    #[test]
    fn what_is_public_is_not() {
        for address in [
            "1.1.1.1",
            "9.255.255.255",
            "100.63.255.255",
            "100.128.0.0",
            "172.15.255.255",
            "172.32.0.0",
            "223.255.255.255",
            "::ffff:8.8.8.8",
            "64:ff9b::808:808",
            "2002:808:808::1",
            "2001:4860:4860::8888",
            "2606:4700::1111",
        ] {
            assert_eq!(special(address.parse().expect(address)), None, "{address}");
        }
    }

    #[test]
    fn what_the_operator_allows_is_allowed_however_it_is_written() {
        let allowed = ["10.0.0.0/8".parse().expect("a network"), "fd00:1::/32".parse().expect("a network")];
        for (address, is_allowed) in [
            ("10.1.2.3", true),
            ("::ffff:10.1.2.3", true),
            ("192.168.0.1", false),
            ("fd00:1::5", true),
            ("fd00:2::5", false),
            ("1.1.1.1", true),
        ] {
            let judged = judge("host", address.parse().expect(address), &allowed);
            assert_eq!(judged.is_ok(), is_allowed, "{address}: {judged:?}");
        }
    }
}
