//! Stage 1: the settings have been read, and nothing has been judged or touched.

use std::path::Path;

use crate::exit::{ExitCode, Fatal};
use crate::settings::{Settings, load};
use bangui_domain::chain;

/// Settings that parse.
pub(crate) struct Loaded {
    pub(super) settings: Settings,
}

impl Loaded {
    /// Reads the settings from `file`, or from the default place, and from the environment.
    pub(crate) fn load(file: Option<&Path>) -> Result<Self, Fatal> {
        let settings = load::load(file, None).map_err(|error| {
            Fatal::new(ExitCode::Config, format!("The settings cannot be read: {}", chain(&error)))
        })?;
        Ok(Self { settings })
    }

    /// What was read.
    pub(crate) fn settings(&self) -> &Settings {
        &self.settings
    }
}
