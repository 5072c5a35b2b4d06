//! Stage 2: the settings make sense, and the ports are ours. Binding comes before any migration, so that a second
//! server on the same port ends here, having changed nothing.

use std::net::TcpListener;

use super::Loaded;
use super::listener::{self, Listener};
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
    pub(super) listeners: Vec<Listener>,
    pub(super) metrics_listeners: Vec<TcpListener>,
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
        let Settings { http, metrics, .. } = &self.settings;
        let listeners = listener::bind(http)?;
        let metrics_listeners =
            metrics.listen.iter().map(|address| listener::tcp("metrics.listen", *address));
        let metrics_listeners = metrics_listeners.collect::<Result<_, Fatal>>()?;
        Ok(Bound { settings: self.settings, listeners, metrics_listeners })
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
