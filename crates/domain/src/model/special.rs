//! Addresses that are not one machine's on the Internet, by IANA's registries of special-purpose addresses for IPv4 and IPv6
//! (RFC 6890 and later), and IPv6 addresses that stand for one of IPv4. Knows neither countries nor who wants to connect.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{Ipv4Net, Ipv6Net};

use super::BanId;

/// What an address is for that is not one of the Internet's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SpecialUse {
    /// Whoever has no address yet, or any address (0.0.0.0/8, `::`).
    ThisNetwork,
    /// This machine (127.0.0.0/8, `::1`).
    Loopback,
    /// A private network (RFC 1918, RFC 4193).
    Private,
    /// Customers of one provider (100.64.0.0/10).
    Shared,
    /// The machines at one link (169.254.0.0/16, fe80::/10).
    LinkLocal,
    /// Examples in documents (192.0.2.0/24 and the like).
    Documentation,
    /// Measurements (198.18.0.0/15, 2001:2::/48).
    Benchmarking,
    /// Groups of receivers.
    Multicast,
    /// All machines of a network (255.255.255.255).
    Broadcast,
    /// Nothing: what is sent there is thrown away (100::/64).
    Discard,
    /// Protocols of the Internet (192.0.0.0/24, 2001::/23).
    Protocol,
    /// Relays of 6to4, which are given up (192.88.99.0/24).
    Relay,
    /// A translation between IPv4 and IPv6 within a network (64:ff9b:1::/48).
    Translation,
    /// Steps on the way through a network (5f00::/16).
    SegmentRouting,
    /// Nobody knows yet.
    Reserved,
}

impl SpecialUse {
    /// All there are.
    pub const ALL: [Self; 15] = [
        Self::ThisNetwork,
        Self::Loopback,
        Self::Private,
        Self::Shared,
        Self::LinkLocal,
        Self::Documentation,
        Self::Benchmarking,
        Self::Multicast,
        Self::Broadcast,
        Self::Discard,
        Self::Protocol,
        Self::Relay,
        Self::Translation,
        Self::SegmentRouting,
        Self::Reserved,
    ];

    /// What this address, or the first of this network, is for; `None` where it is one of the Internet's, or none at all.
    pub fn of(id: &BanId) -> Option<Self> {
        match meaning(id.target()?.as_net().network()) {
            Meaning::Special(kind) => Some(kind),
            Meaning::Public(_) => None,
        }
    }

    /// Its name in the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ThisNetwork => "this_network",
            Self::Loopback => "loopback",
            Self::Private => "private",
            Self::Shared => "shared",
            Self::LinkLocal => "link_local",
            Self::Documentation => "documentation",
            Self::Benchmarking => "benchmarking",
            Self::Multicast => "multicast",
            Self::Broadcast => "broadcast",
            Self::Discard => "discard",
            Self::Protocol => "protocol",
            Self::Relay => "relay",
            Self::Translation => "translation",
            Self::SegmentRouting => "segment_routing",
            Self::Reserved => "reserved",
        }
    }

    /// What such an address is, for people: `a private address`.
    pub fn noun(self) -> &'static str {
        match self {
            Self::ThisNetwork | Self::Loopback => "an address of this machine",
            Self::Private => "a private address",
            Self::Shared => "an address that a provider shares out",
            Self::LinkLocal => "a link-local address",
            Self::Documentation => "an address for documentation",
            Self::Benchmarking => "an address for measurements",
            Self::Multicast => "a multicast address",
            Self::Broadcast => "the broadcast address",
            Self::Discard => "an address that discards everything",
            Self::Protocol => "an address for protocols",
            Self::Relay => "an address of former relays",
            Self::Translation => "an address for translation",
            Self::SegmentRouting => "an address for segment routing",
            Self::Reserved => "a reserved address",
        }
    }
}

/// What an address is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning {
    /// One of the Internet's: this one, or the IPv4 address that it carries.
    Public(IpAddr),
    /// Nobody's there: what it is for instead.
    Special(SpecialUse),
}

const fn v4(a: u8, b: u8, c: u8, d: u8, bits: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), bits)
}

