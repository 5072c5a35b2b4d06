//! Which addresses a connection may go to: public ones of other machines, and those that the operator allows.

use std::net::IpAddr;

use bangui_domain::model::SpecialUse;
use bangui_domain::model::special::{Meaning, meaning};
use ipnet::{IpNet, Ipv6Net};

use super::{OutgoingError, own};

/// Where a cloud tells a machine its secrets, though the address is a public one: Azure's.
const METADATA: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(168, 63, 129, 16));
/// Tunnels of Teredo: where they end is for a relay to say.
const TEREDO: Ipv6Net = Ipv6Net::new_assert(std::net::Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 32);

/// Refuses an address that is not public, or is this machine's own, and in none of the `allowed` networks. `host` is what the user wrote.
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

/// Whether it is a public address of another machine.
pub(super) fn is_public(address: IpAddr) -> bool {
    special(address).is_none()
}

/// What kind of address it is, unless it is public and another machine's. What listens on a public address of this machine is
/// often meant for itself alone, and lets its own addresses in.
fn special(address: IpAddr) -> Option<&'static str> {
    if matches!(address, IpAddr::V6(address) if TEREDO.contains(&address)) {
        return Some(SpecialUse::Reserved.noun());
    }
    match meaning(address) {
        Meaning::Special(kind) => Some(kind.noun()),
        Meaning::Public(METADATA) => Some("an address of a cloud's metadata"),
        Meaning::Public(address) if own::is_own(address) => Some(SpecialUse::Loopback.noun()),
        Meaning::Public(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::judge;

    #[test]
    fn what_only_looks_public_is_refused() {
        for (address, kind) in [
            ("168.63.129.16", "metadata"),
            ("::ffff:168.63.129.16", "metadata"),
            ("64:ff9b::a83f:8110", "metadata"),
            ("2001:0:4136:e378:8000:63bf:f7f7:f7f7", "reserved"),
            ("::ffff:127.0.0.1", "this machine"),
            ("2002:a9fe:a9fe::1", "link-local"),
        ] {
            let judged = judge("host", address.parse().expect(address), &[]);
            assert!(judged.is_err_and(|error| error.to_string().contains(kind)), "{address}");
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
