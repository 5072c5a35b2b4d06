//! What each block of addresses is for.

use super::{Meaning, SpecialUse, meaning};
use crate::model::BanId;

fn is_special(text: &str) -> bool {
    matches!(meaning(text.parse().expect(text)), Meaning::Special(_))
}

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
        ("192.0.0.192", "protocols"),
        ("192.0.2.1", "documentation"),
        ("198.19.0.1", "measurements"),
        ("224.0.0.1", "multicast"),
        ("240.0.0.1", "reserved"),
        ("255.255.255.255", "broadcast"),
        ("192.88.99.1", "relays"),
        ("::", "this machine"),
        ("::1", "this machine"),
        ("::ffff:127.0.0.1", "this machine"),
        ("::ffff:10.0.0.1", "private"),
        ("::127.0.0.1", "reserved"),
        ("64:ff9b::7f00:1", "this machine"),
        ("64:ff9b:1::1", "translation"),
        ("2002:7f00:1::", "this machine"),
        ("2002:a9fe:a9fe::1", "link-local"),
        ("2001::1", "reserved"),
        ("2001:db8::1", "documentation"),
        ("fc00::1", "private"),
        ("fd00:ec2::254", "private"),
        ("fe80::1", "link-local"),
        ("fec0::1", "link-local"),
        ("ff02::1", "multicast"),
        ("100::1", "discards"),
        ("100:0:0:1::1", "reserved"),
        ("2001:2::1", "measurements"),
        ("2001:20::1", "protocols"),
        ("3fff::1", "documentation"),
        ("5f00::1", "segment routing"),
    ] {
        let found = meaning(address.parse().expect(address));
        assert!(
            matches!(found, Meaning::Special(found) if found.noun().contains(kind)),
            "{address}: {found:?}"
        );
    }
}

#[test]
fn networks_and_texts_have_a_use_too() {
    let of = |text: &str| SpecialUse::of(&BanId::from_reported(text)).map(SpecialUse::as_str);
    assert_eq!(of("203.0.113.0/24"), Some("documentation"));
    assert_eq!(of("2001:db8::/64"), Some("documentation"));
    assert_eq!(of("192.168.1.7"), Some("private"));
    assert_eq!(of("1.1.1.1"), None);
    assert_eq!(of("mallory"), None);
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
        assert!(!is_special(address), "{address}");
    }
}

#[test]
fn special_addresses_go_up_to_their_last() {
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
        ("2001:1::", "2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff", "2001:200::"),
        ("2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", "2001:db9::"),
        ("::", "1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "2000::"),
        ("3fff::", "3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff", "3fff:1000::"),
    ] {
        assert!(is_special(first) && is_special(last) && !is_special(behind), "{first}");
    }
    for text in ["224.0.0.1", "255.255.255.255", "4000::", "fe00::", "ffff:ffff::"] {
        assert!(is_special(text), "{text}");
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
        assert!(is_special(text), "{text}");
    }
}
