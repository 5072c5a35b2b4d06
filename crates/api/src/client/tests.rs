//! Who is at the other end, in every order and spelling of the headers.

use std::net::IpAddr;

use super::Proxies;
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::test::TestRequest;
use proptest::prelude::*;

fn shown(address: Option<IpAddr>) -> String {
    address.map_or_else(|| "unknown".to_owned(), |address| address.to_string())
}

fn address(peer: &str, forwarded: &[&str]) -> String {
    let proxies = Proxies::new(vec!["10.0.0.0/8".parse().unwrap(), "fd00::/8".parse().unwrap()], false);
    let peer = format!("{peer}:4711").parse().unwrap();
    let mut request = TestRequest::default().peer_addr(peer);
    for line in forwarded {
        request = request.append_header(("x-forwarded-for", *line));
    }
    shown(proxies.address(&request.to_http_request()))
}

#[test]
fn a_strangers_header_is_hearsay() {
    assert_eq!(address("192.0.2.1", &["198.51.100.1"]), "192.0.2.1");
    assert_eq!(address("[2001:db8::1]", &["198.51.100.1"]), "2001:db8::1");
}

#[test]
fn the_rightmost_address_that_is_no_proxy_counts() {
    assert_eq!(address("10.0.0.1", &["198.51.100.1"]), "198.51.100.1");
    assert_eq!(address("10.0.0.1", &["203.0.113.66, 198.51.100.1"]), "198.51.100.1");
    assert_eq!(address("10.0.0.1", &["203.0.113.66, 198.51.100.1, 10.9.9.9"]), "198.51.100.1");
    assert_eq!(address("10.0.0.1", &["203.0.113.66", "198.51.100.1,10.9.9.9"]), "198.51.100.1");
    assert_eq!(address("[::ffff:10.0.0.1]", &["::ffff:198.51.100.1"]), "198.51.100.1");
    assert_eq!(address("[fd00::1]", &["[2001:db8::7]:443"]), "2001:db8::7");
    assert_eq!(address("10.0.0.1", &["198.51.100.1:5555"]), "198.51.100.1");
}

#[test]
fn behind_what_cannot_be_read_nothing_counts() {
    assert_eq!(address("10.0.0.1", &[]), "10.0.0.1");
    for unreadable in
        ["unknown", "_hidden", "198.51.100.1, unknown, 10.0.0.2", "198.51.100.1,,", "", "999.1.1.1"]
    {
        assert_eq!(address("10.0.0.1", &[unreadable]), "unknown", "{unreadable}");
    }
    assert_eq!(address("10.0.0.1", &["198.51.100.1", "unknown"]), "unknown");
    assert_eq!(address("10.0.0.1", &["unknown", "198.51.100.1"]), "198.51.100.1");
    assert_eq!(address("10.0.0.1", &["10.0.0.3, 10.0.0.2"]), "10.0.0.3");
}

#[test]
fn a_unix_socket_has_no_address_but_what_a_trusted_proxy_tells() {
    let request = || TestRequest::default().insert_header(("x-forwarded-for", "203.0.113.1, 192.0.2.1"));
    assert_eq!(Proxies::default().address(&request().to_http_request()), None);
    let trusting = Proxies::new(Vec::new(), true);
    assert_eq!(trusting.address(&request().to_http_request()), Some("192.0.2.1".parse().unwrap()));
    assert_eq!(trusting.address(&TestRequest::default().to_http_request()), None);
    let proto = TestRequest::default().insert_header(("x-forwarded-proto", "https"));
    assert!(trusting.over_tls(&proto.to_http_request()));
}

#[test]
fn only_a_trusted_proxy_tells_the_scheme() {
    let proxies = Proxies::new(vec!["10.0.0.0/8".parse().unwrap()], true);
    let tls = |peer: &str, proto: &str| {
        let peer = peer.parse().unwrap();
        let request = TestRequest::default().peer_addr(peer).insert_header(("x-forwarded-proto", proto));
        proxies.over_tls(&request.to_http_request())
    };
    assert!(tls("10.0.0.1:1", "https"));
    assert!(tls("10.0.0.1:1", "HTTPS, http"));
    assert!(!tls("10.0.0.1:1", "http"));
    assert!(!tls("192.0.2.1:1", "https"));
}

/// A trusted proxy has told of a client by another header: whoever it is, it is not the proxy.
#[test]
fn other_headers_tell_that_there_is_a_client_and_not_who() {
    let proxies = Proxies::new(vec!["10.0.0.0/8".parse().unwrap()], false);
    let ask = |headers: &[(&'static str, &'static str)]| {
        let mut request = TestRequest::default().peer_addr("10.0.0.1:4711".parse().unwrap());
        for header in headers {
            request = request.append_header(*header);
        }
        shown(proxies.address(&request.to_http_request()))
    };
    assert_eq!(ask(&[("forwarded", "for=\"[2001:db8::1]:4711\"")]), "unknown");
    assert_eq!(ask(&[("x-real-ip", "192.0.2.7")]), "unknown");
    assert_eq!(ask(&[("x-forwarded-for", "192.0.2.1"), ("x-real-ip", "192.0.2.7")]), "192.0.2.1");
    assert_eq!(ask(&[("forwarded", "for=192.0.2.7"), ("x-forwarded-for", "192.0.2.1")]), "192.0.2.1");
}

