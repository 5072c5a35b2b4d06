//! Stage 2: the settings make sense, and the ports are ours. Binding comes before any migration, so that a second
//! server on the same port ends here, having changed nothing.

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
        let listeners = listener::bind(&self.settings.http)?;
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
