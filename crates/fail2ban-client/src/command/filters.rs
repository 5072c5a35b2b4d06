//! Commands about how failures are found, counted and ignored, one file per group.

mod growth;
mod ignoring;
mod regexes;
mod settings;

pub use growth::*;
pub use ignoring::*;
pub use regexes::*;
pub use settings::*;

use super::Info;

/// The commands of this folder.
pub(super) const COMMANDS: [&[Info]; 4] =
    [regexes::COMMANDS, settings::COMMANDS, ignoring::COMMANDS, growth::COMMANDS];