#[test]
fn the_address_of_a_proxy_stands_for_many() {
    let proxies = Proxies::new(vec!["10.0.0.0/8".parse().unwrap()], false);
    let shared = |told: Option<&'static str>| {
        let mut request = TestRequest::default().peer_addr("10.0.0.1:4711".parse().unwrap());
        if let Some(told) = told {
            request = request.insert_header(("x-forwarded-for", told));
        }
        proxies.client(&request.to_http_request()).shared
    };
    assert!(shared(None) && shared(Some("10.0.0.3, 10.0.0.2")));
    assert!(!shared(Some("192.0.2.1")) && !shared(Some("unknown")));
}

/// What a client may write into any header that it likes.
fn anything() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        Just(b"unknown".to_vec()),
        Just(b"_x".to_vec()),
        Just(b"10.0.0.1".to_vec()),
        Just(b"[2001:db8::5]:1".to_vec()),
        Just(b"\xff".to_vec()),
        Just(b"for=192.0.2.9".to_vec()),
        any::<u32>().prop_map(|bits| std::net::Ipv4Addr::from_bits(bits).to_string().into_bytes()),
        proptest::collection::vec(prop_oneof![0x20_u8..0x7f, 0x80_u8..=0xff], 0..12),
    ];
    proptest::collection::vec(piece, 0..5).prop_map(|pieces| pieces.join(&b","[..]))
}

proptest! {
    /// Whatever a client sends, and in however many lines, the address that the trusted proxies wrote counts.
    #[test]
    fn nothing_that_a_client_writes_changes_who_it_is(
        lines in proptest::collection::vec(anything(), 0..4),
        others in proptest::collection::vec((0_usize..3, anything()), 0..3),
        client in prop_oneof![Just("198.51.100.1"), Just("2001:db8::9"), Just("[2001:db8::9]:80"), Just("198.51.100.1:9")],
        proxies_between in 0_usize..3,
        own_line in any::<bool>(),
    ) {
        let proxies = Proxies::new(vec!["10.0.0.0/8".parse().unwrap()], false);
        let mut request = TestRequest::default().peer_addr("10.0.0.1:4711".parse().unwrap());
        let name = |nth: usize| HeaderName::from_static(["forwarded", "x-real-ip", "x-forwarded-host"][nth]);
        for (nth, value) in others {
            request = request.append_header((name(nth), HeaderValue::from_bytes(&value).unwrap()));
        }
        let (last, before) = lines.split_last().map_or((None, &[][..]), |(last, before)| (Some(last), before));
        let xff = HeaderName::from_static("x-forwarded-for");
        for line in before {
            request = request.append_header((xff.clone(), HeaderValue::from_bytes(line).unwrap()));
        }
        let mut written = client.to_owned();
        written.extend((0..proxies_between).map(|nth| format!(", 10.1.1.{nth}")));
        let mut line = last.cloned().unwrap_or_default();
        if own_line && last.is_some() {
            request = request.append_header((xff.clone(), HeaderValue::from_bytes(&line).unwrap()));
            line.clear();
        }
        if !line.is_empty() {
            line.extend_from_slice(b", ");
        }
        line.extend_from_slice(written.as_bytes());
        request = request.append_header((xff, HeaderValue::from_bytes(&line).unwrap()));
        let expected: IpAddr = if client.contains("2001") { "2001:db8::9" } else { "198.51.100.1" }.parse().unwrap();
        prop_assert_eq!(proxies.address(&request.to_http_request()), Some(expected));
    }

    /// And if the proxies wrote nothing that can be read, it is never the proxy, nor what the client says.
    #[test]
    fn behind_an_entry_that_cannot_be_read_nobody_is_known(
        left in anything(),
        unreadable in prop_oneof![Just("unknown"), Just("_gateway"), Just("999.0.0.1"), Just("[::1"), Just("proxy.example")],
    ) {
        let proxies = Proxies::new(vec!["10.0.0.0/8".parse().unwrap()], false);
        let mut line = left;
        line.extend_from_slice(b", ");
        line.extend_from_slice(unreadable.as_bytes());
        let request = TestRequest::default()
            .peer_addr("10.0.0.1:4711".parse().unwrap())
            .append_header((HeaderName::from_static("x-forwarded-for"), HeaderValue::from_bytes(&line).unwrap()));
        prop_assert_eq!(proxies.address(&request.to_http_request()), None);
    }
}