const fn v6(a: u16, b: u16, c: u16, bits: u8) -> Ipv6Net {
    Ipv6Net::new_assert(Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0), bits)
}

/// What is not public of IPv4, and what it is for. The first that holds an address counts.
const V4: [(Ipv4Net, SpecialUse); 16] = [
    (v4(0, 0, 0, 0, 8), SpecialUse::ThisNetwork),
    (v4(10, 0, 0, 0, 8), SpecialUse::Private),
    (v4(100, 64, 0, 0, 10), SpecialUse::Shared),
    (v4(127, 0, 0, 0, 8), SpecialUse::Loopback),
    (v4(169, 254, 0, 0, 16), SpecialUse::LinkLocal),
    (v4(172, 16, 0, 0, 12), SpecialUse::Private),
    (v4(192, 0, 0, 0, 24), SpecialUse::Protocol),
    (v4(192, 0, 2, 0, 24), SpecialUse::Documentation),
    (v4(192, 88, 99, 0, 24), SpecialUse::Relay),
    (v4(192, 168, 0, 0, 16), SpecialUse::Private),
    (v4(198, 18, 0, 0, 15), SpecialUse::Benchmarking),
    (v4(198, 51, 100, 0, 24), SpecialUse::Documentation),
    (v4(203, 0, 113, 0, 24), SpecialUse::Documentation),
    (v4(224, 0, 0, 0, 4), SpecialUse::Multicast),
    (v4(255, 255, 255, 255, 32), SpecialUse::Broadcast),
    (v4(240, 0, 0, 0, 4), SpecialUse::Reserved),
];

/// What is not public of IPv6's global unicast addresses, and what it is for.
const V6: [(Ipv6Net, SpecialUse); 4] = [
    (v6(0x2001, 2, 0, 48), SpecialUse::Benchmarking),
    (v6(0x2001, 0, 0, 23), SpecialUse::Protocol),
    (v6(0x2001, 0xdb8, 0, 32), SpecialUse::Documentation),
    (v6(0x3fff, 0, 0, 20), SpecialUse::Documentation),
];

/// The same of the others, of which none is public.
const V6_ELSEWHERE: [(Ipv6Net, SpecialUse); 9] = [
    (v6(0, 0, 0, 128), SpecialUse::ThisNetwork),
    (Ipv6Net::new_assert(Ipv6Addr::LOCALHOST, 128), SpecialUse::Loopback),
    (v6(0x64, 0xff9b, 1, 48), SpecialUse::Translation),
    (v6(0x100, 0, 0, 64), SpecialUse::Discard),
    (v6(0x5f00, 0, 0, 16), SpecialUse::SegmentRouting),
    (v6(0xfc00, 0, 0, 7), SpecialUse::Private),
    (v6(0xfe80, 0, 0, 9), SpecialUse::LinkLocal),
    (v6(0xff00, 0, 0, 8), SpecialUse::Multicast),
    (v6(0, 0, 0, 0), SpecialUse::Reserved),
];

/// The addresses of IPv6 that are global at all.
const GLOBAL: Ipv6Net = v6(0x2000, 0, 0, 3);

/// What `address` is.
pub fn meaning(address: IpAddr) -> Meaning {
    match address {
        IpAddr::V4(address) => meaning_v4(address),
        IpAddr::V6(address) => carried(address).map_or_else(|| meaning_v6(address), meaning_v4),
    }
}

fn meaning_v4(address: Ipv4Addr) -> Meaning {
    match V4.iter().find(|(network, _)| network.contains(&address)) {
        Some((_, kind)) => Meaning::Special(*kind),
        None => Meaning::Public(IpAddr::V4(address)),
    }
}

fn meaning_v6(address: Ipv6Addr) -> Meaning {
    let table = if GLOBAL.contains(&address) { V6.as_slice() } else { V6_ELSEWHERE.as_slice() };
    match table.iter().find(|(network, _)| network.contains(&address)) {
        Some((_, kind)) => Meaning::Special(*kind),
        None => Meaning::Public(IpAddr::V6(address)),
    }
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
mod tests;
