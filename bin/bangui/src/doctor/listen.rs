//! The places to listen on: free, used by a BanGUI server that answers, or out of reach.

use std::io::ErrorKind;
use std::net::{SocketAddr, TcpListener};
use std::os::unix::net::UnixStream;
use std::path::Path;

use super::Finding;
use crate::ask;
use crate::settings::{Http, Listen, Settings, nameless};

const CHECK: &str = "listen";

/// Tries each place.
pub(super) async fn check(settings: &Settings) -> Vec<Finding> {
    let http = &settings.http;
    let mut findings = Vec::new();
    for listen in &http.listen {
        let found = match listen {
            Listen::Http(address) | Listen::Https(address) => tcp(*address),
            Listen::Unix(path) => unix(path),
        };
        findings.push(match found {
            Found::Free => Finding::ok(CHECK, format!("{listen} is free: no server runs on it")),
            Found::Taken => taken(http, listen).await,
            Found::Refused(error) => Finding::failure(
                CHECK,
                format!("cannot listen on {listen}: {error}"),
                "Set http.listen (BANGUI_HTTP__LISTEN) to an address that this machine has and a port from 1024 on, or to a socket \
                 in a directory that BanGUI's user may write to.",
            ),
        });
    }
    findings.extend(nameless(settings).iter().map(|found| Finding::warning(CHECK, found.what, found.advice)));
    findings
}

enum Found {
    Free,
    Taken,
    Refused(std::io::Error),
}

fn tcp(address: SocketAddr) -> Found {
    match TcpListener::bind(address) {
        Ok(_) => Found::Free,
        Err(error) if error.kind() == ErrorKind::AddrInUse => Found::Taken,
        Err(error) => Found::Refused(error),
    }
}

/// A socket is not bound to try it: that would make one.
fn unix(path: &Path) -> Found {
    match UnixStream::connect(path) {
        Ok(_) => Found::Taken,
        Err(error) if [ErrorKind::NotFound, ErrorKind::ConnectionRefused].contains(&error.kind()) => {
            Found::Free
        }
        Err(error) => Found::Refused(error),
    }
}

async fn taken(http: &Http, listen: &Listen) -> Finding {
    let what = match ask::get(http, listen, "/api/health/live").await {
        Ok(answer) if answer.status.is_success() && answer.body.contains("\"ok\"") => {
            return Finding::ok(CHECK, format!("a BanGUI server answers on {listen}"));
        }
        Ok(answer) => format!("it answers {}", answer.status),
        Err(error) => format!("{error:#}"),
    };
    Finding::failure(
        CHECK,
        format!("another program listens on {listen}, or a server that hangs ({what})"),
        "See which (ss -ltnp, or ss -lxp for a socket): stop it, restart BanGUI if it is that, or set http.listen \
         (BANGUI_HTTP__LISTEN) to a free place.",
    )
}
