//! Stage 2: the settings make sense, and the ports are ours. Binding comes before any migration, so that a second
//! server on the same port ends here, having changed nothing.

use std::net::{SocketAddr, TcpListener};

use super::Loaded;
use crate::exit::{ExitCode, Fatal};
use crate::settings::Settings;
use crate::settings::check::{Problem, check};

/// Settings that make sense.
pub(crate) struct Validated {
    settings: Settings,
}

/// Settings that make sense, and ports that are bound.
pub(crate) struct Bound {
    pub(super) settings: Settings,
    pub(super) listeners: Vec<TcpListener>,
}

impl Validated {
    /// Judges the settings; all problems come at once.
    pub(crate) fn new(loaded: Loaded) -> Result<Self, Fatal> {
        let settings = loaded.settings;
        let problems = check(&settings);
        if problems.is_empty() {
            Ok(Self { settings })
        } else {
            Err(Fatal::new(ExitCode::Config, report(&problems)))
        }
    }

    /// What was judged.
    pub(crate) fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Binds all ports.
    pub(crate) fn bind(self) -> Result<Bound, Fatal> {
        let listeners = self.settings.http.listen.iter().map(bind).collect::<Result<Vec<_>, Fatal>>()?;
        Ok(Bound { settings: self.settings, listeners })
    }
}

fn report(problems: &[Problem]) -> String {
    let mut text = format!("The settings cannot be used ({} problem(s)):", problems.len());
    for problem in problems {
        text.push_str("\n  - ");
        text.push_str(&problem.to_string());
    }
    text
}

fn bind(address: &SocketAddr) -> Result<TcpListener, Fatal> {
    let listener = TcpListener::bind(address).map_err(|error| {
        let advice = match error.kind() {
            std::io::ErrorKind::AddrInUse => {
                "another program listens there: stop it, or set http.listen (BANGUI_HTTP__LISTEN) to a free port"
            }
            std::io::ErrorKind::PermissionDenied => {
                "ports below 1024 need a privilege: choose a higher one, and put a proxy in front"
            }
            std::io::ErrorKind::AddrNotAvailable => "this machine has no such address: check http.listen",
            _ => "check http.listen",
        };
        Fatal::new(ExitCode::Io, format!("Cannot listen on {address} ({error}): {advice}."))
    })?;
    listener.set_nonblocking(true).map_err(|error| {
        Fatal::new(ExitCode::Io, format!("Cannot prepare the listener on {address}: {error}"))
    })?;
    Ok(listener)
}
