//! The time zone that fail2ban writes times in, as the settings have it.

use bangui_gateway::Zone;

use crate::exit::{ExitCode, Fatal};
use crate::settings::Settings;

/// The zone that is set, or this machine's.
pub(crate) fn zone(settings: &Settings) -> Result<Zone, Fatal> {
    match &settings.fail2ban.timezone {
        None => Ok(Zone::system()),
        Some(name) => Zone::named(name)
            .map_err(|error| Fatal::new(ExitCode::Config, format!("fail2ban.timezone: {error}"))),
    }
}
