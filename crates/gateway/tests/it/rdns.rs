//! Names of addresses, asked of a name server.

use std::net::IpAddr;

use bangui_domain::ports::HostNames as _;
use bangui_gateway::NameServers;
use bangui_test_support::dns::Dns;

fn address(text: &str) -> IpAddr {
    text.parse().expect("an address")
}

#[tokio::test]
async fn a_name_counts_if_it_leads_back() {
    let dns = Dns::start()
        .calls("5.0.0.1", &[b"Host", b"example", b"net"])
        .leads("host.example.net", "5.0.0.1")
        // Says it is somebody else.
        .calls("5.0.0.2", &[b"www", b"bank", b"example"])
        .leads("www.bank.example", "5.0.0.99")
        .calls("5.0.0.3", &[b"<script>alert(1)</script>", b"example", b"net"])
        .calls("2a00:1::1", &[b"six", b"example", b"net"])
        .leads("six.example.net", "2a00:1::1")
        // The first of two is a lie.
        .calls("5.0.0.4", &[b"www", b"bank", b"example"])
        .calls("5.0.0.4", &[b"true", b"example", b"net"])
        .leads("true.example.net", "5.0.0.4");
    let names = NameServers::new(&[dns.address()]).expect("a resolver");
    for (asked, name) in [
        ("5.0.0.1", Some("host.example.net")),
        ("5.0.0.2", None),
        ("5.0.0.3", None),
        ("5.0.0.4", Some("true.example.net")),
        ("2a00:1::1", Some("six.example.net")),
        ("5.0.0.200", None),
    ] {
        assert_eq!(names.name(address(asked)).await.expect("answered").as_deref(), name, "{asked}");
    }
    assert!(!dns.asked().iter().any(|question| question.contains("script")), "{:?}", dns.asked());
}

#[tokio::test]
async fn nobody_is_asked_about_private_addresses() {
    let dns = Dns::start().calls("192.168.0.1", &[b"printer"]).leads("printer", "192.168.0.1");
    let names = NameServers::new(&[dns.address()]).expect("a resolver");
    for private in ["192.168.0.1", "127.0.0.1", "203.0.113.7", "fd00::1"] {
        assert_eq!(names.name(address(private)).await, Ok(None), "{private}");
    }
    assert!(dns.asked().is_empty());
}

#[tokio::test]
async fn servers_that_do_not_answer_are_told_apart_from_no_name() {
    // Nobody answers here.
    let silent = std::net::UdpSocket::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address");
    let names = NameServers::new(&[silent]).expect("a resolver");
    let error = names.name(address("5.0.0.1")).await.expect_err("nobody answers").to_string();
    assert!(error.contains("5.0.0.1"), "{error}");
}
