//! The edge to the network: what is sent to unpack without end, connections that never end, names that are not the server's, and
//! clients that hang up, and
//! sockets before they are ready. Everything by the real binary, and counted from outside.

mod bodies;
mod crowd;
mod endless;
mod hang_up;
mod names;
mod socket;

use std::path::Path;

use crate::server::{Server, Setup};

/// A server without fail2ban.
fn setup(settings: &[(&'static str, &str)]) -> Setup {
    let mut setup = Setup::with_socket(Path::new("/nowhere/fail2ban.sock"));
    setup.settings.extend(settings.iter().map(|(key, value)| (*key, (*value).to_owned())));
    setup
}

/// Sockets that a process has open.
fn sockets(server: &Server) -> usize {
    let descriptors = std::fs::read_dir(format!("/proc/{}/fd", server.pid())).expect("the server runs");
    let is_socket = |entry: std::io::Result<std::fs::DirEntry>| {
        // One that has been closed meanwhile cannot be read.
        entry
            .ok()
            .and_then(|entry| std::fs::read_link(entry.path()).ok())
            .is_some_and(|to| to.to_string_lossy().starts_with("socket:"))
    };
    descriptors.filter_map(|entry| is_socket(entry).then_some(())).count()
}
