//! More connections than there are places: people are served all the same.

use std::net::{Ipv4Addr, TcpStream};

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use serde_json::json;

use super::endless::{Slow, connect_from, each_kind};
use super::{setup, sockets};
use crate::server::{PASSWORD, Server, eventually};

/// Lets this test have so many connections.
fn allow_descriptors() {
    let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
    setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum }).expect("the limit is raised");
}

/// Asks whether the server lives, and logs in. Each request has a connection of its own and is sent once: an answer says that
/// this connection was none of those that had to go. How long it takes is measured by `cargo xtask bench crowd`.
fn is_served(server: &Server) {
    assert_eq!(server.get("/api/health/live").0, 200);
    let credentials = json!({"username": "admin", "password": PASSWORD});
    let (status, answer) = server.call("POST", "/api/auth/login", Some(&credentials));
    assert_eq!(status, 200, "{answer}");
}

#[test]
fn two_thousand_hostile_connections_keep_nobody_out() {
    allow_descriptors();
    let server = Server::start_and_login(&setup(&[]));
    let cookie = server.cookie.clone().expect("a session");
    let mut crowd: Vec<Slow> = Vec::new();
    for nth in 0_u8..220 {
        let from = Ipv4Addr::new(127, 0, 1, 1 + nth % 40);
        crowd.extend(each_kind(|| connect_from(from, server.address), &cookie));
        // What they do not read has to be made: that is another matter, and a few are enough.
        if nth % 10 > 0 {
            crowd.pop();
        }
    }
    assert!(crowd.len() >= 2_000);
    for _ in 0..5 {
        for client in &mut crowd {
            client.drop_by_drop();
        }
        is_served(&server);
        assert!(sockets(&server) < 1_200, "{} sockets are open", sockets(&server));
    }
}

#[test]
fn a_crowd_at_the_users_own_address_keeps_nobody_out_either() {
    allow_descriptors();
    let server = Server::start_and_login(&setup(&[
        ("BANGUI_HTTP__MAX_CONNECTIONS", "64"),
        ("BANGUI_HTTP__MAX_CONNECTIONS_PER_ADDRESS", "16"),
    ]));
    let cookie = server.cookie.clone().expect("a session");
    let before = sockets(&server);
    let connect = || connect_from(Ipv4Addr::LOCALHOST, server.address);
    let mut crowd: Vec<Slow> = (0..20).flat_map(|_| each_kind(connect, &cookie)).collect();
    let all_came =
        || server.log().contains("http.max_connections_per_address") && sockets(&server) <= before + 16;
    eventually("all to come in, and most to be ended", || all_came().then_some(()));
    for _ in 0..3 {
        is_served(&server);
        for client in &mut crowd {
            client.drop_by_drop();
        }
    }
    assert!(sockets(&server) <= before + 18, "{} sockets are open", sockets(&server));
}

/// The proxy speaks for many: only the limit for all holds for it.
#[test]
fn a_trusted_proxy_is_not_one_client() {
    let server = Server::start(&setup(&[
        ("BANGUI_HTTP__MAX_CONNECTIONS_PER_ADDRESS", "4"),
        ("BANGUI_HTTP__TRUSTED_PROXIES", "127.0.0.1"),
    ]));
    let mut crowd: Vec<Slow> = (0..40)
        .map(|_| Slow::new("kept", TcpStream::connect(server.address).expect("a connection"), "", None))
        .collect();
    assert_eq!(server.get("/api/health/live").0, 200);
    assert!(crowd.iter_mut().all(|client| !client.drop_by_drop()));
}

#[test]
fn descriptors_are_raised_and_some_are_kept() {
    let limit_of = |server: &Server| {
        let limits =
            std::fs::read_to_string(format!("/proc/{}/limits", server.pid())).expect("the server runs");
        let line =
            limits.lines().find(|line| line.starts_with("Max open files")).expect("a limit").to_owned();
        line.split_whitespace().nth(3).and_then(|soft| soft.parse::<u32>().ok()).expect("a number")
    };
    let start = |limit: &str| {
        let mut setup = setup(&[("BANGUI_HTTP__MAX_CONNECTIONS_PER_ADDRESS", "1024")]);
        setup.through = ["prlimit".to_owned(), format!("--nofile={limit}")].into();
        Server::start_and_login(&setup)
    };
    assert_eq!(limit_of(&start("64:3000")), 3000);

    // Fewer than there are connections: the rest is for the database.
    let server = start("200:200");
    assert_eq!(limit_of(&server), 200);
    assert!(server.log().contains("it serves 100 connections instead of the 1024"), "{}", server.log());
    let _crowd: Vec<Slow> = (0..300)
        .map(|_| Slow::new("kept", TcpStream::connect(server.address).expect("a connection"), "", None))
        .collect();
    is_served(&server);
    let (status, ready) = server.get("/api/health/ready");
    assert_eq!(status, 200, "{ready}");
}
