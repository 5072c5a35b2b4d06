//! The fail2ban of a test, attacks on it, and what BanGUI tells of an address.

use std::net::IpAddr;

use bangui_test_support::fail2ban::{Fail2ban, Filter, JailSpec, lines};

use crate::server::Server;

/// A fail2ban with two jails.
pub(crate) fn fail2ban() -> Fail2ban {
    Fail2ban::builder()
        .env("TZ", "UTC")
        .jail(JailSpec::new("sshd", Filter::Sshd).maxretry(2).bantime(600).ignoreip(["198.18.0.0/15"]))
        .jail(JailSpec::new("nginx", Filter::Nginx).maxretry(2).bantime(600))
        .start()
        .expect("fail2ban starts")
}

pub(crate) fn ip(text: &str) -> IpAddr {
    text.parse().expect("an address")
}

/// Attacks until the log has made fail2ban ban the address.
pub(crate) fn attack(fail2ban: &Fail2ban, jail: &str, address: &str) {
    for _ in 0..3 {
        let line = if jail == "nginx" { lines::nginx(ip(address)) } else { lines::sshd(ip(address)) };
        fail2ban.append(jail, &line).expect("a line");
    }
    fail2ban.wait_for_ban(jail, ip(address)).expect("a ban");
}

/// The events of an address in short, oldest first.
pub(crate) fn story(server: &Server, address: &str) -> Vec<String> {
    let mut lines: Vec<String> = server
        .items(&format!("/api/events?ip={address}"))
        .iter()
        .map(|event| {
            let text = |key: &str| event[key].as_str().unwrap_or("-").to_owned();
            format!("{} {} {}", text("kind"), text("origin"), text("by"))
        })
        .collect();
    lines.reverse();
    lines
}
