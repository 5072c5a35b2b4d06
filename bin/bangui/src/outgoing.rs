//! The way out over HTTP and as mail, as the settings have it.

use std::sync::Arc;

use bangui_gateway::{Outgoing, OutgoingError, OutgoingSettings, SystemNames};

use crate::settings;

/// Where machines that no name server knows keep their own names.
const HOSTS: &str = "/etc/hosts";
/// The longest name of a machine.
const NAME_CHARS: usize = 253;

/// The client that everything uses that asks other servers, or sends to them.
pub(crate) fn client(settings: &settings::Outgoing) -> Result<Outgoing, OutgoingError> {
    let settings = OutgoingSettings {
        allow_networks: settings.allow_networks.iter().map(|network| network.0).collect(),
        allow_http: settings.allow_http,
        ca_file: settings.ca_file.clone(),
        mail_ports: settings.mail_ports.clone(),
        host_name: settings.host_name.clone().or_else(machine_name),
    };
    Outgoing::new(&settings, Arc::new(SystemNames))
}

/// Whether a text is the full name of a machine, which has a domain.
pub(crate) fn is_full_name(text: &str) -> bool {
    let is_part = |part: &str| {
        (1..=63).contains(&part.len())
            && !part.starts_with('-')
            && !part.ends_with('-')
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    let parts: Vec<&str> = text.split('.').collect();
    text.len() <= NAME_CHARS
        && parts.len() > 1
        && parts.iter().all(|part| is_part(part))
        && !matches!(parts.last(), Some(&("localdomain" | "localhost")))
        && !parts.last().is_some_and(|last| last.bytes().all(|byte| byte.is_ascii_digit()))
}

/// This machine's full name: the kernel's, or the one that `/etc/hosts` has for it. Name servers are not asked, since that may
/// take long; whoever has the name only there sets it.
fn machine_name() -> Option<String> {
    let system = rustix::system::uname();
    let short = system.nodename().to_str().ok()?;
    if is_full_name(short) {
        return Some(short.to_owned());
    }
    full_name(short, &std::fs::read_to_string(HOSTS).unwrap_or_default())
}

/// The full name that a file such as `/etc/hosts` has in the line of a short one.
fn full_name(short: &str, hosts: &str) -> Option<String> {
    let lines = hosts.lines().map(|line| line.split('#').next().unwrap_or_default());
    lines
        .map(|line| line.split_whitespace().skip(1).collect::<Vec<_>>())
        .filter(|names| names.contains(&short))
        .find_map(|names| names.into_iter().find(|name| is_full_name(name)).map(str::to_owned))
}

#[cfg(test)]
mod tests {
    use super::{full_name, is_full_name};

    #[test]
    fn a_full_name_has_a_domain() {
        for name in ["a.example", "mail-1.example.net", "x.home.arpa"] {
            assert!(is_full_name(name), "{name}");
        }
        let long = format!("{}.net", "a".repeat(64));
        for name in [
            "",
            "bangui",
            "localhost.localdomain",
            "a..b",
            "-a.net",
            "10.0.0.1",
            "a b.net",
            "a.net\r\nDATA",
            &long,
        ] {
            assert!(!is_full_name(name), "{name}");
        }
    }

    #[test]
    fn a_hosts_file_tells_the_full_name_of_a_short_one() {
        let hosts =
            "127.0.0.1 localhost\n# 127.0.1.1 no.example box\n127.0.1.1\tbox.example.net box # this\n";
        assert_eq!(full_name("box", hosts).as_deref(), Some("box.example.net"));
        assert_eq!(full_name("other", hosts), None);
        assert_eq!(full_name("localhost", hosts), None);
    }
}
