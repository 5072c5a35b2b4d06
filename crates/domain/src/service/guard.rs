//! Bans that would hurt the one who asks for them, which are refused unless forced, and bans against the allowlist,
//! which are refused.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::IpNet;

use crate::ServiceError;
use crate::model::{AddressError, AllowEntry, JailName, Target, Timestamp};

/// The shortest IPv4 prefix that may be banned without force: 65,536 addresses.
const SHORTEST_V4: u8 = 16;
/// The shortest IPv6 prefix that may be banned without force: one site.
const SHORTEST_V6: u8 = 48;

/// Refuses to ban the caller, this machine's loopback, what the jail ignores, or half of the internet.
///
/// `ignoreip` is the jail's list as fail2ban tells it; entries that are no addresses (names, files) are passed over.
pub fn check(
    target: Target,
    caller: Option<IpAddr>,
    jail: &JailName,
    ignoreip: &[String],
) -> Result<(), ServiceError> {
    if let Some(caller) = caller.filter(|caller| target.contains(*caller)) {
        return Err(ServiceError::BanOwnAddress {
            target: target.to_string(),
            caller: caller.to_canonical().to_string(),
        });
    }
    if loopback().iter().any(|net| overlaps(target.as_net(), *net)) {
        return Err(ServiceError::BanLoopback(target.to_string()));
    }
    if let Some(entry) = ignoreip.iter().find(|entry| ignores(entry, target)) {
        return Err(ServiceError::BanIgnored {
            target: target.to_string(),
            jail: jail.clone(),
            entry: entry.clone(),
        });
    }
    let net = target.as_net();
    let limit = if matches!(net, IpNet::V4(_)) { SHORTEST_V4 } else { SHORTEST_V6 };
    if net.prefix_len() < limit {
        return Err(ServiceError::BanNetworkTooWide { target: target.to_string(), size: size(net), limit });
    }
    Ok(())
}

/// Refuses to ban what the allowlist names, in whole or in part: whoever wants it banned takes the entry away first.
pub fn check_allowed(
    target: Target,
    jail: &JailName,
    allowed: &[AllowEntry],
    now: Timestamp,
) -> Result<(), ServiceError> {
    let names = |entry: &&AllowEntry| {
        entry.spec.holds_in(jail) && !entry.spec.is_over(now) && entry.spec.target.overlaps(&target)
    };
    match allowed.iter().find(names) {
        Some(entry) => Err(ServiceError::AddressAllowed {
            target: target.to_string(),
            entry: entry.spec.to_string(),
            by: entry.spec.by.clone(),
        }),
        None => Ok(()),
    }
}

fn loopback() -> [IpNet; 2] {
    [
        IpNet::new_assert(IpAddr::V4(Ipv4Addr::new(127, 0, 0, 0)), 8),
        IpNet::new_assert(IpAddr::V6(Ipv6Addr::LOCALHOST), 128),
    ]
}

fn ignores(entry: &str, target: Target) -> bool {
    // fail2ban ignores the bits behind a prefix.
    let ignored = match Target::parse(entry) {
        Ok(ignored) => Some(ignored.as_net()),
        Err(AddressError::HostBits { network, .. }) => Some(network),
        Err(AddressError::NotAnAddress(_)) => None,
    };
    ignored.is_some_and(|net| overlaps(target.as_net(), net))
}

fn overlaps(a: IpNet, b: IpNet) -> bool {
    a.contains(&b) || b.contains(&a)
}

fn size(net: IpNet) -> String {
    let bits = net.max_prefix_len().saturating_sub(net.prefix_len());
    2_u64.checked_pow(u32::from(bits)).map_or_else(|| format!("2^{bits}"), |count| count.to_string())
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::model::{JailName, Target};

    fn code(target: &str, caller: Option<&str>, ignoreip: &[&str]) -> &'static str {
        let target = Target::parse(target).expect("a target");
        let jail = JailName::parse("sshd").expect("a name");
        let caller = caller.map(|text| text.parse().expect("an address"));
        let ignoreip: Vec<String> = ignoreip.iter().map(|&entry| entry.to_owned()).collect();
        check(target, caller, &jail, &ignoreip).map_or_else(|error| error.code(), |()| "ok")
    }

    #[test]
    fn nobody_bans_themselves_by_address_or_by_network() {
        assert_eq!(code("203.0.113.7", Some("203.0.113.7"), &[]), "ban_own_address");
        assert_eq!(code("203.0.113.0/24", Some("203.0.113.7"), &[]), "ban_own_address");
        assert_eq!(code("203.0.113.7", Some("::ffff:203.0.113.7"), &[]), "ban_own_address");
        assert_eq!(code("203.0.113.8", Some("203.0.113.7"), &[]), "ok");
        assert_eq!(code("203.0.113.8", None, &[]), "ok");
    }

    #[test]
    fn loopback_is_kept_in_every_form() {
        for target in ["127.0.0.1", "127.9.9.9", "::1", "126.0.0.0/7", "::/0", "0.0.0.0/0"] {
            assert_eq!(code(target, None, &[]), "ban_loopback", "{target}");
        }
    }

    #[test]
    fn what_a_jail_ignores_is_kept() {
        assert_eq!(code("10.1.2.3", None, &["192.168.0.0/16", "10.0.0.0/8"]), "ban_ignored");
        assert_eq!(code("10.1.0.0/16", None, &["10.1.2.3"]), "ban_ignored");
        assert_eq!(code("10.1.2.3", None, &["10.0.0.1/8"]), "ban_ignored");
        assert_eq!(code("10.1.2.3", None, &["::ffff:10.1.2.3"]), "ban_ignored");
        assert_eq!(code("10.1.2.3", None, &["::ffff:10.1.0.0/112"]), "ban_ignored");
        assert_eq!(code("10.1.2.3", None, &["gateway.example", "file:/etc/list"]), "ok");
    }

    #[test]
    fn wide_networks_need_force() {
        assert_eq!(code("10.0.0.0/8", None, &[]), "ban_network_too_wide");
        assert_eq!(code("10.1.0.0/16", None, &[]), "ok");
        assert_eq!(code("2001:db8::/32", None, &[]), "ban_network_too_wide");
        assert_eq!(code("2001:db8:1::/48", None, &[]), "ok");
    }
}
